"""When tests run, and what is told of a run."""

import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from parity.errors import UsageError
from parity.watch.acts import Options
from parity.watch.trial import Trial, told


@pytest.fixture
def trial(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "test_a.py").write_text("a")
    runs = []
    session = SimpleNamespace(paths=SimpleNamespace(root=tmp_path))
    made = Trial(session, Options(("-q",)), lambda one: None, lambda step: None)
    made.runs, made.root = runs, tmp_path

    def run(session, request, progress):
        runs.append(request)
        for name in made.writes:
            (tmp_path / name).write_text(str(len(runs)) * len(runs))
        return result()

    made.writes = ()
    monkeypatch.setattr("parity.actions.test.run_tests", run)
    return made


def result(code=0, *outcomes):
    cases = [SimpleNamespace(outcome=one) for one in outcomes]
    run = SimpleNamespace(cases=cases)
    return SimpleNamespace(
        run=run, exit_code=code, state=None, html=Path("r.html"), again="parity test"
    )


def save(trial, name, text, at):
    (trial.root / name).write_text(text)
    return trial.concerned([trial.root / name], at)


def test_a_changed_file_concerns_tests_and_an_ignored_one_does_not(trial):
    assert save(trial, "test_a.py", "longer", 1e12)
    assert save(trial, "new.py", "x", 1e12)
    assert not save(trial, "a.log", "x", 1e12)
    assert not save(trial, "a.py~", "x", 1e12)
    assert not trial.concerned([trial.root / "test_a.py"], 1e12), "it has not changed"


def test_pytest_gets_its_arguments(trial):
    trial.run(0.0)
    assert trial.runs[0].arguments == ("-q",)


def test_what_tests_write_each_time_does_not_start_them_for_ever(trial):
    trial.writes = ("report.txt",)
    answers = []
    for _ in range(3):
        trial.run(0.0)
        answers.append(trial.concerned(None, trial._began))
    assert answers == [True, False, False]
    assert save(trial, "test_a.py", "an edit while tests run", trial._began)
    assert save(trial, "report.txt", "an edit of one's own", 1e12)


def test_an_interrupted_run_ends_the_watch(trial, monkeypatch):
    monkeypatch.setattr("parity.actions.test.run_tests", lambda *a: result(130))
    with pytest.raises(KeyboardInterrupt):
        trial.run(0.0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_pytest_was_given_ends_the_watch(trial, monkeypatch, number):
    def run(*arguments):
        before = signal.signal(number, lambda *a: None)
        os.kill(os.getpid(), number)
        signal.signal(number, before)
        raise UsageError("pytest ended with 143")

    monkeypatch.setattr("parity.actions.test.run_tests", run)
    with pytest.raises(KeyboardInterrupt):
        trial.run(0.0)


def test_a_run_in_a_line():
    one = told(result(1, "passed", "failed", "passed"), 1.0)
    assert one.text == "2 passed, 1 failed"
    assert one.data["exit_code"] == 1
    assert told(result(), 1.0).text == "no tests"
