from dataclasses import replace

import pytest

from parity.model.state import Fork, SavedVolume, State
from parity.testing import lineage as module
from parity.testing.lineage import Lineage, broken_seals

VOLUMES = tuple(SavedVolume(key, ("db",), 1, 1, "sha256:1", f"quick-{key}") for key in ("a", "b"))
STATE = State("s1", "seeded", "shop", "sha256:0", "", "reflink", VOLUMES)
FORK = Fork("f1", "shop-f1", "shop", "s1")


def volume(name, place, state="s1"):
    labels = {"dev.parity.stack": "shop-f1", "dev.parity.live": place, "dev.parity.from": state}
    return {"Name": name, "Labels": labels}


@pytest.fixture
def doubts(engine):
    lineage = Lineage()

    def ask(*volumes, whole=True):
        engine.answers["/volumes"] = {"Volumes": [*volumes, {"Name": "scratch", "Labels": None}]}
        return lineage.doubts(FORK, STATE, whole=whole)

    return ask


def test_fresh_directories_of_the_state_prove_it(doubts):
    assert doubts(volume("a", "live/1"), volume("b", "live/2")) == ()
    assert doubts(volume("a", "live/3"), volume("b", "live/4")) == ()


def test_a_directory_that_an_earlier_test_had_is_a_doubt(doubts):
    assert doubts(volume("a", "live/1"), volume("b", "live/2")) == ()
    assert doubts(volume("a", "live/3"), volume("b", "live/2")) == (
        "b was in the hands of an earlier test",
    )


def test_a_directory_that_nobody_wrote_to_is_none(engine):
    """A reset leaves a broker alone that says of itself that it stands on the state still."""
    had = volume("a", "live/1")
    had["Labels"]["com.docker.compose.volume"] = "a"
    engine.answers["/volumes"] = {"Volumes": [had]}
    lineage = Lineage()
    for left, told in ((), ()), (("db",), ()), ((), ("a was in the hands of an earlier test",)):
        assert lineage.doubts(replace(FORK, left=left), STATE, whole=False) == told


def test_another_state_is_a_doubt(doubts):
    assert doubts(volume("a", "live/1", "s2"), volume("b", "live/2")) == (
        "a was not made from seeded",
    )


def test_a_missing_volume_is_a_doubt_but_for_a_fork_of_some_services(doubts):
    assert doubts(volume("a", "live/1")) == ("f1 has 1 of 2 volumes",)
    assert doubts(volume("a", "live/2"), whole=False) == ()


@pytest.mark.parametrize(
    ("now", "broken"),
    [
        ({"states/s1/0": "quick-a", "states/s1/1": "quick-b"}, ()),
        ({"states/s1/0": "quick-a", "states/s1/1": "touched"}, ("b",)),
        ({}, ("a", "b")),
    ],
)
def test_a_seal_is_broken_where_names_sizes_or_times_differ(monkeypatch, now, broken):
    class Store:
        def run(self, command, paths):
            assert (command, paths) == ("quick", ["states/s1/0", "states/s1/1"])
            return now

    monkeypatch.setattr(module, "open_store", lambda *_: (Store(), None))
    assert broken_seals(None, None, STATE) == broken


def test_a_state_without_volumes_has_no_seal_to_break(monkeypatch):
    monkeypatch.setattr(module, "open_store", lambda *_: (None, None))
    assert broken_seals(None, None, State("s", "n", "p", "", "", "copy", ())) == ()
