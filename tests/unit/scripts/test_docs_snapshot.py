"""The published schema takes what parity writes, and refuses what it does not read."""

import json

import jsonschema
import pytest

from parity.model.hidden import Concealed, Hidden
from parity.model.snapshot import SCHEMA, LossRecord, Snapshot
from parity.sources import snapshot_text
from scripts.lib import docs_snapshot

HIDDEN = Hidden("alnum", 33, "scrypt:0a1b2c3d:" + "ab" * 16, ("newline after",), "db")


@pytest.fixture(scope="module")
def validator():
    schema = docs_snapshot.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def written(**document):
    made = Snapshot(
        SCHEMA, "prod", "compose", "2026-01-02T03:04:05Z", "1.0", document,
        files=("a",), unset=("X",), silent=("ulimits",), losses=(LossRecord("a", "b", "c"),),
        origins={"f": {"services.web": {"": 1, "image": 2}}},
    )  # fmt: skip
    return json.loads(snapshot_text.write(made))


@pytest.mark.parametrize(
    "value",
    [HIDDEN, Hidden("unknown", name="x"), Concealed("x •••", (HIDDEN,)), Concealed("a\n•••\nb", (HIDDEN,)),
     "a\nb", {"$secret": 1}, {"$x": {"$y": None}}, [1, 1.5, True, None, {}], {"a": {"b": [HIDDEN]}}],
    ids=repr,
)  # fmt: skip
def test_what_parity_writes_is_valid(validator, value):
    validator.validate(written(services={"web": {"x-any": value}}))


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({"schema": "parity.snapshot/1.9"}, True),
        ({"weather": "fine"}, True),
        ({"schema": "parity.snapshot/2.0"}, False),
        ({"name": 1}, False),
        ({"layers": ["guessed"]}, False),
        ({"losses": [{"path": "a"}]}, False),
        ({"document": []}, False),
        ({"document": {"a": {"$secret": "hunter2"}}}, False),
        ({"document": {"a": {"$secret": {"kind": "hex", "fingerprint": "hunter2"}}}}, False),
        ({"document": {"a": {"$secret": {"kind": "hex", "mood": "fine"}}}}, True),
        ({"document": {"a": {"$concealed": {"secrets": []}}}}, False),
        ({"document": {"a": {"$new": 1}}}, False),
        ({"origins": {"f": {"s": {"k": "x"}}}}, False),
    ],
)
def test_other_content(validator, change, valid):
    assert validator.is_valid({**written(), **change}) is valid


@pytest.mark.parametrize("key", ["schema", "name", "source", "captured", "parity", "document"])
def test_what_a_reader_needs_is_required(validator, key):
    tree = written()
    del tree[key]
    assert not validator.is_valid(tree)


def test_the_published_file_is_this_one():
    from scripts.lib.paths import ROOT

    assert (ROOT / "docs" / "snapshot.schema.json").read_text() == docs_snapshot.snapshot_schema()
