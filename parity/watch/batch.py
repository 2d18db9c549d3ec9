"""Events become batches: what changes together is answered together, once it has come to rest."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_QUIET = 0.1
"""Seconds without an event after which a save is complete: an editor needs a few milliseconds."""
_MANY = 50
_QUIET_OF_MANY = 0.5
"""The same for a checkout or a code generator, which pause."""
_LONGEST = 15.0
_BUSY_LONGEST = 120.0
_POLL = 0.1
_STORM = 2000
"""More paths than this are not told one by one: everything is looked at."""


@dataclass(frozen=True)
class Batch:
    """Paths that changed together. `everything`: more may have changed than is named."""

    paths: frozenset[str]
    began: float
    everything: bool = False


class Window:
    """One batch that is being gathered. Pure: times are given."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.everything = False
        self.first: float | None = None
        self._last = 0.0

    def add(self, path: str, now: float) -> None:
        """Take note of one event; an empty path stands for events that were lost."""
        self.first = now if self.first is None else self.first
        self._last = now
        if not path or len(self.paths) >= _STORM:
            self.everything = True
        else:
            self.paths.add(path)

    def rest(self, now: float, *, busy: bool = False) -> float:
        """Seconds until it is complete, should nothing come; 0 where it is."""
        if self.first is None:
            return _LONGEST
        if busy:
            return min(_POLL, max(0.0, self.first + _BUSY_LONGEST - now))
        quiet = _QUIET if len(self.paths) < _MANY and not self.everything else _QUIET_OF_MANY
        return max(0.0, min(self._last + quiet, self.first + _LONGEST) - now)

    def close(self) -> Batch:
        """The batch."""
        return Batch(frozenset(self.paths), self.first or 0.0, self.everything)


class Collector:
    """Where threads that see events leave them, and the loop takes them up."""

    def __init__(self, busy: Callable[[], bool] = lambda: False) -> None:
        self._busy = busy
        self._window = Window()
        self._news = threading.Condition()

    def add(self, path: str) -> None:
        """One event."""
        with self._news:
            self._window.add(path, time.monotonic())
            self._news.notify()

    def lost(self) -> None:
        """Events may have been lost, or began to be seen only now."""
        self.add("")

    def waiting(self) -> Batch | None:
        """What `take` would answer at once, left where it is."""
        with self._news:
            window = self._window
            if window.first is None or window.rest(time.monotonic(), busy=self._busy()) > 0:
                return None
            return window.close()

    def take(self, timeout: float) -> Batch | None:
        """The next batch, or None where nothing happens in this time."""
        with self._news:
            if self._window.first is None and not self._news.wait(timeout):
                return None
            while (left := self._window.rest(time.monotonic(), busy=self._busy())) > 0:
                self._news.wait(left)
            done, self._window = self._window, Window()
            return done.close()
