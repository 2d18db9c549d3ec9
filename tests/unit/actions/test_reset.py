"""A whole stack is reset where it stands; one that is not is brought up with the data in place."""

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from parity.actions import reset as module
from parity.actions.reset import ResetResult, reset
from parity.actions.stand import Stand, remember, stand
from parity.errors import StateError
from parity.model.stack import Container
from parity.model.state import State
from parity.stack import labels

STATE = State("a1", "seeded", "shop", "sha256:0", "2026", "copy", ())
SERVICES = {
    "db": {},
    "web": {"depends_on": {"job": {"condition": "service_completed_successfully"}}},
    "job": {},
    "many": {"deploy": {"replicas": 2}},
}


def row(service, state="running", number=1, exit_code=0, found="", marks=None):
    return Container(
        found or f"{service}{number}", service, service, number, state, "", exit_code, "", "service", "",
        labels=marks or {},
    )  # fmt: skip


def whole():
    return [
        row("db"), row("web"), row("job", "exited"), row("many"), row("many", number=2)
    ]  # fmt: skip


@pytest.fixture
def scene(monkeypatch, session):
    """A stack as `containers` say, and what is done, in order."""
    one = session()
    found = SimpleNamespace(
        session=one,
        containers=whole(),
        services=SERVICES,
        done=[],
        after=None,
        fails=None,
        states=[STATE],
        used={},
    )

    @contextmanager
    def mutex(session, progress):
        found.done.append("mutex")
        yield 7

    def start_state(session, name, progress, keep):
        found.done.append(f"state {name}{' keep' if keep else ''}")
        if found.fails:
            raise found.fails
        return STATE

    def bring_up(session, request, progress, lock):
        assert lock == 7, "who waits for the mutex here waits for ever"
        found.done.append("up")
        found.seen = stand(one)
        found.containers = found.after

    monkeypatch.setattr(module, "mutex", mutex)
    monkeypatch.setattr(module, "start_state", start_state)
    monkeypatch.setattr(module, "applied", lambda session: found.services)
    monkeypatch.setattr(module, "connect", lambda: "client")
    monkeypatch.setattr(module, "bring_up", bring_up)
    monkeypatch.setattr(module, "go_on", lambda *_: found.done.append("go on"))
    monkeypatch.setattr(module, "restore", lambda *_: found.done.append("restore") or ("db",))
    monkeypatch.setattr(module, "all_ready", lambda *_: found.done.append("ready"))
    monkeypatch.setattr(
        module,
        "replaced",
        lambda client, session, former, progress: found.done.append([one.id for one in former]),
    )
    monkeypatch.setattr(module.marks, "of_project", lambda project: tuple(found.states))
    monkeypatch.setattr(module.marks, "users", lambda state: found.used.get(state, ()))
    monkeypatch.setattr(module.observe, "of_stack", lambda stack: tuple(found.containers))
    return found


def test_a_whole_stack_is_reset_where_it_stands(scene):
    assert reset(scene.session, "seeded", pytest.fail) == ResetResult(STATE, ("db",))
    assert scene.done == ["state seeded", "mutex", "go on", "restore", "ready"]


def test_a_state_that_has_to_be_built_is_built_before_the_mutex_is_taken(scene):
    scene.fails = StateError("there is no state")
    with pytest.raises(StateError):
        reset(scene.session, "gone", pytest.fail)
    assert scene.done == ["state gone"]


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[0:0],
        lambda rows: rows[1:],
        lambda rows: rows[:-1],
        lambda rows: [row("db", "exited", exit_code=137), *rows[1:]],
        lambda rows: [row("db", "created"), *rows[1:]],
        lambda rows: [*rows[:2], row("job", "exited", exit_code=1), *rows[3:]],
        lambda rows: [*rows[:2], row("job", "created"), *rows[3:]],
    ],
    ids=["nothing", "no db", "a replica less", "killed", "not started", "job failed", "job waits"],
)
def test_a_stack_that_is_not_whole_is_brought_up_with_the_data_in_place(scene, change):
    scene.after = whole()
    scene.containers = change(scene.containers)
    before = {one.id for one in scene.containers}
    found = reset(scene.session, "", pytest.fail)
    assert scene.done == ["state ", "mutex", "up"]
    assert scene.seen == Stand("a1", True), "it is finished before anything starts"
    assert set(found.services) == {one.service for one in whole() if one.id not in before}


@pytest.mark.parametrize(
    "job",
    [
        row("job", "exited"),
        row("job", "created", marks={labels.DONE: "a1"}),
        row("job", "running"),
    ],
    ids=["done", "done in a state", "at work"],
)
def test_jobs_that_have_done_their_work_are_no_hindrance(scene, job):
    scene.containers[2] = job
    reset(scene.session, "", pytest.fail)
    assert "restore" in scene.done


def test_what_a_killed_save_has_paused_is_let_go_on_first(scene):
    scene.containers[0] = row("db", "paused")
    reset(scene.session, "", pytest.fail)
    assert scene.done[-3:] == ["go on", "restore", "ready"]


def test_containers_that_no_definition_knows_are_no_hindrance(scene):
    scene.containers.append(row("helper", "exited", exit_code=1))
    reset(scene.session, "", pytest.fail)
    assert "restore" in scene.done


def test_where_the_definitions_are_not_known_they_are_found_out(scene):
    scene.services, scene.after = {}, whole()
    reset(scene.session, "", pytest.fail)
    assert "up" in scene.done


def test_a_reset_that_was_not_finished_is_done_from_the_beginning(scene):
    remember(scene.session, "b2", pending=True)
    scene.after = [row("db", found="new"), *whole()[1:]]
    found = reset(scene.session, "seeded", pytest.fail)
    assert scene.done[-1] == "up"
    assert scene.seen == Stand("a1", True), "to the state that is asked for now"
    assert found == ResetResult(STATE, ("db",))


def former(found="f1", **more):
    return replace(STATE, **{"id": found, "created": "2025", **more})


def test_a_former_state_that_nobody_uses_any_more_goes_when_the_data_is_there(scene):
    scene.states = [former(), STATE]
    reset(scene.session, "seeded", pytest.fail)
    assert scene.done[-2:] == ["ready", ["f1"]]


@pytest.mark.parametrize(
    "other",
    [
        former(name="other"),
        former(created="2027"),
        former("used"),
        former(key="another-lineage:hash"),
    ],
    ids=["of another name", "a newer one", "in use", "of other secrets"],
)
def test_another_one_stays(scene, other):
    scene.states, scene.used = [other, STATE], {"used": ("t_data",)}
    reset(scene.session, "seeded", pytest.fail)
    assert scene.done[-1] == "ready"


def test_whoever_debugs_a_step_keeps_its_fork(scene):
    reset(scene.session, "seeded", pytest.fail, keep=True)
    assert scene.done[0] == "state seeded keep"
