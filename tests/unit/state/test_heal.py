"""Only what nobody needs any more is removed, and a maker that finishes meanwhile loses nothing."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest

from parity.stack import labels
from parity.state import heal, marks
from parity.state.leases import DAY, mine

LIVING = mine().to_json()
DEAD = replace(mine(), started=1.0).to_json()
ELSEWHERE = replace(mine(), host="elsewhere#0-0-0").to_json()


@dataclass
class Store:
    places: dict = field(default_factory=dict)
    aside: int = 0
    busy: bool = False
    asked: list = field(default_factory=list)

    def run(self, command, **arguments):
        self.asked.append((command, arguments))
        if command == "garbage":
            return {"places": self.places, "aside": self.aside}
        return {"freed": 7, "busy": self.busy}


@pytest.fixture
def engine(monkeypatch):
    """What the engine has: states' places, live places by volume, containers."""
    has = SimpleNamespace(states=[], live={}, containers=[], volumes=[], removed=[])
    monkeypatch.setattr(marks, "sealed_places", lambda: tuple(has.states))
    monkeypatch.setattr(marks, "live", lambda: has.live)
    monkeypatch.setattr(
        heal.observe, "containers", lambda label, address=None: tuple(has.containers)
    )
    monkeypatch.setattr(marks, "leased", lambda: has.volumes)
    has.client = SimpleNamespace(
        api=SimpleNamespace(
            remove_container=lambda one, **_: has.removed.append(one),
            remove_volume=has.removed.append,
        )
    )
    return has


def one(lease, age=1.0):
    return {"age": age, "lease": lease}


def volume(name, role, lease):
    return {"Name": name, "Labels": {labels.ROLE: role, labels.LEASE: lease}}


def container(role, lease, found="c1"):
    return SimpleNamespace(id=found, name=f"name-{found}", role=role, labels={labels.LEASE: lease})


@pytest.mark.parametrize("place", ["states/a1", "live/b2"])
def test_what_a_dead_maker_left_is_garbage(engine, place):
    assert heal.look(Store({place: one(DEAD)})).places == (place,)


@pytest.mark.parametrize("place", ["states/a1", "live/b2"])
def test_what_a_living_maker_has_in_hand_is_not(engine, place):
    assert heal.look(Store({place: one(LIVING, age=100 * DAY)})).empty


def test_a_state_stays_though_its_maker_is_gone(engine):
    engine.states = ["states/a1"]
    assert heal.look(Store({"states/a1": one(DEAD)})).empty


def test_a_sealed_state_that_lost_its_marker_is_no_garbage(engine):
    engine.states = ["states/b2"]
    store = Store({"states/a1": {**one(DEAD), "sealed": True}, "states/c3": one(DEAD)})
    found = heal.look(store)
    assert (found.lost, found.places) == (("states/a1",), ("states/c3",))
    assert found.named == ("states/c3",), "it does not go"
    engine.states = ["states/a1"]
    assert heal.look(store).lost == ()


def test_healing_makes_lost_markers_again_and_says_so(engine, monkeypatch, state):
    told = []
    store = Store({"states/a1": {**one(DEAD), "sealed": True}})
    monkeypatch.setattr(heal, "found_again", lambda store: (state("seeded"),))
    heal.heal(engine.client, store, told.append)
    assert [command for command, _ in store.asked] == ["garbage"], "and nothing is swept"
    assert [(step.subject, step.state) for step in told] == [("seeded", "warning")]
    engine.states = ["states/a1"]
    heal.heal(engine.client, store, told.append)
    assert len(told) == 1, "where none is lost nobody looks"


def test_a_volumes_directory_stays_though_its_maker_is_gone(engine):
    engine.live = {"shop_db": "live/b2"}
    assert heal.look(Store({"live/b2": one(DEAD)})).empty


def test_a_state_that_is_finished_while_it_looks_stays(engine, monkeypatch):
    """The maker dies right after it sealed: the marker is looked for after that."""
    order = []
    monkeypatch.setattr(heal.leases, "alive", lambda lease, age: order.append("lease"))
    monkeypatch.setattr(marks, "sealed_places", lambda: order.append("marks") or ["states/a1"])
    store = Store({"states/a1": one(DEAD)})
    assert heal.look(store).empty
    assert order == ["lease", "marks"]


@pytest.mark.parametrize(
    "lease", ["", "nonsense", ELSEWHERE], ids=["none", "nonsense", "elsewhere"]
)
def test_where_the_maker_cannot_be_seen_a_day_is_waited(engine, lease):
    store = Store({"live/old": one(lease, DAY + 1), "live/new": one(lease, DAY - 1)})
    assert heal.look(store).places == ("live/old",)


@pytest.mark.parametrize("role", heal.HELPERS)
def test_helpers_of_a_dead_command_go(engine, role):
    engine.containers = [container(role, DEAD)]
    garbage = heal.look(Store())
    assert garbage.helpers == {"c1": "name-c1"}
    assert heal.sweep(engine.client, Store(), garbage) == 0
    assert engine.removed == ["c1"]


def test_volumes_that_a_helper_had_go_after_it(engine):
    engine.containers = [container("helper", DEAD)]
    engine.volumes = [volume("v1", "helper", DEAD), volume("v2", "helper", LIVING)]
    engine.volumes += [volume("v3", "service", DEAD), volume("v4", "settle", DEAD)]
    garbage = heal.look(Store())
    assert garbage.named == ("name-c1", "v1", "v4")
    heal.sweep(engine.client, Store(), garbage)
    assert engine.removed == ["c1", "v1", "v4"]


@pytest.mark.parametrize(
    ("role", "lease"),
    [("helper", LIVING), ("service", DEAD), ("gateway", DEAD), ("store", DEAD), ("settle", "")],
    ids=["at-work", "service", "gateway", "store", "nobodys"],  # a lease names this very process
)
def test_other_containers_stay(engine, role, lease):
    engine.containers = [container(role, lease)]
    assert heal.look(Store()).empty


def test_healing_an_orderly_store_changes_nothing_and_says_nothing(engine):
    engine.states = ["states/a1"]
    store, told = Store({"states/a1": one(DEAD)}, aside=2), []
    heal.heal(engine.client, store, told.append)
    assert [command for command, _ in store.asked] == ["garbage"]
    assert told == []


def test_healing_sweeps_and_says_so(engine):
    store, told = Store({"live/b2": one(DEAD)}), []
    heal.heal(engine.client, store, told.append)
    assert store.asked[-1] == ("sweep", {"places": ["live/b2"], "patience": 0.0})
    assert "live/b2" in told[0].text


def test_while_others_work_it_is_left_for_the_next_time(engine):
    told = []
    store = Store({"live/b2": one(DEAD)}, busy=True)
    heal.heal(engine.client, store, told.append)
    assert told == []
    assert heal.sweep(engine.client, store, heal.look(store)) is None
