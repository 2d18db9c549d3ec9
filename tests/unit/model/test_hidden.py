"""Records of secrets tell what can be known, and nothing about values."""

import copy
import json
import pickle

import pytest

from parity.model.hidden import MARK, UNKNOWN, Concealed, Hidden, Relation, alike, relation

KEY = "scrypt:0a1b2c3d:"
SHORT = Hidden("alnum", 8)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (SHORT, SHORT, "unknown"),
        (SHORT, Hidden("alnum", 9), "differs"),
        (SHORT, Hidden("hex", 8), "differs"),
        (SHORT, Hidden("alnum", 8, edges=("newline after",)), "differs"),
        (Hidden("alnum", 8, KEY + "aa"), Hidden("alnum", 8, KEY + "aa"), "same"),
        (Hidden("alnum", 8, KEY + "aa"), Hidden("alnum", 8, KEY + "ab"), "differs"),
        (Hidden("alnum", 8, KEY + "aa"), Hidden("alnum", 8, "scrypt:ffffffff:aa"), "unknown"),
        (Hidden("alnum", 8, KEY + "aa"), SHORT, "unknown"),
        (Hidden("alnum", 8, "run:1"), Hidden("alnum", 8, "run:2"), "differs"),
        (Hidden("alnum", 8, "run:1"), Hidden("alnum", 8, KEY + "aa"), "unknown"),
        (Hidden(UNKNOWN, name="a"), Hidden(UNKNOWN, name="a"), "unknown"),
        (Hidden(UNKNOWN, name="a"), SHORT, "unknown"),
        (Hidden(UNKNOWN, name="a"), "plain", "unknown"),
        (SHORT, "plain", "differs"),
        ("plain", SHORT, "differs"),
        (SHORT, None, "differs"),
    ],
)
def test_relation(left, right, expected):
    assert relation(left, right) == expected
    assert relation(right, left) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (Concealed("u:•••", (SHORT,)), Concealed("u:•••", (SHORT,)), "unknown"),
        (Concealed("u:•••", (SHORT,)), Concealed("v:•••", (SHORT,)), "differs"),
        (
            Concealed("•••,•••", (Hidden("hex", 1, "run:1"), Hidden(UNKNOWN))),
            Concealed("•••,•••", (Hidden("hex", 1, "run:2"), SHORT)),
            "differs",
        ),
        (
            Concealed("•••", (Hidden("hex", 1, "run:1"),)),
            Concealed("•••", (Hidden("hex", 1, "run:1"),)),
            "same",
        ),
        (Concealed("•••", (SHORT,)), "•••", "differs"),
    ],
)
def test_relation_of_texts(left, right, expected):
    assert relation(left, right) == expected


def test_equal_is_what_nothing_known_tells_apart():
    assert Hidden("alnum", 8, name="a") == Hidden("alnum", 8, name="b")
    assert Hidden("alnum", 8, "run:1") != Hidden("alnum", 8, "run:2")
    one, two = Concealed("x •••", (SHORT,)), Concealed("x •••", (Hidden("hex", 8),))
    assert one == Concealed("x •••", (SHORT,))
    assert one != two
    assert one != "x •••"
    assert "x •••" != one  # noqa: SIM300 - the other operand decides
    assert len({one, Concealed("x •••", (SHORT,))}) == 1


def test_a_secret_that_differs_in_its_edges_alone_is_known_to_be_alike():
    plain = Hidden("alnum", 32, KEY + "aa")
    newline = Hidden("alnum", 33, KEY + "bb", ("newline after",), core=KEY + "aa")
    assert relation(plain, newline) is Relation.DIFFERS
    assert alike(plain, newline)
    assert alike(newline, plain)
    assert not alike(plain, plain)
    assert not alike(plain, Hidden("alnum", 33, KEY + "cc", ("newline after",), core=KEY + "dd"))
    assert not alike(SHORT, Hidden("alnum", 9))


def test_a_concealed_text_is_its_marked_text_for_everybody_else():
    text = Concealed(f"postgres://u:{MARK}@db/x", (SHORT,))
    assert text.startswith("postgres://")
    assert str(text) == text.text == "postgres://u:•••@db/x"
    assert type(str(text)) is str
    assert f"{text}" == text.text
    assert json.loads(json.dumps([text])) == ["postgres://u:•••@db/x"]
    assert repr(text).startswith("Concealed('postgres")


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_copies_keep_the_records(again):
    text = again(Concealed("•••", (SHORT,)))
    assert text == Concealed("•••", (SHORT,))
    assert text.hidden == (SHORT,)


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        (Hidden("alnum", 32), "(secret: 32 alnum)"),
        (Hidden("alnum", 33, edges=("newline after",)), "(secret: 33 alnum, newline after)"),
        (Hidden(UNKNOWN, name="db"), "(secret db, value not known here)"),
        (Hidden(UNKNOWN), "(secret, unknown)"),
    ],
)
def test_shown(hidden, shown):
    assert str(hidden) == shown
