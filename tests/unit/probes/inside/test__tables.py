"""Texts of /proc."""

from parity.probes.inside._tables import fields, number, plain, rows


def test_fields_and_rows():
    assert fields("A:\t1\nnone\nB: x:y\n") == {"A": "1", "B": "x:y"}
    assert list(rows("a b\n\n c\n")) == [["a", "b"], ["c"]]


def test_numbers_are_plain():
    assert number(" 12\n") == 12
    assert [number(text) for text in ("", "-1", "1e3", "\u0661", "9" * 20)] == [None] * 5


def test_texts_are_cut_and_cleaned():
    assert plain("a\x1b\x9bb\n" + "x" * 300, 6) == "a??b?x"
