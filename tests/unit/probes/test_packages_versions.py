"""Versions of one kind, as facts."""

from parity.probes.packages_versions import MOST, versions


def test_several_versions_of_one_are_one_text():
    found = versions("node", [("a", "2"), ("a", "1"), ("b", "1"), ("a", "2")])
    assert found.values == {"node": {"a": "1, 2", "b": "1"}}


def test_none_is_no_fact():
    assert versions("node", [("", "1"), ("a", ""), ("\x1b", "1")]).values == {}


def test_what_was_cut_is_unread():
    assert versions("node", [("a", "1")], "too many").unread == {"node": "too many"}
    many = versions("node", ((f"p{n}", "1") for n in range(MOST + 2)))
    assert many.values == {}
    assert f"more than {MOST}" in many.unread["node"]


def test_names_and_versions_move_no_cursor_and_are_short():
    found = versions("node", [("\x1b[31mred\x07\u202e", "1\r\n" + "9" * 900)])
    (name, version), *_ = found.values["node"].items()
    assert name == "[31mred"
    assert len(version) == 200
