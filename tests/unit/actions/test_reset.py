"""When a stack is whole enough to be reset as it runs."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from parity.actions.reset import _whole
from parity.model.stack import Container
from parity.paths import StackPaths
from parity.stack import labels

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
