"""Entries of Compose files are found in short and long forms, through merges, and not by chance."""

import pytest
import yaml

from parity.model.document import ABSENT
from parity.sources.compose_entries import entry_at, key_of, listed


def line(text, part, value=ABSENT):
    key, _ = entry_at(yaml.compose(text), part, value)
    return key.start_mark.line + 1 if key is not None else 0


@pytest.mark.parametrize(
    ("text", "part", "value", "expected"),
    [
        ("a: 1\nb: 2\n", "b", ABSENT, 2),
        ("a: 1\n", "c", ABSENT, 0),
        ("x: &x\n  k: 1\ny:\n  <<: *x\n", "x", ABSENT, 1),
        ("- A=1\n- AB=2\n- AB=3\n", "AB", ABSENT, 3),
        ("- A=1\n- AB=2\n", "B", ABSENT, 0),
        ("- host:10.0.0.1\n", "host", ABSENT, 1),
        ("- a\n- b\n", 0, "b", 2),
        ("- a\n- ${X}\n", 1, "5", 2),
        ("- a\n- b\n", 1, "5", 0),
        ("- a\n", 3, ABSENT, 0),
        ('- "80"\n- "8080:80/udp"\n', 0, {"target": 80, "published": "8080"}, 2),
        ('- "80"\n- "8080:81"\n', 0, {"target": 80}, 1),
        ('- "${PORT:-80}:81"\n', 0, {"target": 80}, 0),
        ("- a:/x\n- b:/y:ro\n", 0, {"target": "/y", "source": "b"}, 2),
        ("- {target: /x}\n- {target: /y}\n", 0, {"target": "/y"}, 2),
        ("- {target: /x}\n- [y]\n", 0, {"target": "/z"}, 0),
        ("- one\n- {source: two}\n", 1, {"source": "two"}, 2),
        ("- one\n", 0, {"odd": 1}, 0),
        ("5", "a", ABSENT, 0),
    ],
    ids=range(19),
)  # fmt: skip
def test_an_entry_is_found(text, part, value, expected):
    assert line(text, part, value) == expected


def test_merged_tables_give_what_a_table_lacks():
    tree = yaml.compose("x: &x {a: 1}\ny: &y {a: 2, b: 3}\nz:\n  <<: [*x, *y]\n  c: 4\n")
    z = entry_at(tree, "z", ABSENT)[1]
    assert {name: key_of(entry_at(z, name, ABSENT)[1]) for name in "abc"} == {
        "a": "1",
        "b": "3",
        "c": "4",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", ["a"]), ("[a, b]", ["a", "b"]), ("[{path: a}, b]", ["a", "b"]), ("{path: [a, b]}", ["a", "b"]),
     ("{other: a}", []), ("{path: {path: a}}", ["a"])],
)  # fmt: skip
def test_names_in_any_form(text, expected):
    assert listed(yaml.compose(text), "path") == expected
    assert listed(None, "path") == []
