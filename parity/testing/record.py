"""Writes down what happened to each test, for the report of `parity test`. Loads nothing heavy."""

import time
from typing import Any

import pytest

from parity.model.testing import Case, TestRun

_XDIST = "worker_id"


class Record:
    """Collects reports in the process that prints; several reports make one test."""

    def __init__(self) -> None:
        self._started = time.time()
        self._reports: dict[str, list[pytest.TestReport]] = {}
        self._errors: list[tuple[str, str]] = []
        self.interrupted = False

    def add(self, report: pytest.TestReport) -> None:
        """One phase of a test."""
        self._reports.setdefault(report.nodeid, []).append(report)

    def add_collection(self, report: pytest.CollectReport) -> None:
        """A file that could not be collected."""
        if report.failed:
            self._errors.append((report.nodeid, str(report.longrepr)))

    def written(self, exit_code: int, doubts: tuple[str, ...]) -> TestRun:
        """All of it."""
        return TestRun(
            cases=tuple(_case(name, reports) for name, reports in self._reports.items()),
            exit_code=exit_code,
            seconds=round(time.time() - self._started, 3),
            interrupted=self.interrupted,
            doubts=doubts,
            errors=tuple(self._errors),
        )


def _case(name: str, reports: list[pytest.TestReport]) -> Case:
    worst = next((r for r in reports if r.failed), next((r for r in reports if r.skipped), None))
    last = reports[-1]
    return Case(
        name=name,
        outcome=_outcome(reports, worst),
        started=getattr(reports[0], "start", 0.0),
        durations={str(r.when): round(r.duration, 4) for r in reports},
        text=_text(worst),
        sections=tuple(worst.sections) if worst is not None and worst.failed else (),
        properties=tuple((str(key), str(value)) for key, value in last.user_properties),
        worker=str(getattr(last, _XDIST, "")),
    )


def _outcome(reports: list[pytest.TestReport], worst: Any) -> str:
    call = next((r for r in reports if r.when == "call"), None)
    if worst is not None and worst.failed:
        return "failed" if worst.when == "call" else "error"
    if any(hasattr(r, "wasxfail") for r in reports):
        return "xfailed" if worst is not None else "xpassed"
    if worst is not None or call is None:
        return "skipped"
    return "passed"


def _text(worst: Any) -> str:
    if worst is None:
        return ""
    if worst.skipped and isinstance(worst.longrepr, tuple):
        return str(worst.longrepr[2]).removeprefix("Skipped: ")
    return str(getattr(worst, "wasxfail", "") or worst.longreprtext)
