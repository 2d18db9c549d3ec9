"""Paths into a document: written, read back, followed, changed."""

import contextlib
import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.model.document import ABSENT, digest, get, leaves, map_strings, parse, put, show

KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["app.debug", "a[0]", "]", '"', "\\", "[", ".", "", "0"]
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("services", "web", "image"), "services.web.image"),
        (("services", "web", "ports", 0, "target"), "services.web.ports[0].target"),
        (("services", "web", "environment", "app.debug"), 'services.web.environment["app.debug"]'),
        (("a", 0, 1), "a[0][1]"),
        (("a", ""), 'a[""]'),
        (("a", 'say "hi".'), r'a["say \"hi\"."]'),
        ((), ""),
    ],
)
def test_a_path_is_written_as_people_write_it(path, text):
    assert show(path) == text
    assert parse(text) == path


@given(st.lists(KEYS | st.integers(0, 99), max_size=6).map(tuple))
def test_every_path_survives_being_written_and_read(path):
    assert parse(show(path)) == path


@pytest.mark.parametrize(
    "text", [".", "a..b", "a.", "a[", "a[b]", "a]", 'a["b', r'a["\q"]', "a[-1]"]
)
def test_what_is_no_path_is_refused(text):
    with pytest.raises(ValueError):
        parse(text)


@given(st.text(max_size=30))
def test_parse_raises_nothing_but_value_error(text):
    with contextlib.suppress(ValueError):
        parse(text)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("a", "b"), 1),
        (("a", "null"), None),
        (("l", 1), "y"),
        ((), {"a": {"b": 1, "null": None}, "l": ["x", "y"]}),
        (("a", "c"), ABSENT),
        (("l", 2), ABSENT),
        (("l", "0"), ABSENT),
        (("a", "b", "c"), ABSENT),
        (("l", 0, 0), ABSENT),
    ],
)
def test_get_tells_null_from_absent(path, found):
    tree = {"a": {"b": 1, "null": None}, "l": ["x", "y"]}
    assert get(tree, path) == found


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ({}, ("a", "b"), 1, {"a": {"b": 1}}),
        ({"a": None}, ("a", "b"), 1, {"a": {"b": 1}}),
        ({"l": ["x"]}, ("l", 0), "y", {"l": ["y"]}),
        ({"l": ["x"]}, ("l", 1), "y", {"l": ["x", "y"]}),
        ({"a": {"b": 1, "c": 2}}, ("a", "b"), ABSENT, {"a": {"c": 2}}),
        ({"l": ["x", "y"]}, ("l", 0), ABSENT, {"l": ["y"]}),
        ({"a": {}}, ("a", "b"), ABSENT, {"a": {}}),
        ({"l": []}, ("l", 3), ABSENT, {"l": []}),
    ],
)
def test_put_changes_one_place(before, path, value, after):
    put(before, path, value)
    assert before == after


@pytest.mark.parametrize(
    "path", [(), ("l", 5), ("l", "x"), ("l", 5, "x"), ("l", "x", "y"), ("l", -1)]
)
def test_put_refuses_a_place_that_cannot_be_and_leaves_the_document_alone(path):
    tree = {"l": ["x"]}
    with pytest.raises(ValueError):
        put(tree, path, 1)
    assert tree == {"l": ["x"]}


@given(TREES.filter(lambda tree: isinstance(tree, dict) and tree))
def test_leaves_name_every_value_once_and_rebuild_it(tree):
    found = list(leaves(tree))
    assert len({path for path, _ in found}) == len(found)
    assert all(get(tree, path) == value for path, value in found)


def test_map_strings_changes_values_only_and_copies():
    tree = {"key": ["key", 1, None, {"key": "key"}]}
    before = copy.deepcopy(tree)
    assert map_strings(tree, str.upper) == {"key": ["KEY", 1, None, {"key": "KEY"}]}
    assert tree == before


def test_a_digest_does_not_depend_on_the_order_of_keys_but_on_all_else():
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest({"a": 1}) != digest({"a": "1"})
    assert digest([1, 2]) != digest([2, 1])


def test_absent_is_one_thing_even_in_a_copy():
    assert copy.deepcopy({"x": ABSENT})["x"] is ABSENT
    assert not ABSENT
    assert repr(ABSENT) == "absent"
