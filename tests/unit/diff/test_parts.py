"""Compound values differ in components."""

import pytest

from parity.diff.parts import parts_of, url_parts
from parity.model.document import ABSENT
from parity.model.hidden import Concealed, Hidden

ENV = ("environment", "A")


def rows(path, left, right):
    return [(part.name, part.left, part.right) for part in parts_of(path, left, right)]


def test_a_url_has_parts():
    assert url_parts("postgres://u:p@db:5432/shop?sslmode=require&x=#end") == {
        "scheme": "postgres", "user": "u", "password": "p", "host": "db", "port": "5432", "path": "/shop",
        "fragment": "end", "query.sslmode": "require", "query.x": "",
    }  # fmt: skip


@pytest.mark.parametrize("url", ["http://[::1", "http://a:port/"])
def test_what_only_looks_like_a_url_is_one_part(url):
    assert url_parts(url) == {"url": url}


def test_urls_differ_in_their_parts():
    assert rows(ENV, "redis://a:1/0", "rediss://a:2/0?x=1") == [
        ("scheme", "redis", "rediss"),
        ("port", "1", "2"),
        ("query.x", ABSENT, "1"),
    ]


def test_a_secret_in_a_url_is_never_a_part():
    hidden = (Hidden("alnum", 9),)
    left, right = Concealed("a://u:•••@x/", hidden), Concealed("a://u:•••@y/", hidden)
    assert rows(ENV, left, right) == [("host", "x", "y")]


def test_commands_differ_in_words():
    assert rows(("command",), ("serve", "--port", "80"), ("serve", "--port", "81", "-v")) == [
        ("word 3", "80", "81 -v")
    ]
    assert rows(("command",), ("a",), ("a", "b")) == [("word 2", ABSENT, "b")]


def test_sets_differ_in_members():
    assert rows(("cap_add",), ("A", "B"), ("B", "C")) == [("A", "A", ABSENT), ("C", ABSENT, "C")]
    assert rows(("networks", "x", "aliases"), ("a",), ("a", "b")) == [("b", ABSENT, "b")]


def test_files_differ_in_lines():
    assert rows(("configs", "/c", "content"), "a\nb\nc\n", "a\nB\nc\nd\n") == [
        ("line 2", "b", "B"),
        ("line 4", ABSENT, "d"),
    ]


def test_of_many_lines_the_first_twelve_are_enough():
    left = "\n".join(f"same\nleft {i}" for i in range(40))
    right = "\n".join(f"same\nright {i}" for i in range(40))
    assert len(rows(("configs", "/c", "content"), left, right)) == 12


@pytest.mark.parametrize(("left", "right"), [("a", "b"), (1, 2), (ABSENT, "a://b"), ("a://b", "c")])
def test_what_has_no_components(left, right):
    assert rows(ENV, left, right) == []
