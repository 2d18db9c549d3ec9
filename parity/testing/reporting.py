"""What the plugin tells: in the header, beside a failure, in JUnit and at the end."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from parity.testing.tests_run import KEPT, RUN

RECORD = "PARITY_TEST_RECORD"
"""File that `parity test` wants the record in."""
_DOUBTS = "parity_doubts"
_LOG_LINES = 20


class Reporting:
    """pytest's hooks of one process: the only one, or a worker's, or that of the one who prints."""

    def __init__(self, config: pytest.Config) -> None:
        from parity.testing.record import Record

        self._config = config
        self._run = config.stash[RUN]
        self._kept: dict[str, str] = {}
        self._doubts: tuple[str, ...] = ()
        self._is_worker = hasattr(config, "workerinput")
        file = "" if self._is_worker else os.environ.get(RECORD, "")
        self._file = Path(file) if file else None
        self._record = Record()

    def pytest_report_header(self) -> list[str]:
        """Which state and definition the tests stand on."""
        from parity.testing.header import header

        return header(self._run.root, self._run.state)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Know how many tests want a fork of their own."""
        wanted = [item for item in session.items if "parity_fork" in _fixtures(item)]
        workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        self._run.expected = len(wanted) // workers

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, Any]:
        """Note failures, and put beside them what the services logged meanwhile."""
        shared = self._run.of_all if "parity_stack" in _fixtures(item) else None
        if call.when == "setup" and shared is not None and item.nodeid not in self._run.in_use:
            self._run.in_use[item.nodeid] = shared
            item.user_properties += shared.properties()
        report = yield
        if report.failed:
            self._run.failed.add(item.nodeid)
            fork = self._run.in_use.get(item.nodeid)
            if fork is not None and report.when == "call":
                from parity.testing.service_logs import since

                for service, text in since(fork, report.start, self._run.lending.session):
                    lines = text.splitlines()[-_LOG_LINES:]
                    report.sections.append((f"Log of service {service}", "\n".join(lines)))
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, nextitem: pytest.Item | None) -> None:
        """Know the last test."""
        self._run.last = nextitem is None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """In the process that prints: remember the forks that were kept, and what happened."""
        self._record.add(report)
        for name, value in report.user_properties:
            if name == KEPT:
                self._kept[report.nodeid] = str(value)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Files that cannot be collected are a part of what happened."""
        self._record.add_collection(report)

    def pytest_keyboard_interrupt(self) -> None:
        """Somebody wanted no more."""
        self._record.interrupted = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """End the forks and look at the seals; write the record."""
        if self._run.used:
            self._doubts += self._end()
        if self._is_worker:
            output: dict[str, Any] = self._config.workeroutput  # type: ignore[attr-defined]
            output[_DOUBTS] = list(self._doubts)
        elif self._file is not None:
            self._file.write_text(self._record.written(int(exitstatus), self._doubts).to_json())

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended: hear what it found."""
        told = getattr(node, "workeroutput", {}).get(_DOUBTS, ())
        self._doubts += tuple(doubt for doubt in told if doubt not in self._doubts)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say how to enter what was kept, and what is wrong with the states."""
        if self._kept:
            terminalreporter.section("forks kept (parity)")
            for test, text in self._kept.items():
                terminalreporter.line(test)
                for line in text.splitlines():
                    terminalreporter.line(f"    {line}")
        for doubt in self._doubts:
            terminalreporter.line(f"parity: the state changed while it was used: {doubt}", red=True)

    def _end(self) -> tuple[str, ...]:
        from parity.errors import ParityError

        try:
            return self._run.lending.doubts()
        except ParityError as error:
            return (f"it could not be looked at: {error}",)
        finally:
            self._run.close()


def _fixtures(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))
