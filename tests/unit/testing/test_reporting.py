import json
from types import SimpleNamespace

import pytest

from parity.errors import EngineError
from parity.testing import reporting as module
from parity.testing.reporting import Reporting
from parity.testing.tests_run import KEPT, RUN


class Lending:
    session = None

    def __init__(self, doubts=()):
        self.found = doubts

    def doubts(self):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def make(tmp_path):
    def go(*, worker=False, doubts=(), used=True):
        run = SimpleNamespace(
            failed=set(), in_use={}, lending=Lending(doubts), used=used, of_all=None, closed=False,
            root=tmp_path, state="", last=False, expected=0,
        )  # fmt: skip
        run.close = lambda: setattr(run, "closed", True)
        config = SimpleNamespace(stash={RUN: run})
        if worker:
            config.workerinput, config.workeroutput = {}, {}
        return Reporting(config), run, config

    return go


def report(**more):
    found = {"nodeid": "t::x", "when": "call", "failed": False, "skipped": False, "start": 1.0,
             "duration": 0.1, "sections": [], "user_properties": [], "longreprtext": ""}  # fmt: skip
    return SimpleNamespace(**{**found, **more})


def made(reporting, item, when, one):
    hook = reporting.pytest_runtest_makereport(item, SimpleNamespace(when=when))
    next(hook)
    try:
        hook.send(one)
    except StopIteration as end:
        return end.value
    raise AssertionError


ITEM = SimpleNamespace(nodeid="t::x", fixturenames=("parity_fork",), user_properties=[])


def test_logs_of_services_stand_beside_a_failure(make, monkeypatch):
    reporting, run, _ = make()
    run.in_use["t::x"] = "fork"
    text = "\n".join(map(str, range(50)))
    monkeypatch.setattr(
        "parity.testing.service_logs.since", lambda fork, start, session: [("db", text)]
    )
    one = made(reporting, ITEM, "call", report(failed=True))
    title, told = one.sections[0]
    assert title == "Log of service db"
    assert told.splitlines() == [str(n) for n in range(30, 50)]
    assert run.failed == {"t::x"}


@pytest.mark.parametrize("one", [report(), report(failed=True, when="setup")])
def test_otherwise_nothing_is_asked(make, one):
    reporting, run, _ = make()
    run.in_use["t::x"] = "fork"
    assert made(reporting, ITEM, one.when, one).sections == []
    assert run.failed == ({"t::x"} if one.failed else set())


def test_a_test_of_the_shared_stack_is_told_with_it(make):
    reporting, run, _ = make()
    run.of_all = SimpleNamespace(properties=lambda: [("parity.fork", "f1")])
    item = SimpleNamespace(nodeid="t::y", fixturenames=("parity_stack",), user_properties=[])
    made(reporting, item, "setup", report())
    made(reporting, item, "call", report())
    assert item.user_properties == [("parity.fork", "f1")]


def test_how_many_tests_want_a_fork(make, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)
    reporting, run, _ = make()
    items = [
        SimpleNamespace(fixturenames=names) for names in (("parity_fork",), (), ("parity_fork",))
    ]
    reporting.pytest_collection_finish(SimpleNamespace(items=[*items, SimpleNamespace()]))
    assert run.expected == 2
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "2")
    reporting.pytest_collection_finish(SimpleNamespace(items=items))
    assert run.expected == 1


def test_the_last_test_is_known(make):
    reporting, run, _ = make()
    reporting.pytest_runtest_teardown("another")
    assert not run.last
    reporting.pytest_runtest_teardown(None)
    assert run.last


class Terminal:
    def __init__(self):
        self.lines = []

    def section(self, title):
        self.lines.append(title)

    def line(self, text, **colour):
        self.lines.append(text)


def test_kept_forks_and_doubts_are_told_at_the_end(make):
    reporting, run, _ = make(doubts=("seeded: data",))
    reporting.pytest_runtest_logreport(report(user_properties=[(KEPT, "enter\nhere"), ("a", 1)]))
    reporting.pytest_sessionfinish(1)
    assert run.closed
    terminal = Terminal()
    reporting.pytest_terminal_summary(terminal)
    assert terminal.lines == [
        "forks kept (parity)", "t::x", "    enter", "    here",
        "parity: the state changed while it was used: seeded: data",
    ]  # fmt: skip


def test_nothing_is_told_where_there_is_nothing(make):
    reporting, run, _ = make(used=False)
    reporting.pytest_sessionfinish(0)
    assert not run.closed
    terminal = Terminal()
    reporting.pytest_terminal_summary(terminal)
    assert terminal.lines == []


def test_forks_end_though_the_states_cannot_be_looked_at(make):
    reporting, run, _ = make(doubts=EngineError("gone"))
    reporting.pytest_sessionfinish(1)
    assert run.closed
    assert reporting._doubts == ("it could not be looked at: gone",)


def test_a_worker_hands_its_doubts_on(make):
    worker, _, config = make(worker=True, doubts=("seeded: data",))
    worker.pytest_sessionfinish(0)
    printer, _, _ = make(used=False)
    for _ in range(2):
        printer.pytest_testnodedown(SimpleNamespace(workeroutput=config.workeroutput))
    printer.pytest_testnodedown(SimpleNamespace())
    assert printer._doubts == ("seeded: data",)


def test_the_record_is_written_where_parity_test_wants_it_and_by_no_worker(
    make, tmp_path, monkeypatch
):
    file = tmp_path / "record.json"
    monkeypatch.setenv(module.RECORD, str(file))
    make(worker=True)[0].pytest_sessionfinish(1)
    assert not file.exists()
    reporting, _, _ = make(used=False)
    reporting.pytest_runtest_logreport(report())
    reporting.pytest_collectreport(SimpleNamespace(failed=True, nodeid="f.py", longrepr="no"))
    reporting.pytest_keyboard_interrupt()
    reporting.pytest_sessionfinish(2)
    told = json.loads(file.read_text())
    assert (told["exit_code"], told["interrupted"]) == (2, True)
    assert told["errors"] == [["f.py", "no"]]
    assert told["cases"][0]["name"] == "t::x"
