"""Tests after each effect, on a fresh fork; not those that only answer to what tests write themselves."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from parity.actions.session import Session
from parity.model.progress import Progress
from parity.watch.told import Told

if TYPE_CHECKING:
    from parity.watch.loop import Options


class Trial:
    """The runs of a watch's tests."""

    def __init__(self) -> None:
        self._ended = 0.0
        self._began = 0.0
        self._own: set[Path] = set()

    def run(
        self,
        session: Session,
        options: "Options",
        paths: frozenset[Path],
        began: float,
        progress: Progress,
    ) -> Told | None:
        """One run, or None where only files changed that tests write."""
        from parity.actions.test import INTERRUPTED, TestRequest, run_tests

        if paths and self._by_tests(paths, began):
            return None
        self._began = time.monotonic()
        request = TestRequest(options.tests or (), as_talk=options.as_talk)
        result = run_tests(session, request, progress)
        self._ended = time.monotonic()
        if result.exit_code == INTERRUPTED:
            raise KeyboardInterrupt
        outcomes = [case.outcome for case in result.run.cases]
        counts = {word: outcomes.count(word) for word in dict.fromkeys(outcomes)}
        text = ", ".join(f"{count} {word}" for word, count in counts.items()) or "no tests"
        data = {
            "exit_code": result.exit_code,
            "outcomes": counts,
            "state": result.state.name if result.state else None,
            "report": str(result.html),
            "again": result.again,
        }
        return Told("tests", text, self._ended - began, data)

    def _by_tests(self, paths: frozenset[Path], began: float) -> bool:
        """Files that changed while tests ran, twice in a row and no others, are the tests' own."""
        if not self._began <= began <= self._ended:
            self._own = set()
            return False
        seen, self._own = paths <= self._own, self._own | paths
        return seen
