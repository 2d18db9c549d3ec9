"""One run of pytest, in one process: what fixtures and reporting share. Loads nothing heavy itself."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from parity.testing.wish import Wish, wish

if TYPE_CHECKING:
    from parity.testing.fork import TestFork
    from parity.testing.lending import Lending

KEPT = "parity.kept"
"""Property of a report that says how to enter the fork that was kept."""


class TestsRun:
    """The lender of this process, made when the first test asks for a fork."""

    __test__ = False

    def __init__(self, config: pytest.Config, root: Path) -> None:
        self._config = config
        self.root = root
        self._lending: Lending | None = None
        self.failed: set[str] = set()
        """Node ids of tests that failed so far."""
        self.in_use: dict[str, TestFork] = {}
        """The fork a test has, by node id."""
        self.of_all: TestFork | None = None
        """The fork that all tests of this process share."""
        self.last = False
        """Whether the test that ends is the last one: its fork need not be reset."""
        self.expected = 0
        """Number of tests of this process that want a fork each."""

    @property
    def state(self) -> str:
        """The start state of tests that name none; empty for the project's usual one."""
        asked = self._config.getoption("--parity-state") or os.environ.get("PARITY_TEST_STATE", "")
        return str(asked)

    @property
    def lending(self) -> "Lending":
        """Lends forks."""
        if self._lending is None:
            from parity.testing.lending import Lending

            self._lending = Lending(
                self.root,
                stack=os.environ.get("PARITY_TEST_STACK", ""),
                environment=os.environ.get("PARITY_TEST_ENVIRONMENT", ""),
                keep_failed=bool(self._config.getoption("--parity-keep-failed")),
                expected=self.expected,
            )
        return self._lending

    @property
    def used(self) -> bool:
        """Whether any test has asked for a fork."""
        return self._lending is not None

    def wish(self, node: pytest.Item) -> Wish:
        """What a test wants; a marker that is wrong fails it, without the way through parity's code."""
        marks = [(mark.args, mark.kwargs) for mark in reversed(list(node.iter_markers("parity")))]
        try:
            return wish(marks, self.state)
        except ValueError as error:
            pytest.fail(f"{node.nodeid}: @pytest.mark.parity: {error}", pytrace=False)

    def close(self) -> None:
        """End all forks."""
        if self._lending is not None:
            self._lending.close()


RUN = pytest.StashKey[TestsRun]()
