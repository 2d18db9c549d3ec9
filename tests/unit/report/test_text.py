"""Texts for people."""

import pytest

from parity.model.setting import Origin
from parity.report import text


def test_plain_text_stays_as_it_is():
    for plain in ("", "web", "häuser 日本語", "a b\\n"):
        assert text.visible(plain) == plain


def test_what_drives_a_terminal_is_shown_instead():
    shown = text.visible("a\x1b[31m\r\n\t\x00\x7f\u202e\ud800\U000e0001z")
    assert shown == "a\\x1b[31m\\r\\n\\t\\x00\\x7f\\u202e\\ud800\\ue0001z"
    assert shown.isprintable()
    shown.encode("utf-8")


def test_numbers_come_with_their_noun():
    assert [text.counted(n, "rule") for n in (0, 1, 1200)] == ["0 rules", "1 rule", "1,200 rules"]


def test_lists_read_as_sentences():
    assert [text.listed(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_columns_are_those_of_a_terminal():
    assert text.columns("abc") == 3
    assert text.columns("日本") == 4
    assert text.columns("e\u0301") == 1
    assert text.pad("日", 4) == "日  "


def test_cutting_keeps_the_width_and_shows_that_it_cut():
    assert text.cut("services", 8) == "services"
    assert text.cut("services", 5) == "serv…"
    assert text.columns(text.cut("日本語日本語", 6)) <= 6


def test_names_keep_both_ends():
    assert text.short_name("prod", 8) == "prod"
    assert text.short_name("docker-compose.dev.yml", 14) == "doc…se.dev.yml"
    assert text.short_name("docker-compose.yml", 14) == "doc…ompose.yml"
    for width in range(4, 30):
        assert text.columns(text.short_name("日本語-" * 9 + "\x00", width)) <= width


@pytest.mark.parametrize("width", [8, 13, 40])
def test_wrapping_loses_nothing_but_spaces_and_keeps_the_width(width):
    given = "a few words and/one-very-long-path/without.any.space 日本語日本語日本語 end"
    lines = text.wrap(given, width)
    assert all(text.columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == given.replace(" ", "")


def test_what_fits_is_not_wrapped():
    assert text.wrap("as  it   is ", 40) == ["as  it   is "]


def test_long_values_say_how_much_is_left_out():
    assert text.shorten("x" * 100, 90) == "x" * 100, "a few characters are not worth a note"
    assert text.shorten("x" * 200, 90) == "x" * 90 + "… (110 more characters)"


def test_files_below_the_root_are_named_from_it(tmp_path):
    inside = str(tmp_path / "deploy" / "prod.yaml")
    assert text.relative(inside, tmp_path) == "deploy/prod.yaml"
    assert text.relative(inside, None) == inside
    assert text.relative("deploy/prod.yaml", tmp_path) == "deploy/prod.yaml"
    assert text.relative("/elsewhere/prod.yaml", tmp_path) == "/elsewhere/prod.yaml"
    beside = str(tmp_path.parent / "compose" / "prod.yaml")
    assert text.relative(beside, tmp_path) == "../compose/prod.yaml"


def test_a_place_is_what_editors_open(tmp_path):
    assert text.place(Origin(str(tmp_path / "a.yaml"), 3), tmp_path) == "a.yaml:3"
    assert text.place(Origin("a.yaml"), None) == "a.yaml"
    assert text.place(None, None) == ""
