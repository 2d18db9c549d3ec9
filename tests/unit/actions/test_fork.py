"""Which forks there are, which may go, and what they are made like."""

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest

from parity.actions import fork as module
from parity.actions.abandoned import Abandoned
from parity.actions.fork import find, forks_of, record, release
from parity.actions.session import Session
from parity.errors import StateError
from parity.model.progress import silent
from parity.model.project import Project
from parity.model.stack import GATEWAY, Identity
from parity.model.state import Fork, Lease
from parity.paths import ProjectPaths, ensure_state
from parity.stack import labels
from parity.state import leases

WHOLE = Fork("k", "shop-k", "shop", "a1", ports={("web", 80): 4000}, created="2026-01-01")
GONE = replace(leases.mine(), pid=2**22 + 1)


@pytest.fixture
def session(tmp_path):
    return Session(ProjectPaths(tmp_path), Project(), Identity("shop", "shop", str(tmp_path)))


def container(name, role="service", state="running", maker=GONE):
    mine = {labels.FORK: name, labels.LEASE: json.dumps(asdict(maker))}
    return SimpleNamespace(labels=mine, role=role, state=state)


@pytest.fixture
def engine(monkeypatch):
    """Containers of forks, what is nobody's, and the names of forks that were ended."""
    told = SimpleNamespace(containers=[], abandoned=[], ended=[])
    monkeypatch.setattr(module.observe, "containers", lambda _: tuple(told.containers))
    monkeypatch.setattr(module, "abandoned", lambda: tuple(told.abandoned))
    monkeypatch.setattr(module, "connect", SimpleNamespace)
    monkeypatch.setattr(module, "end", lambda _, __, one: told.ended.append(one.name))
    return told


def test_a_whole_fork_is_told_as_it_was_kept(session, engine):
    engine.containers = [container("k", "gateway"), container("k", state="paused")]
    record(session, WHOLE)
    assert forks_of(session) == (replace(WHOLE, paused=True),)
    assert find(session, "k") == find(session, "shop-k")


def test_one_without_its_gateway_has_no_ports(session, engine):
    engine.containers = [container("k")]
    record(session, WHOLE)
    assert forks_of(session) == (replace(WHOLE, ports={}),)


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"name": "k"}'])
def test_one_that_is_half_made_names_its_maker(session, engine, text):
    engine.containers = [container("k", "gateway", maker=leases.mine())]
    if text is not None:
        file = session.paths.stack("shop-k").fork
        ensure_state(file.parent)
        file.write_text(text)
    assert forks_of(session) == (Fork("k", "shop-k", "shop", "", lease=leases.mine()),)


def test_a_name_that_is_no_forks_is_told_with_those_there_are(session, engine):
    with pytest.raises(StateError, match="no fork `x`") as caught:
        find(session, "x")
    assert "`parity fork` makes one" in caught.value.next_step
    engine.containers = [container("k"), container("l")]
    with pytest.raises(StateError) as caught:
        find(session, "x")
    assert caught.value.next_step == "there are: k, l"


# Taking away


def other(monkeypatch, host=None):
    """A process that is not this one; it lives."""
    mine = leases.mine()
    found = Lease(host or mine.host, mine.pid + 1, 5.0)
    monkeypatch.setattr(leases, "alive", lambda one, age=0.0: one in (found, mine))
    return found


def test_one_that_another_process_makes_is_refused_and_none_is_taken(session, engine, monkeypatch):
    maker = other(monkeypatch)
    engine.containers = [container("a"), container("k", maker=maker)]
    with pytest.raises(StateError, match=f"process {maker.pid} on .* is making the fork k"):
        release(session, ["a", "k"], silent)
    assert engine.ended == []


@pytest.mark.parametrize("whose", ["this process", "a killed one", "another machine's"])
def test_a_half_made_one_that_nobody_makes_here_goes(session, engine, monkeypatch, whose):
    maker = {
        "this process": leases.mine(),
        "a killed one": GONE,
        "another machine's": other(monkeypatch, "far#1-2-3"),
    }[whose]
    engine.containers = [container("k", maker=maker)]
    assert release(session, ["k", "unknown"], silent) == ("k",)
    assert engine.ended == ["k"]


def test_a_whole_one_goes_whoever_made_it(session, engine, monkeypatch):
    engine.containers = [container("k", "gateway", maker=other(monkeypatch))]
    record(session, WHOLE)
    assert release(session, ["k"], silent) == ("k",)


# Names


def test_what_was_left_of_the_name_makes_room_and_of_others_does_not(session, engine):
    engine.abandoned = [
        Abandoned("shop-k", "k", "/", "was never finished"),
        Abandoned("shop-k-1", "k-1", "/", "was never finished"),
        Abandoned("other-k", "k", "/", "was never finished"),
        Abandoned("shop-l", "l", "/", "was never finished"),
    ]
    said = []
    module._take_over(None, session, "k", said.append)
    assert engine.ended == ["k", "k-1"]
    assert ["was never finished" in step.text for step in said] == [True, True]


def test_a_name_that_is_taken_is_refused(session, engine):
    engine.containers = [container("k-2")]
    assert module._names(session, "k", 1) == ["k"]
    with pytest.raises(StateError, match="there is a fork `k-2` already"):
        module._names(session, "k", 2)
    with pytest.raises(StateError, match="1 or more"):
        module._names(session, "k", 0)


# What they are made like


@pytest.mark.parametrize(
    ("there", "whole"),
    [
        ((GATEWAY, "db", "web", "web"), True),
        ((GATEWAY, "db", "web", "web", "web"), True),
        ((GATEWAY, "db", "web"), False),
        ((GATEWAY, "web", "web"), False),
        (("db", "web", "web"), False),
        ((), False),
    ],
)
def test_a_stack_without_some_of_its_containers_is_not_whole(session, monkeypatch, there, whole):
    services = {GATEWAY: {}, "db": {}, "web": {"scale": 2}}
    monkeypatch.setattr(module, "applied", lambda _: services)
    data = SimpleNamespace(containers=[SimpleNamespace(service=name) for name in there])
    assert module._all_there(session, data) is whole
