"""Reading snapshots: older readers and newer writers, and whatever may be wrong with a file."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.errors import DefinitionError
from parity.model.hidden import Concealed, Hidden
from parity.sources import snapshot_parse
from parity.sources.snapshot_parse import parse

GOOD = {
    "schema": "parity.snapshot/1.0",
    "name": "prod",
    "source": "compose",
    "captured": "2026-01-02T03:04:05Z",
    "parity": "1.0",
    "document": {"services": {"web": {"image": "a"}}},
}


def read(**changes):
    tree = {key: value for key, value in {**GOOD, **changes}.items() if value is not ...}
    return parse(json.dumps(tree), "prod.json")


def refused(text):
    with pytest.raises(DefinitionError) as caught:
        parse(text, "prod.json")
    assert caught.value.where.startswith("prod.json")
    assert caught.value.next_step
    return caught.value


def test_the_least_there_can_be():
    snapshot = read()
    assert snapshot.document == GOOD["document"]
    assert (snapshot.files, snapshot.layers, snapshot.losses) == ((), ("declared",), ())


def test_a_newer_minor_version_still_reads():
    snapshot = read(
        schema="parity.snapshot/1.7",
        weather="fine",
        losses=[{"path": "a", "value": "b", "reason": "c", "since": 1}],
        document={
            "services": {"w": {"environment": {"P": {"$secret": {"kind": "hex", "mood": "x"}}}}}
        },
    )
    assert snapshot.losses[0].reason == "c"
    assert snapshot.document["services"]["w"]["environment"]["P"] == Hidden("hex")


@pytest.mark.parametrize(
    "schema", ["parity.snapshot/2.0", "parity.snapshot/10.1", "parity.snapshot/0.9"]
)
def test_another_major_version_is_refused_with_what_to_do(schema):
    error = refused(json.dumps({**GOOD, "schema": schema}))
    assert schema.rpartition("/")[2] in error.message
    assert "this parity reads 1" in error.message
    assert "version of parity that captured it" in error.next_step


@pytest.mark.parametrize(
    "schema", [..., None, 1, "", "parity.report/1.0", "parity.snapshot/x", "parity.snapshot/1"]
)
def test_what_is_no_snapshot_is_said_to_be_none(schema):
    tree = {**GOOD, "schema": schema}
    if schema is ...:
        del tree["schema"]
    assert "not a snapshot" in refused(json.dumps(tree)).message


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ...}, "name"),
        ({"name": 1}, "name"),
        ({"document": []}, "document"),
        ({"document": ...}, "document"),
        ({"files": "x"}, "files"),
        ({"layers": ["declared", "guessed"]}, "layers.1"),
        ({"losses": [{"path": "a"}]}, "losses.0"),
        ({"losses": {}}, "losses"),
        ({"origins": {"f": {"s": {"k": "x"}}}}, "origins.f.s.k"),
        ({"document": {"services": []}}, "services"),
        ({"document": {"services": {"web": "x"}}}, "web"),
        ({"document": {"a": {"$secret": "hunter2"}}}, "kind"),
        ({"document": {"a": {"$secret": {"kind": "hex", "length": "9"}}}}, "wrong type"),
        ({"document": {"a": {"$secret": {"kind": "hex", "edges": "x"}}}}, "wrong type"),
        (
            {"document": {"a": {"$concealed": {"text": "x", "secrets": [{"kind": "hex"}]}}}},
            "as many",
        ),
        ({"document": {"a": {"$concealed": {"text": "•••", "secrets": []}}}}, "as many"),
        ({"document": {"a": {"$concealed": []}}}, "text"),
        ({"document": {"a": {"$lines": "x"}}}, "list of texts"),
    ],
)
def test_what_is_wrong_is_named(changes, said):
    tree = {key: value for key, value in {**GOOD, **changes}.items() if value is not ...}
    error = refused(json.dumps(tree))
    assert said in error.message
    assert "hunter2" not in error.message


def test_records_come_back():
    document = read(
        document={
            "a": {"$secret": {"kind": "hex", "length": 4}},
            "b": {"$concealed": {"text": {"$lines": ["x", "•••"]}, "secrets": [{"kind": "hex"}]}},
            "c": {"$table": {"$secret": "mine"}},
        }
    ).document
    assert document["a"] == Hidden("hex", 4)
    assert document["b"] == Concealed("x\n•••", (Hidden("hex"),))
    assert document["c"] == {"$secret": "mine"}


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("", "prod.json:1", "not JSON"),
        ("\0", "prod.json:1", "not JSON"),
        ('{\n "schema": "parity', "prod.json:2", "not JSON"),
        (json.dumps(GOOD, indent=1)[:-20], "prod.json:", "not JSON"),
        ('{\n<<<<<<< ours\n "schema": 1\n=======\n}', "prod.json:2", "merge conflict"),
        ('{"a": NaN}', "prod.json", "NaN"),
        ('{"a": 1, "a": 2}', "prod.json", "`a` is in one table twice"),
        ("[" * 200_000, "prod.json", "nested too deeply"),
        ('{"a":' * 200_000, "prod.json", "nested too deeply"),
        ('{"a": ' + "9" * 10_000 + "}", "prod.json", "too long"),
        ("[]", "prod.json", "no table"),
        ("null", "prod.json", "no table"),
    ],
    ids=str,
)
def test_what_is_no_json_is_told_with_its_line(text, where, said):
    error = refused(text)
    assert said in error.message
    assert error.where.startswith(where)


def test_a_deep_document_is_refused():
    tree = {"a": 1}
    for _ in range(300):
        tree = {"a": tree}
    assert "nested too deeply" in refused(json.dumps({**GOOD, "document": tree})).message


def test_a_truncated_snapshot_never_reads():
    text = json.dumps(GOOD, indent=1)
    for end in range(len(text)):
        refused(text[:end])


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["$secret", "$concealed", "$lines", "kind", "text", "a"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(st.sampled_from([*GOOD, "files", "layers", "losses", "origins", "silent", "unset"]), ODD)
def test_odd_content_reads_or_is_refused(key, value):
    try:
        read(**{key: value})
    except DefinitionError as error:
        assert error.next_step


@given(st.sampled_from([*GOOD, "files", "layers", "losses", "origins"]), ODD)
def test_the_quick_way_takes_nothing_that_the_validator_refuses(key, value):
    from pydantic import TypeAdapter

    from parity.model.snapshot import Snapshot

    tree = {**GOOD, key: value}
    quick = snapshot_parse._quickly(tree)
    if quick is not None:
        assert TypeAdapter(Snapshot).validate_python(tree) == quick
