"""Which pieces of two values differ."""

import time

import pytest

from parity.report.changes import changes

PAIRS = [
    ("", ""),
    ("a", ""),
    ("postgres:16.3", "postgres:14.11"),
    ("-Xms256m -Xmx512m", "-Xms256m -Xmx2g"),
    ("x " * 900 + "end", "x " * 900 + "other"),
    ("no", "words in common here"),
]


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_the_pieces_make_up_the_texts(left, right):
    for text, pieces in zip((left, right), changes(left, right), strict=True):
        assert "".join(piece.text for piece in pieces) == text


def changed(pieces):
    return [piece.text for piece in pieces if piece.changed]


def test_only_what_differs_is_marked():
    left, right = changes("--workers 4 --port 80", "--workers 8 --port 80")
    assert (changed(left), changed(right)) == (["4"], ["8"])


def test_equal_texts_have_no_mark():
    assert changed(changes("same", "same")[0]) == []


def test_texts_with_nothing_in_common_are_one_piece():
    left, right = changes("postgres", "mysql and more")
    assert changed(left) == ["postgres"]
    assert changed(right) == ["mysql and more"]


def test_long_texts_are_marked_between_their_common_ends_and_take_no_time():
    started = time.process_time()
    left, right = changes("word " * 50_000 + "a end", "word " * 50_000 + "b end")
    assert (changed(left), changed(right)) == (["a"], ["b"])
    assert time.process_time() - started < 5, "quadratic comparison would take hours"
