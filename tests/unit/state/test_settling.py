"""Which copies are booted once, on which volumes, and what is told of the others."""

import threading
from types import SimpleNamespace

import pytest

from parity.errors import EngineError, StackError
from parity.stack import labels
from parity.state import settling as module
from parity.state.settling import Settling, memory_only, settle_all
from parity.state.volumes import DataVolume, Use

from .conftest import container

PG = "/var/lib/postgresql/data"
DATA = DataVolume("data", "s_data", (Use("db", 1, PG),))
FILES = DataVolume("up", "s_up", (Use("web", 1, "/up"), Use("db", 1, "/up")))
PLACES = {"s_data": "states/a1/0", "s_up": "states/a1/1"}
STORE = SimpleNamespace(bound=lambda place: {"type": "none", "o": "bind", "device": f"/e/{place}"})
MARKS = {labels.PROJECT: "shop", labels.LEASE: "{}"}


def service(name, path="app", number=1, running=True, **config):
    found = container(f"{name}-{number}", name, number=number, Path=path, Args=[], config=config)
    found["Id"] = f"{name}{number}".ljust(64, "0")
    found["State"]["Running"] = running
    return found


DB = service("db", "postgres", Env=[f"PGDATA={PG}"])
CACHE = service("cache", "redis-server", Volumes={"/data": {}})
WEB = service("web")


@pytest.fixture
def booted(monkeypatch, volumes):
    """Services that were settled: their mounts, and which volumes there were at that time."""
    found = SimpleNamespace(by={}, fails={}, devices=[])
    lock = threading.Lock()

    def settle(client, attrs, mounts, owner, progress):
        name = attrs["Config"]["Labels"][labels.SERVICE]
        with lock:
            there = {m["Source"]: volumes.there[m["Source"]] for m in mounts}
            found.by[name] = (mounts, there, owner)
            devices = [one["Options"]["device"] for one in there.values()]
            found.devices.append((attrs["Id"][:3], devices))
        if name in found.fails:
            raise found.fails[name]

    monkeypatch.setattr(module, "settle", settle)
    found.client = SimpleNamespace(volumes=volumes)
    return found


def settled(booted, attrs, volumes=(DATA,)):
    what = Settling(attrs, volumes, PLACES, MARKS)
    return settle_all(booted.client, STORE, what, "a1", lambda step: None)


def test_an_engine_with_data_is_booted_on_its_copy_for_a_moment(booted, volumes):
    found = settled(booted, [DB, WEB])
    assert (found.engines, found.empty, found.unsettled) == ({"db": "postgres"}, (), ())
    mounts, there, owner = booted.by["db"]
    assert [(m["Target"], m["VolumeOptions"]) for m in mounts] == [(PG, {"NoCopy": True})]
    (made,) = there.values()
    assert made["Options"]["device"] == "/e/states/a1/0"
    assert made["Labels"] == owner == {**MARKS, labels.ROLE: labels.HELPER}
    assert labels.STACK not in owner, "the stack must not take it for its own"
    assert volumes.there == {}, "gone afterwards"


def test_all_its_volumes_are_there_each_by_its_target(booted, volumes):
    settled(booted, [DB, WEB], (DATA, FILES))
    mounts, there, _ = booted.by["db"]
    by_target = {m["Target"]: there[m["Source"]]["Options"]["device"] for m in mounts}
    assert by_target == {PG: "/e/states/a1/0", "/up": "/e/states/a1/1"}


def test_files_of_no_engine_are_told_as_they_were(booted):
    assert settled(booted, [DB, WEB], (DATA, FILES)).unsettled == ("web",)
    assert list(booted.by) == ["db"]


def test_an_engine_without_a_volume_begins_with_nothing_and_is_not_booted(booted):
    found = settled(booted, [DB, CACHE])
    assert found.empty == ("cache",)
    assert found.engines == {"db": "postgres", "cache": "redis"}
    assert list(booted.by) == ["db"]
    assert memory_only([DB, CACHE, WEB], [DATA]) == {CACHE["Id"]}


def test_an_engine_that_is_down_has_stopped_by_itself(booted):
    found = settled(booted, [service("db", "postgres", running=False, Env=[f"PGDATA={PG}"])])
    assert booted.by == {}
    assert found.engines == {"db": "postgres"}


def test_replicas_are_named_once_and_their_own_volumes_are_theirs(booted):
    second = DataVolume("data2", "s_up", (Use("db", 2, PG),))
    both = [DB, service("db", "postgres", 2, Env=[f"PGDATA={PG}"])]
    found = settled(booted, both, (DATA, second))
    assert found.engines == {"db": "postgres"}
    assert sorted(booted.devices) == [("db1", ["/e/states/a1/0"]), ("db2", ["/e/states/a1/1"])]


def test_two_engines_on_one_volume_have_a_volume_each(booted, volumes):
    shared = DataVolume("data", "s_data", (Use("db", 1, PG), Use("old", 1, PG)))
    settled(booted, [DB, service("old", "postgres", Env=[f"PGDATA={PG}"])], (shared,))
    names = [m["Source"] for mounts, _, _ in booted.by.values() for m in mounts]
    assert len(set(names)) == 2
    assert volumes.there == {}


def test_where_one_does_not_come_up_the_others_volumes_go_as_well(booted, volumes):
    booted.fails["db"] = StackError("db does not recover")
    cache = service("cache", "redis-server", Volumes={"/data": {}})
    kept = DataVolume("cache", "s_up", (Use("cache", 1, "/data"),))
    with pytest.raises(StackError, match="does not recover"):
        settled(booted, [DB, cache], (DATA, kept))
    assert set(booted.by) == {"db", "cache"}
    assert volumes.there == {}


def test_a_volume_that_cannot_be_made_leaves_none(booted, volumes, api_error):
    create = volumes.create

    def refuse(name, **more):
        if "-1-" in name[len("parity-settle-a1") :]:
            raise api_error("no such device")
        return create(name, **more)

    volumes.create = refuse
    with pytest.raises(EngineError, match="no such device"):
        settled(booted, [DB], (DATA, FILES))
    assert volumes.there == booted.by == {}


def test_a_stack_without_data_settles_nothing(booted):
    found = settled(booted, [WEB], ())
    assert (found.engines, found.empty, found.unsettled) == ({}, (), ())
    assert booted.by == {}
