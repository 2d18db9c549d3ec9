"""Colours only where asked for."""

import re

import pytest

from parity.model.finding import Severity
from parity.report.paint import HUES, Paint

VERBS = ("strong", "dim", "left", "right", "good")


@pytest.mark.parametrize("verb", VERBS)
def test_without_colour_text_stays_text(verb):
    assert getattr(Paint(colour=False), verb)("x") == "x"


@pytest.mark.parametrize("verb", VERBS)
def test_colour_ends_where_the_text_ends(verb):
    assert re.fullmatch(r"\x1b\[[\d;]+mx\x1b\[0m", getattr(Paint(colour=True), verb)("x"))


def test_nothing_is_not_painted():
    assert Paint(colour=True).strong("") == ""


def test_every_severity_has_a_hue_of_its_own_and_no_background():
    assert set(HUES) == set(Severity)
    assert len(set(HUES.values())) == len(HUES)
    for severity in Severity:
        codes = re.findall(r"\d+", Paint(colour=True).severity(severity, "")) or ["31"]
        assert not {code for code in codes if 40 <= int(code) <= 47}
