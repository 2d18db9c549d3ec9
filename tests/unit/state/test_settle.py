"""Settling and examining, with a copy that a test makes up; the real ones are in tests/engine."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from parity.errors import StackError
from parity.state import settle as module
from parity.state.engines.contract import NOT_CHECKED, Check, Command
from parity.state.engines.postgres import ENGINE

RUNNING = {"Running": True, "ExitCode": 0}
CHECKS = (Check("all is well", Command(("check",))),)


class FakeCopy:
    """Answers by the command's first word; `states` come one after the other, the last one stays."""

    service = "db"
    id = "id"

    def __init__(self, answers, states, log=(), file=None, engine=ENGINE):
        self.answers, self.states = answers, list(states)
        self.lines, self.content = list(log), file
        self.engine, self.attrs = engine, origin()
        self.asked, self.killed, self.gone = [], [], False
        self.client = self
        self.api = self

    def kill(self, container, signal):
        self.killed.append((container, signal))

    def ask(self, command):
        self.asked.append(command.argv[0])
        found = self.answers.get(command.argv[0], (0, ""))
        return found.pop(0) if isinstance(found, list) else found

    def state(self):
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def log(self):
        return self.lines

    def file(self, path):
        return self.content


def origin(**state):
    return {
        "Id": "0123456789abcdef", "Name": "/db", "Path": "postgres", "Args": [],
        "Config": {"Image": "postgres", "Env": ["PGDATA=/data"], "Labels": {}},
        "State": {"Status": "running", "Running": True, "ExitCode": 0, **state},
    }  # fmt: skip


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(module, "_SOONEST", 0.001)
    monkeypatch.setattr(module, "_LATEST", 0.001)

    def go(verb, copy, attrs=None, engine=None):
        engine = engine or replace(ENGINE, checks=lambda attrs: CHECKS)
        copy.engine = engine
        told = []

        @contextmanager
        def booted(client, found, attrs, mounts, labels, more=()):
            copy.more = more
            try:
                yield copy
            finally:
                copy.gone = True

        monkeypatch.setattr(module, "booted", booted)
        monkeypatch.setattr(module, "recognised", lambda attrs: engine)
        copy.told = told
        return verb(None, attrs or origin(), [], {}, told.append)

    return go


def control(state):
    return bytes(16) + bytes([state, 0, 0, 0])


ENDED = {"Running": False, "ExitCode": 0}
NOT_YET = (2, "rejecting connections")


def test_it_waits_stops_it_by_its_signal_and_looks_at_what_is_left(run):
    copy = FakeCopy({"pg_isready": [NOT_YET, (0, "")]}, [RUNNING] * 3 + [ENDED], file=control(1))
    assert run(module.settle, copy) is None
    assert copy.asked == ["pg_isready", "pg_isready"]
    assert copy.killed == [("id", "SIGINT")]
    assert copy.gone
    assert [step.state for step in copy.told] == ["done"]


def test_what_an_engine_wants_done_before_its_stop_is_done(run):
    engine = replace(ENGINE, before_stop=lambda attrs: Command(("write",)))
    copy = FakeCopy({}, [RUNNING, ENDED], file=control(1))
    run(module.settle, copy, engine=engine)
    assert copy.asked == ["pg_isready", "write"]


@pytest.mark.parametrize(
    ("states", "file", "says"),
    [
        ([{"Running": False, "ExitCode": 1}], None, "does not recover from a copy of its data: it ended with code 1"),
        ([{"Running": False, "ExitCode": 137, "OOMKilled": True}], None, "out of memory"),
        ([RUNNING, {"Running": False, "ExitCode": 137}], None, "did not stop cleanly: it ended with code 137"),
        ([RUNNING, {"Running": False, "ExitCode": 0, "OOMKilled": True}], control(1), "did not stop cleanly: killed by the kernel"),
        ([RUNNING, ENDED], control(6), "did not stop cleanly: pg_control says: in production"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told_with_the_log_and_the_copy_is_gone(run, states, file, says):
    copy = FakeCopy({}, states, ["PANIC: could not locate a valid checkpoint record"], file)
    with pytest.raises(StackError, match=says) as caught:
        run(module.settle, copy)
    assert "PANIC: could not locate" in caught.value.detail
    assert caught.value.where == "db"
    assert "parity logs db" in caught.value.next_step
    assert copy.gone
    assert copy.told == []


def test_one_that_never_answers_or_never_stops_is_given_up(run, monkeypatch):
    monkeypatch.setattr(module, "_READY_SECONDS", 0.01)
    with pytest.raises(
        StackError, match=r"not ready after 0 s \(rejecting connections\)"
    ) as caught:
        run(module.settle, FakeCopy({"pg_isready": NOT_YET}, [RUNNING]))
    assert caught.value.detail == "log: (empty)"
    monkeypatch.setattr(module, "_STOP_SECONDS", 0.01)
    with pytest.raises(StackError, match="did not stop within"):
        run(module.settle, FakeCopy({}, [RUNNING]))


def test_a_long_recovery_is_told(run, monkeypatch):
    monkeypatch.setattr(module, "_TELL", 0.0)
    copy = FakeCopy({"pg_isready": [NOT_YET, (0, "")]}, [RUNNING] * 3 + [ENDED], file=control(1))
    run(module.settle, copy)
    assert [step.text.partition(",")[0] for step in copy.told[:2]] == [
        "recovering on a copy",
        "writing everything down",
    ]


@pytest.mark.parametrize(
    ("state", "boots"),
    [
        ({"Status": "exited", "Running": False, "ExitCode": 0}, False),
        ({"Status": "exited", "Running": False, "ExitCode": 137}, True),
        ({"Status": "created", "Running": False, "ExitCode": 0}, True),
        ({"Status": "paused", "Running": True, "ExitCode": 0}, True),
    ],
)
def test_one_that_had_stopped_cleanly_is_left_as_it_is(run, state, boots):
    copy = FakeCopy({}, [RUNNING, ENDED], file=control(1))
    run(module.settle, copy, origin(**state))
    assert bool(copy.killed) is boots


def test_without_an_engine_nothing_is_booted():
    attrs = {**origin(), "Path": "npm", "Args": ["start"]}
    assert module.settle(None, attrs, [], {}, pytest.fail) is None
    assert module.examine(None, attrs, [], {}, pytest.fail) == ()


def test_sound_data_has_no_problem(run):
    copy = FakeCopy({}, [RUNNING])
    assert run(module.examine, copy) == ()
    assert copy.asked == ["pg_isready", "check"]
    assert copy.killed == [], "it is thrown away"
    assert [step.text for step in copy.told] == ["checking: all is well"]


def test_each_line_of_a_check_is_a_problem(run):
    copy = FakeCopy({"check": (1, "shop.t: page 3\n\n  shop.u: page 9\n")}, [RUNNING])
    assert run(module.examine, copy) == ("shop.t: page 3", "shop.u: page 9")
    silent = FakeCopy({"check": (7, "")}, [RUNNING])
    assert run(module.examine, silent) == ("the check of PostgreSQL ended with 7",)


def test_what_could_not_be_looked_at_is_a_warning_and_no_problem(run):
    copy = FakeCopy({"check": (NOT_CHECKED, "root cannot log in")}, [RUNNING])
    assert run(module.examine, copy) == ()
    assert copy.told[-1].state == "warning"
    assert "root cannot log in" in copy.told[-1].text


def test_data_it_does_not_start_from_is_a_problem_with_the_lines_that_tell(run):
    log = ["LOG: starting", "FATAL: bad things", "LOG: one more", "LOG: shut down", "LOG: bye"]
    engine = replace(ENGINE, strict=("--strict",))
    copy = FakeCopy({}, [{"Running": False, "ExitCode": 1}], log)
    (found,) = run(module.examine, copy, engine=engine)
    assert found == "PostgreSQL does not start from it: it ended with code 1; FATAL: bad things"
    assert copy.more == ("--strict",)
    assert copy.gone
