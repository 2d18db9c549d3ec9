"""Snapshots are texts that git shows well: stable, one setting a line, nothing invisible."""

import difflib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.model.hidden import Concealed, Hidden
from parity.model.snapshot import SCHEMA, LossRecord, Snapshot
from parity.sources import snapshot_text
from parity.sources.snapshot_parse import decoded, parse


def snapshot(document, **more):
    return Snapshot(SCHEMA, "prod", "compose", "2026-01-02T03:04:05Z", "1.0", document, **more)


def env(**variables):
    return {"services": {"web": {"environment": variables}}}


def lines(document, **more):
    return snapshot_text.write(snapshot(document, **more)).splitlines()


def test_a_changed_setting_is_one_changed_line():
    one, two = lines(env(A="1", B="2", C="3")), lines(env(C="3", A="1", B="x"))
    changed = [row for row in difflib.ndiff(one, two) if row[0] in "+-"]
    assert [row.split() for row in changed] == [["-", '"B":', '"2",'], ["+", '"B":', '"x",']]


def test_a_changed_line_of_a_file_is_one_changed_line():
    one = lines({"configs": {"c": {"content": "a = 1\nb = 2\nc = 3\n"}}})
    two = lines({"configs": {"c": {"content": "a = 1\nb = 9\nc = 3\n"}}})
    assert len([row for row in difflib.ndiff(one, two) if row[0] in "+-"]) == 2


def test_moved_lines_of_the_definition_change_a_line_a_section():
    def origins(by):
        return {
            "c.yaml": {
                f"services.s{i}": {f"k{j}": i * 9 + j + by for j in range(9)} for i in range(3)
            }
        }

    one, two = lines(env(), origins=origins(0)), lines(env(), origins=origins(1))
    assert len([row for row in difflib.unified_diff(one, two, n=0) if row.startswith("+ ")]) == 3


def test_it_begins_with_what_it_is_and_ends_with_a_line_break():
    text = snapshot_text.write(snapshot({}))
    assert text.startswith('{\n "schema": "parity.snapshot/1.0",\n "name": "prod",')
    assert text.endswith("}\n")
    assert json.loads(text)["document"] == {}


@pytest.mark.parametrize(
    "odd", ["\u202e", "\u200b", "\ufeff", "\x7f", "\ud800", "\u00a0", "\x00", "\u2028"]
)
def test_what_no_editor_shows_is_escaped(odd):
    text = snapshot_text.write(snapshot(env(A=f"x{odd}y", B="ä€😀")))
    assert odd not in text
    assert "ä€😀" in text
    text.encode()
    assert json.loads(text)["document"] == env(A=f"x{odd}y", B="ä€😀")


HIDDEN = Hidden("alnum", 33, "scrypt:0a:bb", ("newline after",), "db", "scrypt:0a:cc")
VALUES = [
    HIDDEN,
    Hidden("unknown", name="x"),
    Concealed("x://u:•••@h", (HIDDEN,)),
    Concealed("a\n•••\nb", (HIDDEN,)),
    "a\nb\n",
    "one line\n",
    "",
    "\n\n",
    None,
    True,
    7,
    1.5,
    [],
    {},
    {"$secret": {"kind": "alnum"}},
    {"$table": {"$lines": 1}},
    {"$lines": ["a"]},
    {"$concealed": 1, "b": HIDDEN},
    {"$": {"$x": "y"}},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_every_value_comes_back(value):
    text = snapshot_text.write(snapshot({"services": {}, "x-any": {"k": value, "l": [value]}}))
    back = parse(text, "here").document["x-any"]
    assert back == {"k": value, "l": [value]}
    assert type(back["k"]) is type(value)
    if isinstance(value, Hidden):
        assert back["k"].name == value.name


TEXTS = st.text(max_size=20)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            TEXTS | st.sampled_from(["$secret", "$lines", "$table", "$concealed"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(TREES)
def test_any_tree_comes_back(tree):
    assert decoded(json.loads(json.dumps(snapshot_text.encoded(tree)))) == tree


@given(st.dictionaries(TEXTS, TREES, max_size=3), st.lists(TEXTS, max_size=3))
def test_any_snapshot_comes_back(table, names):
    made = snapshot(
        {"services": {}, "x-t": table},
        files=tuple(names),
        unset=tuple(names),
        losses=tuple(LossRecord(name, name, name) for name in names),
        origins={name: {name: {name: 1}} for name in names},
    )
    assert parse(snapshot_text.write(made), "here") == made
