"""The catalogue as users ask for it."""

import pytest

from parity.actions.explain import explain, rules
from parity.errors import UsageError


def test_a_rule_by_id_and_by_name():
    assert explain("DF002") is not None
    assert explain("df002").name == "differs.invisibly"
    assert explain("differs.invisibly").id == "DF002"
    assert explain("DF002").page.startswith("Two values look the same")


def test_all_are_listed_once_in_order():
    ids = [rule.id for rule in rules()]
    assert ids == sorted(set(ids))
    assert len(ids) >= 60


def test_the_nearest_name_is_proposed():
    with pytest.raises(UsageError) as caught:
        explain("differs.invisible")
    assert "differs.invisibly" in caught.value.next_step
