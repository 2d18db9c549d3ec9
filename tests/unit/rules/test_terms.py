"""How a comparison is judged."""

import pytest

from parity.model.finding import Severity
from parity.rules.contract import Rule
from parity.rules.terms import Terms, level

RULE = Rule("AA001", "aa.one", Severity.INFO, "single", print, aliases=("aa.old",))


@pytest.mark.parametrize("word", ["AA001", "aa.one", "aa.old"])
def test_a_severity_is_given_by_any_of_a_rules_names(word):
    assert level(RULE, {word: "error"}) == "error"


def test_nothing_is_said_of_other_rules():
    assert level(RULE, {"AA002": "off"}) == ""


def test_today_is_the_day_of_the_comparison():
    assert Terms().today >= Terms().today.replace(year=2025)
    assert not Terms().levels
