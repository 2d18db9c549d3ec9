"""When a declared state is built, and what of its forks and predecessors stays."""

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from parity.actions import build_state as module
from parity.actions.build_state import ensure
from parity.errors import ConfigError, StackError
from parity.model.progress import silent
from parity.model.project import DeclaredTable, Project, StepTable
from parity.model.stack import Identity
from parity.model.state import Fork, State
from parity.paths import ProjectPaths
from parity.state import marks

STEP = StepTable(exec="psql", service="db")
OLD = State("1", "seeded", "shop", "d", "2026", "copy", (), key="mine:old")
WARD = SimpleNamespace(watch=lambda ward: None, forget=lambda ward: None)


@pytest.fixture
def world(monkeypatch, tmp_path):
    made = SimpleNamespace(
        states=[], lost=[], taken=[], ended=[], recorded=[], replaced=[], asked=[], fails=False
    )
    table = DeclaredTable(steps=(STEP, STEP), services=("db",))
    made.session = SimpleNamespace(
        identity=Identity("shop-1", "shop", str(tmp_path)),
        paths=ProjectPaths(tmp_path),
        project=Project(states={"seeded": table, "more": DeclaredTable(begin="seeded")}),
    )
    services = {"db": {}, "web": {}}
    resolution = SimpleNamespace(environment=SimpleNamespace(services=services))

    def fork(session, *, name, lease, **asked):
        made.asked.append(asked)
        return (Fork(name, f"shop-1-{name}", "shop-1", "", created="now", lease=lease),)

    def take(client, session, stack, step, name, progress):
        made.taken.append(name)
        if made.fails:
            raise StackError(f"{name} ended with 1")

    def sealed(client, session, fork, begin, name, wanted, progress):
        made.states.append(replace(OLD, id="new", name=name, key=wanted))
        return made.states[-1]

    def look(session, progress):
        made.states += made.lost
        return True

    monkeypatch.setattr(module, "look", look)
    monkeypatch.setattr(marks, "of_project", lambda project: tuple(made.states))
    monkeypatch.setattr(module, "resolve_stack", lambda *_: resolution)
    monkeypatch.setattr(module, "key", lambda *_: "mine:new")
    monkeypatch.setattr(module, "connect", lambda: None)
    monkeypatch.setattr(module, "watcher", lambda: WARD)
    monkeypatch.setattr(module, "make", fork)
    monkeypatch.setattr(module, "take", take)
    monkeypatch.setattr(module, "_seal", sealed)
    monkeypatch.setattr(module, "end", lambda client, session, fork: made.ended.append(fork.name))
    monkeypatch.setattr(module, "record", lambda session, fork: made.recorded.append(fork))
    monkeypatch.setattr(module, "replaced", lambda c, s, before, p: made.replaced.extend(before))
    return made


def test_it_is_built_where_there_is_none(world):
    assert ensure(world.session, "seeded", silent).key == "mine:new"
    assert world.taken == ["step 1 of seeded", "step 2 of seeded"]
    assert world.asked == [{"state": "", "empty": True, "services": ("db",), "progress": silent}]
    assert len(world.ended) == 1


def test_one_of_the_same_inputs_is_used(world):
    world.states = [replace(OLD, key="mine:new")]
    assert ensure(world.session, "seeded", silent).id == "1"
    assert world.taken == []


def test_one_of_other_inputs_is_replaced(world):
    world.states = [OLD]
    assert ensure(world.session, "seeded", silent).id == "new"
    assert world.replaced == [OLD]


def test_one_of_another_worktree_stays(world):
    world.states = [replace(OLD, key="theirs:old")]
    ensure(world.session, "seeded", silent)
    assert world.replaced == []


def test_it_begins_with_the_state_it_names(world):
    world.states = [replace(OLD, key="mine:new")]
    ensure(world.session, "more", silent)
    assert world.asked == [{"state": "1", "empty": False, "services": (), "progress": silent}]


def test_one_that_another_process_has_built_meanwhile_is_used(world, monkeypatch):
    @contextmanager
    def waited(session, name, progress):
        world.states.append(replace(OLD, key="mine:new"))
        yield

    monkeypatch.setattr(module, "_alone", waited)
    assert ensure(world.session, "seeded", silent).id == "1"
    assert world.taken == []


def test_a_failed_step_leaves_neither_state_nor_fork(world):
    world.fails = True
    with pytest.raises(StackError, match="step 1"):
        ensure(world.session, "seeded", silent)
    assert world.taken == ["step 1 of seeded"]
    assert (len(world.ended), world.recorded, world.states) == (1, [], [])


def test_its_fork_is_the_users_on_request(world):
    world.fails, told = True, []
    with pytest.raises(StackError, match="step 1"):
        ensure(world.session, "seeded", told.append, keep=True)
    assert world.ended == []
    assert [fork.lease for fork in world.recorded] == [None]
    assert any(f"parity -p {world.recorded[0].stack} exec" in step.text for step in told)


@pytest.mark.parametrize(
    ("table", "place"),
    [
        (DeclaredTable(services=("nothing",)), "states.seeded.services"),
        (DeclaredTable(steps=(StepTable(exec="x", service="nothing"),)), "steps.0.service"),
    ],
)
def test_a_service_that_is_none_is_refused_before_anything_is_made(world, table, place):
    world.session.project = Project(states={"seeded": table})
    with pytest.raises(ConfigError, match="is no service") as caught:
        ensure(world.session, "seeded", silent)
    assert place in caught.value.message
    assert "db, web" in caught.value.next_step
    assert world.asked == []


def test_one_that_lost_its_marker_is_not_built_again(world):
    world.lost = [replace(OLD, id="lost", key="mine:new")]
    assert ensure(world.session, "seeded", silent).id == "lost"
    assert world.taken == world.asked == []
