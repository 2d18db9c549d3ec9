"""What the plugin tells: in the header, beside a failure, in JUnit and at the end."""

from collections.abc import Generator
from typing import Any

import pytest

from parity.testing.tests_run import KEPT, RUN

_LOG_LINES = 20


class Reporting:
    """pytest's hooks of one process."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._run = config.stash[RUN]
        self._kept: dict[str, str] = {}
        self._doubts: tuple[str, ...] = ()

    def pytest_report_header(self) -> list[str]:
        """Which state and definition the tests stand on."""
        from parity.testing.header import header

        return header(self._run.root, str(self._config.getoption("--parity-state")))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Note failures, and put beside them what the services logged meanwhile."""
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
        """In the process that prints: remember the forks that were kept."""
        for name, value in report.user_properties:
            if name == KEPT:
                self._kept[report.nodeid] = str(value)

    def pytest_sessionfinish(self) -> None:
        """End the forks, before JUnit is written; look at the seals."""
        if self._run.used:
            from parity.errors import ParityError

            try:
                self._doubts = self._run.lending.doubts()
            except ParityError as error:
                self._doubts = (f"the states could not be looked at: {error}",)
            finally:
                self._run.close()

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
