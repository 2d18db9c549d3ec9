"""Tests after each effect, on a fresh fork; not those that only answer to what tests write themselves."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from parity.actions.session import Session
from parity.model.progress import Progress
from parity.watch.ignored import Git
from parity.watch.rules import Rule, Scope
from parity.watch.told import Tell, Told
from parity.watch.tree import Tree

if TYPE_CHECKING:
    from parity.actions.test import TestResult
    from parity.watch.acts import Options

_ENDING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


class Trial:
    """The runs of a watch's tests, and the files of the project that tests may depend on."""

    def __init__(
        self, session: Session, options: "Options", tell: Tell, progress: Progress
    ) -> None:
        self._session = session
        self._options = options
        self._tell = tell
        self._progress = progress
        root = session.paths.root
        self._tree = Tree(Scope(Rule("", root, "test"), Git(root)))
        self._began = self._ended = 0.0
        self._own: set[str] = set()

    def concerned(self, paths: Iterable[Path] | None, began: float) -> bool:
        """Whether a file changed that git does not ignore, and that tests do not write each time."""
        root = self._session.paths.root
        if paths is not None and any(path.name == ".gitignore" for path in paths):
            self._tree.again(Scope(self._tree.scope.rule, Git(root)))
        delta = self._tree.update(paths)
        changed = {*delta.changed, *delta.gone}
        if not changed:
            return False
        if not self._began <= began <= self._ended:
            self._own -= changed
            return True
        known, self._own = changed <= self._own, self._own | changed
        return not known

    def run(self, began: float) -> None:
        """One run; KeyboardInterrupt where somebody ended it."""
        from parity.actions.test import INTERRUPTED, TestRequest, run_tests

        self._tell(Told("testing", "pytest"))
        self._began = time.monotonic()
        request = TestRequest(self._options.tests or (), as_talk=self._options.as_talk)
        with _asked_to_end() as asked:
            try:
                result = run_tests(self._session, request, self._progress)
            finally:
                self._ended = time.monotonic()
                if asked():
                    raise KeyboardInterrupt
        if result.exit_code == INTERRUPTED:
            raise KeyboardInterrupt
        self._tell(told(result, self._ended - began))


def told(result: "TestResult", seconds: float) -> Told:
    """A run's result in a line."""
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
    return Told("tests", text, seconds, data)


@contextmanager
def _asked_to_end() -> Iterator[Callable[[], bool]]:
    """Whether a signal came meanwhile: while pytest has the terminal it alone is told to end."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing)

    def asked() -> bool:
        try:
            heard = os.read(reading, 1024)
        except BlockingIOError:
            return False
        return bool(_ENDING & set(heard))

    try:
        yield asked
    finally:
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)
