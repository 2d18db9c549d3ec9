"""A manifest is there whole, as long as its state is, and of no state without its data."""

import json

import pytest

from parity.stack.gateway_image.store import garbage, manifest, place

TEXT = json.dumps({"id": "a1", "volumes": [{"key": "data"}]})
BARE = json.dumps({"id": "b2", "volumes": []})


@pytest.fixture
def store(tmp_path, monkeypatch):
    for module in (manifest, place, garbage):
        monkeypatch.setattr(module, "STORE", tmp_path)
    (tmp_path / "states" / "a1" / "0").mkdir(parents=True)
    return tmp_path


def keep(state, text):
    assert manifest.run({"do": "keep", "state": state, "text": text}) == {}


def kept():
    return manifest.run({"do": "all"})["manifests"]


def test_an_empty_store_has_none(tmp_path, monkeypatch):
    monkeypatch.setattr(manifest, "STORE", tmp_path)
    assert kept() == {}
    monkeypatch.setattr(place, "STORE", tmp_path)
    assert manifest.run({"do": "drop", "state": "a1"}) == {}


def test_it_is_kept_replaced_and_dropped(store):
    keep("a1", TEXT)
    keep("a1", TEXT)
    assert kept() == {"a1": TEXT}
    assert sorted(one.name for one in (store / "states").iterdir()) == ["a1", "a1.json"]
    for _ in range(2):
        manifest.run({"do": "drop", "state": "a1"})
        assert kept() == {}
    assert (store / "states" / "a1" / "0").is_dir(), "the data is another one's business"


def test_without_its_data_it_is_none(store):
    keep("c3", TEXT)
    keep("b2", BARE)
    assert kept() == {"b2": BARE}, "a stack without volumes has a state without data"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '"text"', "\udcff"])
def test_what_is_none_is_passed_over(store, text):
    file = store / "states" / "a1.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    assert kept() == {}


@pytest.mark.parametrize("state", ["../x", "../../etc/x"])
def test_nothing_is_written_outside(store, state):
    with pytest.raises(ValueError, match="not a place"):
        manifest.run({"do": "keep", "state": state, "text": TEXT})


def test_it_says_that_its_state_is_sealed(store):
    assert not garbage.run({})["places"]["states/a1"].get("sealed")
    keep("a1", TEXT)
    assert garbage.run({})["places"]["states/a1"]["sealed"] is True
    (store / "states" / "d4.json.new").write_text("half")
    assert not garbage.run({})["places"]["states/d4"].get("sealed")


def test_it_goes_with_its_state(store):
    keep("a1", TEXT)
    place.discard(store / "states" / "a1")
    assert list((store / "states").iterdir()) == []
