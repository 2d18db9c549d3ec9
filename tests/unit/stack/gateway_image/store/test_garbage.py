"""What may be nobody's is told with its age and with who made it."""

import os

import pytest

from parity.stack.gateway_image.store import garbage, place


@pytest.fixture
def store(tmp_path, monkeypatch):
    for module in (garbage, place):
        monkeypatch.setattr(module, "STORE", tmp_path)
    return tmp_path


def published(store, name, lease="mine"):
    os.environ["PARITY_LEASE"] = lease
    made = place.aside(store / name)
    made.mkdir()
    place.publish(made, store / name)


@pytest.fixture(autouse=True)
def _no_lease(monkeypatch):
    monkeypatch.setenv("PARITY_LEASE", "")


def test_an_empty_store_has_none(store):
    assert garbage.run({}) == {"places": {}, "aside": 0}


def test_a_directory_is_told_with_the_lease_of_its_maker(store):
    published(store, "states/a1/0", "first")
    published(store, "live/b2", "second")
    found = garbage.run({})["places"]
    assert {name: one["lease"] for name, one in found.items()} == {
        "states/a1": "first",
        "live/b2": "second",
    }
    assert all(0 <= one["age"] < 60 for one in found.values())


def test_one_without_a_lease_is_told_as_well(store):
    published(store, "live/b2", "")
    assert garbage.run({})["places"]["live/b2"]["lease"] == ""


def test_files_about_a_directory_that_is_not_there_are_told(store):
    (store / "states").mkdir()
    (store / "states" / "a1.json").write_text("{}")
    assert list(garbage.run({})["places"]) == ["states/a1"]


def test_what_is_known_is_not_told(store):
    published(store, "states/a1/0")
    published(store, "live/b2")
    assert list(garbage.run({"known": ["states/a1"]})["places"]) == ["live/b2"]


def test_what_lies_aside_is_counted(store):
    place.aside(store / "x").mkdir()
    assert garbage.run({})["aside"] == 1
