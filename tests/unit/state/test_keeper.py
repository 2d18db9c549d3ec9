"""Keepers are found by name, made once, and never somebody else's."""

import time

import pytest
from docker.errors import APIError, NotFound

from parity.errors import EngineError
from parity.state import keeper

NAME = "parity-store-0123456789ab"
IMAGE = "parity-gateway:0123456789abcdef"


class Answer:
    status_code = 409
    reason = url = ""


class Engine:
    """Containers by name, as far as the keeper asks."""

    def __init__(self):
        self.found, self.created, self.removed, self.late = {}, [], [], 0
        self.rows, self.refusal, self.api, self.volumes = [], "", self, self
        self.labels, self.made = {"dev.parity.role": "store"}, []

    def inspect_container(self, name):
        if name not in self.found or self.late > 0:
            self.late -= 1
            raise NotFound("none")
        return self.found[name]

    def create_container_from_config(self, config, name):
        if name in self.found:
            raise APIError("conflict", response=Answer())
        self.created.append(name)
        self.found[name] = record(entrypoint=config["Entrypoint"])

    def containers(self, **_):
        return self.rows

    def remove_container(self, container, force):
        self.removed.append(container)

    def start(self, container):
        if self.refusal:
            raise APIError("no", explanation=self.refusal)

    def create(self, name, driver, driver_opts, labels):
        self.made.append((name, driver_opts))
        self.attrs = {"Labels": self.labels, "Mountpoint": f"/v/{name}/_data"}
        return self


def record(*, role="store", entrypoint=(), **state):
    return {
        "Id": "k1",
        "Config": {"Labels": {"dev.parity.role": role}, "Entrypoint": list(entrypoint)},
        "State": {"Running": True, "Restarting": False, **state},
        "Mounts": [
            {"Destination": "/image", "Source": "/v/i"},
            {"Destination": "/store", "Source": "/v/s"},
        ],
        "RestartCount": 0,
    }


@pytest.fixture
def engine():
    return Engine()


def test_its_name_says_tree_and_agent(engine):
    assert keeper.name_of(IMAGE, "parity-store") == NAME
    assert keeper.find(engine, IMAGE, "parity-store") is None


def test_a_container_of_that_name_that_is_not_ours_is_refused(engine):
    engine.found[NAME] = record(role="")
    with pytest.raises(EngineError, match=f"called {NAME} that is not parity's"):
        keeper.find(engine, IMAGE, "parity-store")


def test_one_that_another_command_is_making_is_waited_for(engine):
    engine.found[NAME], engine.late = record(), 2
    assert keeper.make(engine, IMAGE, "parity-store")["Id"] == "k1"
    assert engine.created == []


def test_the_pools_keeper_watches_and_the_others_sleeps(engine):
    assert keeper.make(engine, IMAGE, "parity-store")["Config"]["Entrypoint"][0] == "sleep"
    assert keeper.make(engine, IMAGE, "parity-pool")["Config"]["Entrypoint"][-1] == "store.keep"


def test_keepers_of_older_versions_go_after_a_day(engine):
    engine.rows = [
        {"Id": "old", "Created": time.time() - 90000},
        {"Id": "new", "Created": time.time() - 600},
    ]
    keeper.make(engine, IMAGE, "parity-store")
    assert engine.removed == ["old"]


@pytest.mark.parametrize(
    ("state", "runs"),
    [({}, True), ({"Restarting": True}, False), ({"Running": False}, False)],
)
def test_one_that_restarts_again_and_again_does_not_run(state, runs):
    assert keeper.runs(record(**state)) is runs
    assert not keeper.runs(None)


def test_one_that_has_just_begun_may_still_end(engine):
    old = record(StartedAt="2020-01-01T00:00:00.123456789Z")
    assert keeper.settled(old)
    assert not keeper.settled({**old, "RestartCount": 2})
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000000001Z", time.gmtime())
    assert not keeper.settled(record(StartedAt=now))


def test_where_the_store_is_on_the_engine():
    assert keeper.root(record()) == "/v/s"


def test_why_it_cannot_start_is_answered(engine):
    assert keeper.start(engine, record()) == ""
    engine.refusal = "failed to mount"
    assert keeper.start(engine, record()) == "failed to mount"


def test_a_volume_is_made_with_its_options_and_anothers_is_left(engine):
    assert keeper.volume(engine, "parity-pool", {"type": "xfs"}) == "/v/parity-pool/_data"
    engine.labels = None
    with pytest.raises(EngineError, match="called parity-store that is not parity's"):
        keeper.volume(engine, "parity-store")
