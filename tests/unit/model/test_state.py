"""Manifests of states."""

import json

import pytest

from parity.model.state import Lease, SavedVolume, State

STATE = State(
    id="0123456789ab",
    name="seeded",
    project="shop",
    digest="sha256:1",
    created="2026-01-01T00:00:00+00:00",
    backend="copy",
    volumes=(SavedVolume("data", ("db",), 3, 10, "sha256:2", "sha256:3"),),
    images={"db": "sha256:4"},
    engines={"db": "postgres"},
    empty=("cache",),
)


def test_a_manifest_reads_back_the_same():
    assert State.from_json(STATE.to_json()) == STATE
    assert (STATE.files, STATE.bytes) == (3, 10)


@pytest.mark.parametrize(
    "change",
    [{"format": 99}, {"volumes": [{"key": "x"}]}, {"unheard": 1}, {"volumes": None}],
)
def test_another_version_or_rubbish_is_refused(change):
    tree = {**json.loads(STATE.to_json()), **change}
    with pytest.raises(ValueError):
        State.from_json(json.dumps(tree))


@pytest.mark.parametrize("text", ["", "[]", "3", "{"])
def test_what_is_no_manifest_is_refused(text):
    with pytest.raises(ValueError):
        State.from_json(text)


def test_a_lease_is_one_line():
    assert json.loads(Lease("host", 7, 1.5).to_json()) == {"host": "host", "pid": 7, "started": 1.5}
