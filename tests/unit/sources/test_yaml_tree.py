import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parity.errors import DefinitionError
from parity.sources import yaml_tree
from parity.sources.yaml_tree import decoded, parse, read, text_of

TEXT = """\
# a comment
kind: Service
spec:
  ports:
    - port: 80
      name: web
    - port: 81
---
---
kind: Pod
"""


def only(text):
    (tree,) = parse(text, "f.yaml")
    return tree


def refusal(text):
    with pytest.raises(DefinitionError) as caught:
        parse(text, "f.yaml")
    assert caught.value.next_step
    return caught.value


def test_documents_come_with_the_lines_of_their_paths():
    service, pod = parse(TEXT, "f.yaml")
    assert service.data["spec"]["ports"][1] == {"port": 81}
    assert service.line(("kind",)) == 2
    assert service.line(("spec", "ports", 1, "port")) == 7
    assert service.line(("spec", "ports", 0, "name")) == 6
    assert (pod.data, pod.start) == ({"kind": "Pod"}, 10)


def test_an_unknown_path_has_the_line_of_its_longest_known_prefix():
    service, _ = parse(TEXT, "f.yaml")
    assert service.line(("spec", "ports", 1, "protocol")) == 7
    assert str(service.origin(("spec", "selector"))) == "f.yaml:3"


def test_json_is_read_with_lines_and_with_escaped_pairs():
    tree = only(json.dumps({"a": {"b": ["x", "😀", "\\ud83d"]}}, indent=1))
    assert tree.data == {"a": {"b": ["x", "😀", "\\ud83d"]}}
    assert tree.line(("a", "b", 1)) == 5


def test_json_with_tabs_is_json():
    assert only('{\n\t"a": 1,\n\t"b":"x"\n}').data == {"a": 1, "b": "x"}


def test_merge_keys_keep_the_lines_of_where_the_values_stand():
    tree = only("base: &b\n  a: 1\n  b: 2\nuse:\n  <<: *b\n  b: 3\n")
    assert tree.data["use"] == {"a": 1, "b": 3}
    assert (tree.line(("use", "a")), tree.line(("use", "b"))) == (2, 6)


def test_several_bases_merge_the_earlier_first():
    tree = only("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc:\n  <<: [*a, *b]\n")
    assert tree.data["c"] == {"x": 1, "y": 2}
    assert tree.line(("c", "y")) == 2


def test_keys_are_text():
    assert only("80: a\ntrue: b\n0644: c\n").data == {"80": "a", "true": "b", "0644": "c"}


def test_unknown_tags_leave_their_values():
    assert only("a: !reset [1]\nb: !override {c: 1}\n").data == {"a": [1], "b": {"c": 1}}


def test_empty_files_have_no_documents():
    assert parse("", "f") == () == parse("# nothing\n---\n", "f")


def test_a_duplicate_key_is_refused_with_both_lines():
    error = refusal("a: 1\nb: 2\na: 3\n")
    assert "on lines 1 and 3" in error.message
    assert error.where == "f.yaml:3"


def test_a_tab_is_named():
    error = refusal("a:\n\tb: 1\n")
    assert "tab" in error.message
    assert error.where == "f.yaml:2"


@pytest.mark.parametrize(
    "text",
    [
        "a: [1, 2",
        'a: "x',
        "a: *nothing",
        "a: &a [*a]",
        "{a: b}: c",
        "? [1]\n: 2",
        "<<: 3",
        "a: \x07",
        "a: b: c",
        "- a\nb: c",
        '{"a": "\\ud83d"}',
    ],
)
def test_what_is_broken_is_refused_with_its_line(text):
    assert refusal(text).where.startswith("f.yaml:1") or refusal(text).where == "f.yaml:2"


def test_depth_is_limited_also_through_aliases():
    assert "nested" in refusal("[" * 100_000).message
    assert "nested" in refusal("- " * 100_000).message
    rows = [f"a0: &a0 {'[' * 90}{']' * 90}"]
    rows += [f"a{n}: &a{n} {'[' * 90}*a{n - 1} {']' * 90}" for n in range(1, 5)]
    assert "nested" in refusal("\n".join(rows)).message


def test_alias_bombs_are_refused_at_once():
    rows = ["a0: &a0 [x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert "aliases written out" in refusal("\n".join(rows)).message


def test_a_bomb_of_merges_is_refused():
    rows = ["a0: &a0 {k: [x, x]}"]
    rows += [
        f"a{n}: &a{n} {{l{n}: *a{n - 1}, m{n}: *a{n - 1}, n{n}: *a{n - 1}}}" for n in range(1, 40)
    ]
    assert "aliases written out" in refusal("\n".join(rows)).message


def test_a_file_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "f.yaml"
    for raw, line in ((b"a: 1\nb: \xff\n", 2), (b"a\nb\nc: \0\n", 3), ("a: 1".encode("utf-16"), 1)):
        file.write_bytes(raw)
        with pytest.raises(DefinitionError) as caught:
            read(file)
        assert caught.value.where == f"{file}:{line}"


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert decoded(b"\xef\xbb\xbfa: 1", "f") == "a: 1"


def test_files_that_cannot_be_read_are_refused(tmp_path):
    for file in (tmp_path, tmp_path / "none", tmp_path / "a\0b"):
        with pytest.raises(DefinitionError, match="cannot read"):
            text_of(file)


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr(yaml_tree, "MAX_BYTES", 10)
    (tmp_path / "f").write_text("a: " + "x" * 10)
    with pytest.raises(DefinitionError, match="too much for a definition"):
        read(tmp_path / "f")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab:- \n\t{}[]\"'&*!|>#?%@,<0\\\x00é", max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        trees = parse(text, "f.yaml")
    except DefinitionError as error:
        assert error.where.startswith("f.yaml")
    else:
        assert all(tree.data is not None for tree in trees)


_KEYS = st.text(alphabet="abc é/.", min_size=1, max_size=5)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(_KEYS, _VALUES, min_size=1))
def test_json_reads_as_the_json_module_reads_it(tree):
    assert only(json.dumps(tree, indent=2)).data == tree


def test_tags_are_tables_where_they_are_asked_for():
    text = "a: !Ref b\nc: !Sub\n  - x\n  - {y: !GetAtt d.e}\nf: !!str 5\n"
    (plain,) = parse(text, "f")
    assert plain.data == {"a": "b", "c": ["x", {"y": "d.e"}], "f": "5"}
    (tree,) = parse(text, "f", tags=True)
    assert tree.data == {"a": {"Ref": "b"}, "c": {"Sub": ["x", {"y": {"GetAtt": "d.e"}}]}, "f": "5"}
    assert tree.line(("c", "Sub", 1, "y")) == 4
