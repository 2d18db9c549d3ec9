import os
import sys
from pathlib import Path

import pytest

from parity.actions import test as module
from parity.actions.test import TestRequest, again, interpreter, run_tests
from parity.errors import StateError, UsageError
from parity.model.progress import silent
from parity.model.project import Project, StateTable
from parity.model.state import State
from parity.model.testing import Case, TestRun

STATE = State("s1", "seeded", "shop", "sha256:0123", "2026", "reflink", ())
CASE = Case("t::x", "failed", 1.0, {"call": 1.0}, "it said s3cr3t-value")


@pytest.fixture
def world(monkeypatch, session):
    """pytest and the engine, played: `tell` is what the plugin writes down."""

    class World:
        tell = TestRun((CASE,), 1, 2.0).to_json()
        code = 1
        states = (STATE,)

    found = World()
    found.session = session("services: {}\n")
    found.ups = []

    def attach(argv, *, env, cwd, pass_on, as_talk):
        found.argv, found.env, found.cwd, found.as_talk = argv, env, cwd, as_talk
        if found.tell:
            Path(env["PARITY_TEST_RECORD"]).write_text(found.tell)
        return found.code

    monkeypatch.setattr(module.process, "attach", attach)
    monkeypatch.setattr(module, "up", lambda *words: found.ups.append(words))
    monkeypatch.setattr(module, "start_state", lambda session, name, progress: STATE)
    monkeypatch.setattr(module, "there_is_none", lambda session: not found.states)
    return found


def test_pytest_runs_with_what_the_plugin_must_know(world):
    result = run_tests(world.session, TestRequest(("-k", "x"), keep_failed=True), silent)
    root = world.session.paths.root
    assert world.argv[:3] == [sys.executable, "-m", "pytest"]
    assert world.argv[3:] == [f"--junitxml={result.junit}", "--parity-keep-failed", "-k", "x"]
    assert world.env["PARITY_TEST_PROJECT"] == str(root)
    assert world.env["PARITY_TEST_STATE"] == "s1"
    assert world.env["PARITY_TEST_STACK"] == "shop-abc123"
    assert world.env["PARITY_TEST_ENVIRONMENT"] == "prod"
    assert len(world.ups) == 1, "the stack is as the definition says now"
    assert result.exit_code == 1
    assert not Path(world.env["PARITY_TEST_RECORD"]).exists()


def test_it_runs_in_the_project_unless_the_user_is_in_it(world, monkeypatch):
    run_tests(world.session, TestRequest(), silent)
    assert world.cwd == world.session.paths.root
    below = world.session.paths.root / "tests"
    below.mkdir()
    monkeypatch.chdir(below)
    run_tests(world.session, TestRequest(), silent)
    assert world.cwd is None


def test_the_page_is_written_and_holds_no_stand_in(world):
    world.session.paths.state.mkdir()
    world.session.paths.secrets.write_text(
        '{"schema": 1, "stacks": {"shop-abc123": {"pw": {"value": "s3cr3t-value", "shape": "x"}}}}'
    )
    result = run_tests(world.session, TestRequest(), silent)
    page = result.html.read_text()
    assert result.html == world.session.paths.state / "testing" / "report.html"
    assert "1 of 1 test failed" in page
    assert "${secret:pw}" in page
    assert "s3cr3t-value" not in page


@pytest.mark.parametrize(
    ("code", "interrupted", "wanted"),
    [
        (0, False, 0),
        (1, False, 1),
        (2, False, 2),
        (2, True, 130),
        (3, False, 2),
        (4, False, 2),
        (5, False, 2),
    ],
)
def test_what_could_not_be_measured_is_neither_0_nor_1(world, code, interrupted, wanted):
    world.code = code
    world.tell = TestRun((), code, 1.0, interrupted=interrupted).to_json()
    assert run_tests(world.session, TestRequest(), silent).exit_code == wanted


def test_a_state_that_changed_makes_the_result_worth_nothing(world):
    world.tell = TestRun((CASE,), 0, 1.0, doubts=("seeded: data",)).to_json()
    with pytest.raises(StateError, match="proves nothing") as raised:
        run_tests(world.session, TestRequest(), silent)
    assert raised.value.detail == "seeded: data"
    report = world.session.paths.state / "testing" / "report.html"
    assert "changed while it was used" in report.read_text()


@pytest.mark.parametrize(
    ("tell", "says"), [("", "told nothing"), ("{}", "cannot be read"), ("[", "cannot be read")]
)
def test_a_pytest_without_the_plugin_is_told(world, tell, says):
    world.tell = tell
    with pytest.raises(UsageError, match=says):
        run_tests(world.session, TestRequest(), silent)


def test_without_any_state_tests_begin_with_nothing(world):
    world.states = ()
    assert run_tests(world.session, TestRequest(), silent).state is None
    assert world.env["PARITY_TEST_STATE"] == ""
    assert run_tests(world.session, TestRequest(state="seeded"), silent).state is STATE
    project = Project(
        state=StateTable(default="seeded"), environments=world.session.project.environments
    )
    from dataclasses import replace

    assert run_tests(replace(world.session, project=project), TestRequest(), silent).state is STATE


def test_workers_keep_a_module_together(world):
    run_tests(world.session, TestRequest(workers=3), silent)
    assert world.argv[-4:] == ["-n", "3", "--dist", "loadscope"]


def test_workers_need_xdist(world, monkeypatch):
    class Done:
        ok = False

    monkeypatch.setattr(module.process, "run", lambda argv, timeout: Done())
    with pytest.raises(UsageError, match="2 workers need pytest-xdist"):
        run_tests(world.session, TestRequest(workers=2), silent)
    assert world.ups == [], "told before anything is started"


@pytest.mark.parametrize(
    ("request_", "state", "tests", "wanted"),
    [
        (TestRequest(), None, (), "parity test"),
        (
            TestRequest(("-k", "a b"), workers=2),
            STATE,
            (),
            "parity test --state seeded -n 2 -- -k 'a b'",
        ),
        (
            TestRequest(("-k", "a"), workers=2),
            STATE,
            ("t::x[1]",),
            "parity test --state seeded -- 't::x[1]'",
        ),
    ],
)
def test_the_same_again(request_, state, tests, wanted):
    assert again(request_, state, *tests) == wanted


def test_the_python_of_an_active_environment_knows_the_project(tmp_path, monkeypatch):
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert interpreter() == sys.executable
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert interpreter() == sys.executable
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    assert interpreter() == sys.executable, "one without a Python is none"
    python = tmp_path / ("Scripts" if os.name == "nt" else "bin") / "python"
    python.parent.mkdir()
    python.touch()
    assert interpreter() == str(python)
    monkeypatch.delenv("VIRTUAL_ENV")
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="pytest is not installed"):
        interpreter()
