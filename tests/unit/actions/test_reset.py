"""When a stack is whole enough to be reset as it runs."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from parity.actions.reset import _former, _whole
from parity.model.stack import Container
from parity.model.state import State
from parity.paths import StackPaths
from parity.stack import labels
from parity.state import marks

SERVICES = {
    "db": {"image": "db"},
    "migrate": {"image": "app"},
    "web": {
        "image": "app",
        "deploy": {"replicas": 2},
        "depends_on": {"migrate": {"condition": "service_completed_successfully"}},
    },
}


def container(service, number=1, state="running", code=0, **mine):
    name = f"{service}-{number}"
    return Container(name, name, service, number, state, "", code, "", "service", "", "", mine)


RUNNING = [
    container("db"),
    container("migrate", state="exited"),
    container("web"),
    container("web", 2),
]


@pytest.fixture
def session(tmp_path):
    made = SimpleNamespace(files=StackPaths(tmp_path))
    made.files.applied.write_text(json.dumps({"services": SERVICES}))
    return made


def changed(service, **fields):
    return [
        replace(one, **fields) if (one.service, one.number) == (service, 1) else one
        for one in RUNNING
    ]


def test_one_that_runs_is(session):
    assert _whole(session, RUNNING)


def test_paused_services_go_on(session):
    assert _whole(session, changed("db", state="paused"))


def test_a_job_that_was_made_again_and_need_not_run_is_no_lack(session):
    done = changed("migrate", state="created", labels={labels.DONE: "a1"})
    assert _whole(session, done)


@pytest.mark.parametrize(
    "containers",
    [
        [],
        RUNNING[1:],
        RUNNING[:-1],
        changed("db", state="exited", exit_code=137),
        changed("db", state="created"),
        changed("db", state="restarting"),
        changed("migrate", exit_code=1),
        changed("migrate", state="created"),
    ],
)
def test_one_with_something_missing_or_down_is_not(session, containers):
    assert not _whole(session, containers)


def test_one_whose_definition_is_not_known_is_not(session):
    session.files.applied.unlink()
    assert not _whole(session, RUNNING)


def test_what_a_state_has_taken_the_place_of_goes_when_nobody_uses_it(monkeypatch):
    def state(one, name="seeded", key="mine:a", created="2026"):
        return State(one, name, "shop", "d", created, "copy", (), key=key)

    now = state("now", key="mine:b", created="2027")
    states = [
        state("former"),
        state("used"),
        state("other", name="other"),
        state("theirs", key="theirs:a"),
        now,
        state("newer", created="2028"),
    ]
    monkeypatch.setattr(marks, "of_project", lambda project: states)
    monkeypatch.setattr(marks, "users", lambda one: ("shop_db",) if one == "used" else ())
    session = SimpleNamespace(identity=SimpleNamespace(project="shop"))
    assert [one.id for one in _former(session, now)] == ["former"]
