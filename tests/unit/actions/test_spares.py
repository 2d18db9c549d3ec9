"""A pool of forks: handed out one at a time, reset in the background, gone with its owner."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from parity.actions import spares as module
from parity.actions.spares import Spares
from parity.errors import EngineError, StackError, StateError
from parity.model.stack import Container
from parity.model.state import Fork
from parity.state.leases import mine

PATIENCE = 20


class Scene:
    """Forks as they are made, reset and removed; `hold` stops the next of them until it is set."""

    def __init__(self):
        self.log = []
        self.there = {}
        self.fails = {}
        self.hold = threading.Event()
        self.hold.set()
        self.lock = threading.Lock()
        self.asked = []
        self.told = []
        self.memory = 100
        self.closed = False
        self.refuses = None
        self.api = SimpleNamespace(
            pause=lambda one: self._set(one, "paused"),
            unpause=lambda one: self._set(one, "running"),
        )

    def _set(self, one, state):
        if self.refuses:
            raise self.refuses
        with self.lock:
            self.there[one.partition("/")[0]][one] = state

    def close(self):
        self.closed = True

    def _step(self, what, name):
        assert self.hold.wait(PATIENCE)
        with self.lock:
            self.log.append(f"{what} {name}")
        if self.fails.get(f"{what} {name}"):
            raise self.fails[f"{what} {name}"].pop(0)

    def make(self, session, *, name, **more):
        self.asked.append(more)
        self._step("make", name)
        stack = f"s-{name}"
        with self.lock:
            self.there[stack] = {f"{stack}/{c}": "running" for c in ("db", "gateway", "holder")}
        return (Fork(name, stack, "s", "a1", lease=more["lease"]),)

    def reset_fork(self, session, fork, *, state, progress):
        self._step("reset", fork.name)
        return replace(fork, state=state)

    def release(self, session, names, progress):
        with self.lock:
            self.log += [f"end {name}" for name in names]
            for name in names:
                self.there.pop(f"s-{name}", None)

    def of_stack(self, stack):
        with self.lock:
            return [
                Container(one, one, one.partition("/")[2], 1, state, "", 0, "",
                          {"db": "service"}.get(one.partition("/")[2], one.partition("/")[2]), "")
                for one, state in self.there.get(stack, {}).items()
            ]  # fmt: skip

    def states(self, name):
        return {one.partition("/")[2]: state for one, state in self.there[f"s-{name}"].items()}


@pytest.fixture
def scene(monkeypatch):
    found = Scene()
    monkeypatch.setattr(
        module, "connect", lambda: SimpleNamespace(api=found.api, close=found.close)
    )
    monkeypatch.setattr(module, "make", found.make)
    monkeypatch.setattr(module, "reset_fork", found.reset_fork)
    monkeypatch.setattr(module, "release", found.release)
    monkeypatch.setattr(module.observe, "of_stack", found.of_stack)
    monkeypatch.setattr(
        module.observe,
        "get",
        lambda path: {
            "memory_stats": {"usage": found.memory + 7, "stats": {"total_inactive_file": 7}}
        },
    )
    return found


@pytest.fixture
def pool(scene):
    """Open a pool; closed at the end."""
    opened = []

    def make(count=2, **more):
        session = SimpleNamespace(
            project=SimpleNamespace(
                state=SimpleNamespace(spare_memory=more.pop("spare_memory", "0"))
            )
        )
        one = Spares(
            session, state="seeded", lease=mine(), progress=scene.told.append, count=count, prefix="t", **more
        )  # fmt: skip
        opened.append(one)
        return one

    yield make
    scene.hold.set()
    for one in opened:
        one.close()


def settled(one):
    """Wait for the background."""
    for future in list(one._pending):
        future.result(PATIENCE)


def test_a_fork_is_made_for_the_first_taker_and_the_next_one_meanwhile(scene, pool):
    one = pool()
    first = one.take()
    assert (first.name, len(one)) == ("t-1", 2)
    settled(one)
    assert (scene.log, one.ready) == (["make t-1", "make t-2"], 1)
    assert one.take().name == "t-2"
    assert len(one) == 2, "no more than were asked for"


def test_nothing_is_made_before_somebody_asks(scene, pool):
    one = pool()
    assert (len(one), one.ready, scene.log) == (0, 0, [])


def test_a_spare_is_paused_and_one_that_is_used_is_not(scene, pool):
    one = pool()
    one.take()
    settled(one)
    assert scene.states("t-1") == {"db": "running", "gateway": "running", "holder": "running"}
    assert scene.states("t-2") == {"db": "paused", "gateway": "running", "holder": "running"}


def test_one_that_is_given_back_is_reset_and_paused_and_handed_out_again(scene, pool):
    one = pool(1)
    first = one.take()
    one.give_back(first)
    settled(one)
    assert scene.log == ["make t-1", "reset t-1"]
    assert scene.states("t-1")["db"] == "paused"
    assert one.take().name == "t-1"
    assert len(one) == 1


def test_those_that_are_ready_are_handed_out_in_the_order_they_got_so(scene, pool):
    one = pool(2)
    first, second = one.take(), one.take()
    one.give_back(second)
    one.give_back(first)
    settled(one)
    assert [one.take().name, one.take().name] == ["t-2", "t-1"]


def test_who_takes_waits_for_the_one_that_is_being_reset(scene, pool):
    one = pool(1)
    first = one.take()
    scene.hold.clear()
    one.give_back(first)
    got = []
    waiting = threading.Thread(target=lambda: got.append(one.take()))
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    scene.hold.set()
    waiting.join(PATIENCE)
    assert [fork.name for fork in got] == ["t-1"]


def test_all_in_use_is_told_instead_of_waiting_for_ever(scene, pool):
    one = pool(1)
    first = one.take()
    with pytest.raises(StateError, match="all 1 forks of the pool are in use") as caught:
        one.take()
    assert "give one back" in caught.value.next_step
    one.give_back(first)
    assert one.take().name == "t-1"


def test_what_goes_wrong_in_the_background_is_told_to_who_waits(scene, pool):
    scene.fails["make t-1"] = [StackError("db did not come up")]
    one = pool(1)
    with pytest.raises(StackError, match="did not come up"):
        one.take()
    assert len(one) == 0
    assert one.take().name == "t-1", "and the next taker has another try"
    assert scene.log == ["make t-1", "end t-1", "make t-1"]


def test_a_bug_in_the_background_is_told_as_well(scene, pool):
    scene.fails["make t-1"] = [ZeroDivisionError("ours")]
    with pytest.raises(ZeroDivisionError):
        pool(1).take()


def test_a_fork_that_cannot_be_reset_is_made_anew(scene, pool):
    scene.fails["reset t-1"] = [StackError("db does not start")]
    one = pool(1)
    one.give_back(one.take())
    assert one.take().name == "t-1"
    assert scene.log == ["make t-1", "reset t-1", "end t-1", "make t-1"]
    (step,) = scene.told
    assert (step.subject, step.state) == ("t-1", "warning")
    assert "db does not start" in step.text
    assert len(one) == 1


def test_one_that_can_be_neither_reset_nor_made_is_told_and_counts_no_more(scene, pool):
    scene.fails |= {"reset t-1": [StackError("gone")], "make t-1": []}
    one = pool(1)
    first = one.take()
    scene.fails["make t-1"] = [EngineError("the engine's disk is full")]
    one.give_back(first)
    with pytest.raises(EngineError, match="full"):
        one.take()
    assert len(one) == 0
    assert one.take().name == "t-1"


def test_a_name_is_never_given_to_two(scene, pool):
    one = pool(2)
    first, second = one.take(), one.take()
    scene.fails = {"reset t-1": [StackError("gone")], "make t-1": [EngineError("full")]}
    one.give_back(first)
    with pytest.raises(EngineError):
        one.take()
    assert one.take().name == "t-1"
    assert second.name == "t-2"


def test_a_bug_while_one_is_reset_costs_one_fork_and_not_the_pool(scene, pool):
    scene.fails["reset t-1"] = [ZeroDivisionError("ours")]
    one = pool(1)
    one.give_back(one.take())
    with pytest.raises(ZeroDivisionError):
        one.take()
    assert one.take().name == "t-1"
    assert scene.log == ["make t-1", "reset t-1", "end t-1", "make t-1"]


def test_one_that_is_given_back_twice_is_handed_out_once(scene, pool):
    one = pool(1)
    first = one.take()
    one.give_back(first)
    one.give_back(first)
    one.take()
    with pytest.raises(StateError, match="in use"):
        one.take()


def test_one_that_is_kept_cannot_be_given_back(scene, pool):
    one = pool(1)
    first = one.take()
    one.keep(first)
    one.give_back(first)
    settled(one)
    assert scene.log == ["make t-1"]


def test_one_that_is_kept_makes_room_for_another_and_outlives_the_pool(scene, pool):
    one = pool(1)
    one.keep(one.take())
    assert one.take().name == "t-2"
    one.close()
    assert "end t-1" not in scene.log
    assert scene.log[-1] == "end t-2"


def test_closing_ends_all_but_those_to_keep(scene, pool):
    one = pool(2)
    one.take()
    one.take()
    one.close(keep=["t-2"])
    assert [line for line in scene.log if line.startswith("end")] == ["end t-1"]
    assert scene.closed
    with pytest.raises(StateError, match="closed"):
        one.take()


def test_what_is_given_back_to_a_closed_pool_is_not_reset(scene, pool):
    one = pool(1)
    first = one.take()
    one.close()
    one.give_back(first)
    assert "reset t-1" not in scene.log


def test_closing_an_unused_pool_ends_nothing(scene, pool):
    one = pool()
    one.close()
    assert scene.log == []


def test_one_that_is_being_made_while_it_closes_ends_too(scene, pool):
    one = pool(2)
    one.take()
    settled(one)
    scene.log.clear()
    one.close()
    assert scene.log == ["end t-1", "end t-2"]
    assert scene.there == {}


@pytest.mark.parametrize(
    ("memory", "expected"),
    # A fork of three containers of 100 each.
    [(0, 2), (600, 2), (599, 1)],
    ids=["no limit", "room for two", "room for one"],
)
def test_no_more_than_fit_into_the_memory(scene, pool, memory, expected):
    one = pool(2, memory=memory)
    one.take()
    settled(one)
    assert len(one) == expected


def test_the_first_is_made_whatever_memory_it_takes(scene, pool):
    assert pool(2, memory=1).take().name == "t-1"


def test_the_projects_limit_is_the_default(scene, pool):
    one = pool(2, spare_memory="1k")
    scene.memory = 400
    one.take()
    settled(one)
    assert len(one) == 1


def test_forks_are_made_as_asked_and_for_their_owner(scene, pool):
    one = pool(1, services=["db"], empty=True)
    one.take()
    assert one.partial
    assert not pool(1).partial
    (asked,) = scene.asked
    assert (asked["state"], asked["services"], asked["empty"]) == ("seeded", ["db"], True)
    assert asked["lease"] == mine()


def test_a_pool_without_a_name_is_called_after_its_owner(scene):
    session = SimpleNamespace(project=SimpleNamespace(state=SimpleNamespace(spare_memory="2g")))
    one = Spares(session, state="", lease=mine(), progress=scene.told.append, count=0)
    try:
        assert one.take().name == f"t{mine().pid}-1", "and has one at least"
    finally:
        one.close()


@pytest.mark.parametrize(
    "text",
    [
        "Container x is not running",
        "Container x is not paused",
        "Cannot pause container x: OCI runtime pause failed: unable to freeze: unknown",
    ],
)
def test_a_service_that_ended_is_no_reason_to_refuse_the_fork(scene, pool, text):
    from docker.errors import APIError

    scene.refuses = APIError(text, explanation=text)
    assert pool(1).take().name == "t-1"


def test_an_engine_that_cannot_pause_is_told(scene, pool):
    from docker.errors import APIError

    one = pool(1)
    scene.refuses = APIError("no freezer", explanation="no freezer")
    with pytest.raises(EngineError, match="no freezer"):
        one.take()
    scene.refuses = None
    assert one.take().name == "t-1", "in the place of the one that could not be"


def test_one_that_cannot_go_on_is_made_anew_for_the_next_taker(scene, pool):
    from docker.errors import APIError

    one = pool(1)
    one.give_back(one.take())
    settled(one)
    scene.refuses = APIError("no freezer", explanation="no freezer")
    with pytest.raises(EngineError, match="no freezer"):
        one.take()
    scene.refuses = None
    assert one.take().name == "t-1"
    assert scene.log == ["make t-1", "reset t-1", "end t-1", "make t-1"]


def test_many_takers_get_a_fork_each(scene, pool):
    one, got, lock = pool(3), [], threading.Lock()

    def work():
        for _ in range(5):
            mine = one.take()
            with lock:
                assert mine.name not in got, "two have the same"
                got.append(mine.name)
            with lock:
                got.remove(mine.name)
            one.give_back(mine)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert len(one) <= 3
