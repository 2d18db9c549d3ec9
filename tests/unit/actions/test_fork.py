"""Which forks there are, which may go, and what they are made like."""

import json
from concurrent.futures import wait
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest

from parity.actions import fork as module
from parity.actions.abandoned import Abandoned
from parity.actions.fork import find, fork, forks_of, record, release, reset_fork
from parity.actions.session import Session
from parity.actions.stand import known_marks
from parity.errors import StackError, StateError, UsageError
from parity.model.progress import silent
from parity.model.project import Project
from parity.model.stack import GATEWAY, Identity
from parity.model.state import Fork, Lease, State
from parity.paths import ProjectPaths, ensure_state
from parity.stack import labels
from parity.state import leases
from parity.state.replace import Replaced

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
    module._take_over(session, "k", said.append)
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


# Making


class Plan:
    """A stack of db, web and the gateway."""

    def graph(self):
        return {"web": {"db": "service_healthy", GATEWAY: ""}, "db": {GATEWAY: ""}, GATEWAY: {}, "other": {}}  # fmt: skip


SEEDED = State("a1", "seeded", "shop", "sha256:0", "2026", "reflink", (), empty=("cache",))


@pytest.fixture
def made(session, engine, monkeypatch):
    """What forks are made of, and how each was asked for; `fails` stops the one of that name."""
    found = SimpleNamespace(asked=[], fails={}, opened=[], told=[])

    def make(client, store, backend, what, progress):
        found.asked.append(what)
        if what.stack in found.fails:
            raise found.fails[what.stack]
        return {("web", 80): 40000 + len(found.asked)}

    def start_state(session, name, progress):
        assert name != "gone", "a name that is not there is refused by it"
        return SEEDED

    monkeypatch.setattr(module, "start_state", start_state)
    monkeypatch.setattr(
        module,
        "open_store",
        lambda client, session, progress, state: (
            found.opened.append(state) or (SimpleNamespace(image="helper:1"), "backend")
        ),
    )
    monkeypatch.setattr(module, "_blueprint", lambda *_: Plan())
    monkeypatch.setattr(module.forks, "make", make)
    return found


def test_a_fork_is_known_when_it_is_whole(session, engine, made):
    (one,) = fork(session, name="k", state="seeded", progress=made.told.append)
    assert (one.name, one.stack, one.origin, one.state) == ("k", "shop-k", "shop", "a1")
    assert one.ports == {("web", 80): 40001}
    assert one.lease is None
    engine.containers = [container("k", "gateway")]
    assert forks_of(session) == (one,)
    (what,) = made.asked
    assert (what.stack, what.state, what.image) == ("shop-k", SEEDED, "helper:1")
    assert set(what.services) == {"web", "db", "other", GATEWAY}
    assert [step.text for step in made.told] == ["from seeded"]


def test_all_that_is_made_of_it_says_whose_it_is(session, engine, made):
    owner = Lease("here", 7, 1.0)
    fork(session, name="k", progress=silent)
    fork(session, name="l", lease=owner, progress=silent)
    by_maker, by_owner = (what.marks for what in made.asked)
    assert by_maker[labels.STACK] == "shop-k"
    assert (by_maker[labels.FORK], by_maker[labels.ORIGIN]) == ("k", "shop")
    assert leases.read(by_maker[labels.LEASE]) == leases.mine()
    assert leases.read(by_owner[labels.LEASE]) == owner


def test_an_owner_is_kept_with_it(session, engine, made):
    (one,) = fork(session, name="k", lease=Lease("here", 7, 1.0), progress=silent)
    engine.containers = [container("k", "gateway")]
    assert find(session, "k") == one


def test_several_are_numbered_and_nameless_ones_named(session, engine, made):
    assert [one.name for one in fork(session, name="k", count=2, progress=silent)] == ["k-1", "k-2"]
    first, second = fork(session, count=2, progress=silent)
    assert first.name.removesuffix("-1") == second.name.removesuffix("-2")
    (one,) = fork(session, progress=silent)
    assert one.name not in ("", first.name)
    assert len(made.opened) == 3, "the store is opened once for all of them"


def test_an_empty_one_needs_no_state(session, engine, made):
    (one,) = fork(session, name="k", state="gone", empty=True, progress=made.told.append)
    assert (one.state, made.asked[0].state, made.opened) == ("", None, [None])
    assert made.told[0].text == "from nothing"


def test_some_services_bring_what_they_need_and_the_gateway(session, engine, made):
    fork(session, name="k", services=["web"], progress=silent)
    assert set(made.asked[0].services) == {"web", "db", GATEWAY}


def test_a_service_that_is_none_is_told_and_nothing_is_made(session, engine, made):
    with pytest.raises(StateError, match="no service wbe, x") as caught:
        fork(session, name="k", services=["wbe", "db", "x"], progress=silent)
    assert "db, other" in caught.value.next_step
    assert made.asked == engine.ended == []


@pytest.mark.parametrize("name", ["K", "a/b", "-x", "x" * 49])
def test_a_name_that_is_none_is_refused(session, engine, made, name):
    with pytest.raises(UsageError, match="not a name for a fork"):
        fork(session, name=name, progress=silent)
    assert made.asked == []


def test_one_that_fails_is_taken_away_and_those_before_it_stay(session, engine, made, monkeypatch):
    monkeypatch.setattr(module, "_width", lambda: 1)
    made.fails["shop-k-2"] = StackError("db did not come up")
    with pytest.raises(StackError):
        fork(session, name="k", count=6, progress=silent)
    assert engine.ended == ["k-2"]
    assert [what.stack for what in made.asked][:2] == ["shop-k-1", "shop-k-2"]
    assert len(made.asked) < 6, "no more are begun"
    engine.containers = [container("k-1", "gateway")]
    assert find(session, "k-1").created


def test_an_interrupt_takes_away_all_that_nobody_was_told_of(session, engine, made, monkeypatch):
    def interrupted(futures, **_):
        wait(futures)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fork(session, name="k", count=3, progress=silent)
    assert sorted(engine.ended) == ["k-1", "k-2", "k-3"]


def test_an_interrupt_takes_the_one_away_that_is_being_made(session, engine, made):
    made.fails["shop-k"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        fork(session, name="k", progress=silent)
    assert engine.ended == ["k"]


# Resetting


@pytest.fixture
def data(monkeypatch, made):
    """The fork's containers; those of the stack that it was made like have the checks."""
    test = ["CMD", "ready"]
    rows = {
        "o1": {"Config": {"Labels": {labels.SERVICE: "db"}, "Healthcheck": {"Test": test}}},
        "o2": {"Config": {"Labels": {labels.SERVICE: "web"}}},
    }
    own = [
        {"Id": name, "Config": {"Labels": {labels.SERVICE: name}}, "State": {"Running": runs}}
        for name, runs in (("db", True), ("web", False), ("job", False), (GATEWAY, False))
    ]
    found = SimpleNamespace(containers=(1,), attrs=own, volumes=(), live={}, done=None)
    done = "service_completed_successfully"
    services = {
        "db": {},
        "web": {"restart": "always", "depends_on": {"job": {"condition": done}}},
        "job": {},
    }

    def put(client, store, backend, what, state, progress):
        found.done = (what, state)
        return Replaced(("db",), ("broker",), {"c1": "m"})

    monkeypatch.setattr(module, "data_of", lambda stack: found)
    monkeypatch.setattr(module, "applied", lambda _: services)
    monkeypatch.setattr(
        module.observe, "of_stack", lambda _: [SimpleNamespace(id=one) for one in rows]
    )
    monkeypatch.setattr(module.observe, "get", lambda path: rows[path.split("/")[2]])
    monkeypatch.setattr(
        module.missing, "find", lambda session, name, progress: replace(SEEDED, id=name)
    )
    monkeypatch.setattr(module, "put", put)
    return found


def test_a_fork_is_brought_back_to_what_it_began_from(session, engine, data):
    after = reset_fork(session, WHOLE, progress=silent)
    assert (after.state, after.left) == ("a1", ("broker",))
    what, state = data.done
    assert (what.stack, state.id, what.empty) == ("shop-k", "a1", ("cache",))
    assert what.checks == {"db": ["ready"], "web": ()}, "its own containers have none"
    assert what.marks[labels.FORK] == "k"
    assert known_marks(session.paths.stack("shop-k")) == {"c1": "m"}


def test_or_to_another_state_and_stands_on_that_from_then_on(session, engine, data, monkeypatch):
    assert reset_fork(session, WHOLE, state="b2", progress=silent).state == "b2"
    monkeypatch.setattr(module.observe, "containers", lambda _: (container("k", "gateway"),))
    assert find(session, "k").state == "b2"


def test_one_whose_services_are_down_gets_them_again_but_no_jobs(session, engine, data):
    reset_fork(session, WHOLE, progress=silent)
    assert data.done[0].dead == {"web"}


def test_one_that_is_gone_cannot_be_reset(session, engine, data):
    data.containers = ()
    with pytest.raises(StateError, match="fork k is gone"):
        reset_fork(session, WHOLE, progress=silent)
    assert data.done is None
