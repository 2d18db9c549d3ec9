"""New directories in the place of a stack's volumes, and of nobody else's."""

from types import SimpleNamespace

import pytest

from parity.errors import EngineError, StateError
from parity.model.state import SavedVolume
from parity.stack import labels
from parity.state import live
from parity.state.lying import Lying
from parity.state.volumes import DataVolume, Use

OWN = {labels.STACK: "s", labels.PROJECT: "shop"}
DATA = DataVolume("data", "s_data", (Use("db", 1, "/data"),))
NAMELESS = DataVolume("db/1:/tmp", "f" * 64, (Use("db", 1, "/tmp"),))


def saved(*keys):
    return tuple(SavedVolume(key, ("db",), 1, 1, "sha256:x", "q") for key in keys)


def option(device):
    return {"type": "none", "o": "bind", "device": device}


class Backend:
    name = "copy"

    def __init__(self):
        self.pairs = []

    def derive(self, store, pairs, *, remove=()):
        self.pairs += pairs
        return [option(f"/store/{place}") for _, place in pairs]


@pytest.fixture
def client(volumes):
    return SimpleNamespace(volumes=volumes)


def test_each_volume_of_the_state_gets_a_directory_of_its_own(state):
    one = state(volumes=saved("data", "db/1:/tmp"))
    first, second = live.wanted([NAMELESS, DATA], one), live.wanted([DATA, NAMELESS], one)
    assert sorted(first) == ["data", "db/1:/tmp"]
    places = [*first.values(), *second.values()]
    assert len(set(places)) == 4, "never one that was there before"
    assert all(place.startswith("live/") for place in places)


def test_a_state_of_other_volumes_is_refused_with_both_lists(state):
    with pytest.raises(StateError) as caught:
        live.wanted([DATA, NAMELESS], state(volumes=saved("data", "queue", "old")))
    text = str(caught.value)
    assert "the stack has db/1:/tmp as well; the stack has no old, queue" in text
    assert "parity save seeded --replace" in caught.value.next_step


def test_what_one_side_lacks_alone_is_told_alone(state):
    with pytest.raises(StateError) as caught:
        live.wanted([DATA, NAMELESS], state(volumes=saved("data")))
    assert str(caught.value).endswith("of other volumes: the stack has db/1:/tmp as well")
    with pytest.raises(StateError) as caught:
        live.wanted([], state(volumes=saved("data")))
    assert str(caught.value).endswith("of other volumes: the stack has no data")


def test_a_fork_of_some_services_needs_what_those_keep_and_nothing_else(state):
    queue = SavedVolume("queue", ("queue",), 1, 1, "sha256:x", "q")
    one = state(volumes=(*saved("data"), queue))
    assert list(live.wanted([DATA], one, {"db", "web"})) == ["data"]
    with pytest.raises(StateError, match="the stack has no queue"):
        live.wanted([DATA], one, {"db", "queue"})
    with pytest.raises(StateError, match="the stack has db/1:/tmp as well"):
        live.wanted([DATA, NAMELESS], one, {"db"})


def test_a_stack_without_data_and_its_state_agree(state):
    assert live.wanted([], state(volumes=())) == {}


def test_only_the_volumes_asked_for_are_derived_from_their_own_data(state):
    backend = Backend()
    one = state(found="a1", volumes=saved("cache", "data", "queue"))
    found = live.derive(None, backend, one, {"queue": "live/q", "data": "live/d"})
    assert backend.pairs == [("states/a1/2", "live/q"), ("states/a1/1", "live/d")]
    assert found["data"] == ("live/d", option("/store/live/d"))
    assert found["queue"] == ("live/q", option("/store/live/q"))


def test_nothing_to_derive_asks_nobody(state):
    assert live.derive(None, None, state(), {}) == {}


def test_a_volume_is_given_its_name_again_with_its_labels(client, volumes, state):
    volumes.create("s_data", labels=OWN)
    live.swap(client, "s", [DATA], {"data": ("live/d", option("/d"))}, state(found="a1"), OWN)
    assert volumes.removed == ["s_data"]
    assert volumes.there["s_data"]["Options"] == option("/d")
    assert volumes.there["s_data"]["Labels"] == {
        **OWN,
        "com.docker.compose.project": "s",
        "com.docker.compose.volume": "data",
        labels.LIVE: "live/d",
        labels.FROM: "a1",
    }


def test_a_volume_without_a_name_gets_one_of_the_stacks(client, volumes, state):
    volumes.create(NAMELESS.name, labels=OWN)
    place = {NAMELESS.key: ("live/d", option("/d"))}
    live.swap(client, "s", [NAMELESS], place, state(), OWN)
    assert list(volumes.there) == ["s_db-1--tmp"]
    assert "com.docker.compose.volume" not in volumes.there["s_db-1--tmp"]["Labels"]
    again = DataVolume(NAMELESS.key, "s_db-1--tmp", NAMELESS.uses)
    live.swap(client, "s", [again], {NAMELESS.key: ("live/e", option("/e"))}, state(), OWN)
    assert volumes.there["s_db-1--tmp"]["Options"] == option("/e"), "and keeps it from then on"


def test_a_nameless_volume_of_a_reset_that_was_killed_gives_way(client, volumes, state):
    volumes.create("s_db-1--tmp", labels=OWN, driver_opts=option("/half"))
    volumes.create(NAMELESS.name, labels=OWN)
    place = {NAMELESS.key: ("live/d", option("/d"))}
    live.swap(client, "s", [NAMELESS], place, state(), OWN)
    assert volumes.there["s_db-1--tmp"]["Options"] == option("/d")


@pytest.mark.parametrize("mine", [None, {}, {labels.STACK: "other"}, {labels.STACK: "s-fork"}])
def test_a_volume_of_somebody_else_is_never_removed(client, volumes, state, mine):
    volumes.create("s_data", labels=mine)
    place = {"data": ("live/d", option("/d"))}
    with pytest.raises(StateError, match="s_data that is not of this stack"):
        live.swap(client, "s", [DATA], place, state(), OWN)
    assert volumes.removed == []
    assert volumes.there["s_data"]["Labels"] == mine


def test_a_volume_that_is_gone_already_is_made(client, volumes, state):
    live.swap(client, "s", [DATA], {"data": ("live/d", option("/d"))}, state(), OWN)
    assert list(volumes.there) == ["s_data"]


def test_those_that_stand_on_a_state_are_of_this_stack_and_this_state(volumes, state):
    one = state(found="a1")
    volumes.create("s_data", labels={**OWN, labels.FROM: "a1"})
    volumes.create("s_old", labels={**OWN, labels.FROM: "b2"})
    volumes.create("s_plain", labels=OWN)
    volumes.create("t_data", labels={labels.STACK: "t", labels.FROM: "a1"})
    assert live.standing("s", one) == {"s_data"}


def test_names_by_where_each_replica_has_them():
    shared = DataVolume("up", "s_up", (Use("web", 1, "/up"), Use("web", 2, "/up")))
    assert live.targets([DATA, NAMELESS, shared], "s") == {
        ("db", 1): {"/data": "s_data", "/tmp": "s_db-1--tmp"},
        ("web", 1): {"/up": "s_up"},
        ("web", 2): {"/up": "s_up"},
    }


def test_nothing_to_forget_asks_nobody():
    asked = []
    store = SimpleNamespace(run=lambda *args, **more: asked.append((args, more)))
    live.forget(store, [])
    assert asked == []
    live.forget(store, ("live/a",))
    assert asked == [(("clone",), {"reflink": "never", "remove": ["live/a"]})]


def test_directories_go_in_the_store_that_each_lies_in(monkeypatch):
    asked = []

    def store(name):
        return SimpleNamespace(
            volume=name,
            client=None,
            image="img",
            run=lambda _, **more: asked.append((name, more["remove"])),
        )

    monkeypatch.setattr(live, "open_store", lambda client, image, name: store(name))
    places = [
        Lying("parity-pool", "live/a"),
        Lying("parity-store", "live/b"),
        Lying("parity-pool", "live/c"),
        Lying("another", "live/d"),
    ]
    live.leave(store("parity-store"), places)
    assert asked == [("parity-store", ["live/b"]), ("parity-pool", ["live/a", "live/c"])]


def test_a_store_that_cannot_be_opened_is_left_to_gc(monkeypatch):
    def refused(*_):
        raise EngineError("the pool cannot be mounted")

    monkeypatch.setattr(live, "open_store", refused)
    store = SimpleNamespace(volume="parity-store", client=None, image="img", run=pytest.fail)
    live.leave(store, [Lying("parity-pool", "live/a")])


def test_what_a_killed_command_of_the_same_stack_left_is_not_taken_for_new(client, volumes):
    mine = {labels.STACK: "s-f", labels.LEASE: "second"}
    volumes.create("s-f_data", labels={labels.STACK: "s-f", labels.LEASE: "first"})
    live.create_new(client, "s-f_data", {}, mine)
    assert volumes.removed == ["s-f_data"]
    assert volumes.there["s-f_data"]["Labels"] == mine
