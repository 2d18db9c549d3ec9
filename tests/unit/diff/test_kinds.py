"""Differences are told apart by what breaks programs."""

import pytest

from parity.diff.kinds import form, kind_of, plain
from parity.model.difference import Kind
from parity.model.document import ABSENT
from parity.model.hidden import Concealed, Hidden

ENV = ("environment", "A")


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        (ABSENT, "x", Kind.ONLY_RIGHT),
        ("x", ABSENT, Kind.ONLY_LEFT),
        ("x", "x ", Kind.INVISIBLE),
        ("x", '"x"', Kind.INVISIBLE),
        ("x\n", "x\r\n", Kind.INVISIBLE),
        ("x", "x\u200b", Kind.INVISIBLE),
        ("\u212b", "\u00c5", Kind.INVISIBLE),
        ("false", "redis://cache", Kind.TYPE),
        ("30", "30s", Kind.TYPE),
        ("", "x", Kind.TYPE),
        ("{}", "x", Kind.TYPE),
        ("True", "true", Kind.FORMAT),
        ("yes", "true", Kind.FORMAT),
        ("1", "true", Kind.FORMAT),
        ("http://a", "https://a", Kind.FORMAT),
        ("West", "west", Kind.FORMAT),
        ("true", "false", Kind.VALUE),
        ("1", "2", Kind.VALUE),
        ("http://a", "http://b", Kind.VALUE),
        (("a",), ("b",), Kind.VALUE),
        (1, 2, Kind.VALUE),
        (Hidden("hex", 8), "x", Kind.SECRET),
        (Hidden("hex", 8), Hidden("hex", 9), Kind.SECRET),
    ],
)
def test_kinds(left, right, kind):
    assert kind_of(ENV, left, right) is kind


def test_a_text_with_a_secret_in_it_is_still_a_text():
    left, right = (
        Concealed(f"{scheme}://u:•••@a/", (Hidden("hex", 8),)) for scheme in ("redis", "rediss")
    )
    assert kind_of(ENV, left, right) is Kind.FORMAT


def test_texts_alike_but_for_the_secrets_in_them():
    one, two = (Concealed("a://u:•••@b/", (Hidden("hex", length),)) for length in (8, 9))
    assert kind_of(ENV, one, two) is Kind.SECRET
    assert kind_of(("command",), ("run", one), ("run", two)) is Kind.SECRET
    assert kind_of(("command",), ("run", one), ("walk", two)) is Kind.VALUE


@pytest.mark.parametrize(("left", "right"), [("30", "30s"), ("true", "True"), ("", "x")])
def test_only_texts_that_programs_parse_have_a_type(left, right):
    assert kind_of(("working_dir",), left, right) is Kind.VALUE
    assert kind_of(("working_dir",), "/app", "/app ") is Kind.INVISIBLE


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "empty"),
        ("Yes", "boolean"),
        ("-1.5", "number"),
        ("512Mi", "amount"),
        ("50%", "amount"),
        ("tcp://a:1", "url"),
        ('{"a":\n1}', "json"),
        ("[1]", "json"),
        ("a:b", "text"),
        ("1.2.3", "text"),
        ("10.0.0.1", "text"),
    ],
)
def test_forms(text, wanted):
    assert form(text) == wanted


def test_what_the_eye_does_not_see_is_taken_away_once():
    assert plain("  'a b' ") == "a b"
    assert plain("'a\"") == "'a\""
    assert plain("'") == "'"
