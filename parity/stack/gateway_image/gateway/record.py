"""JSON lines on standard output: the only place that prints, and the folding of repeats."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

WINDOW = 1.0
MAX_WINDOWS = 4096
MAX_NAME = 253

Line = dict[str, object]


def write_line(value: object) -> None:
    """Print one JSON document on its own line, at once."""
    sys.stdout.write(json.dumps(value, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def complain(message: str) -> None:
    """Print one line for a human on standard error."""
    sys.stderr.write("gateway: " + " ".join(message.split()) + "\n")
    sys.stderr.flush()


def clean_name(name: str | None) -> str | None:
    """A name that is safe to print anywhere: visible ASCII, lower case, bounded."""
    if name is None:
        return None
    visible = "".join(c if "!" <= c <= "~" else "?" for c in name[: MAX_NAME + 1])
    return visible.rstrip(".").lower()[:MAX_NAME] or None


def timestamp(seconds: float) -> str:
    """UTC with milliseconds, as in 2026-01-02T03:04:05.678Z."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a service tried; two equal attempts within a second share a line."""

    event: str
    protocol: str
    source: str
    address: str | None
    port: int | None
    name: str | None = None
    name_from: str | None = None


@dataclass(slots=True)
class _Window:
    opened: float
    last: float
    repeats: int = 0


class Recorder:
    """Writes the first of equal attempts at once and the rest of the second as one line with a count.

    A line without `count` stands for one attempt, so counts add up to what was tried.
    """

    def __init__(
        self,
        write: Callable[[Line], None] = write_line,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._write = write
        self._clock = clock
        self._windows: dict[Attempt, _Window] = {}

    def ready(self) -> None:
        """Say that everything listens."""
        self._write({"schema": 1, "time": timestamp(self._clock()), "event": "ready"})

    def add(self, attempt: Attempt) -> None:
        """Record one attempt, folding repeats."""
        now = self._clock()
        window = self._windows.get(attempt)
        # A clock set back must not keep a window open for ever.
        if window is not None and 0 <= now - window.opened < WINDOW:
            window.repeats += 1
            window.last = now
            return
        self._close(attempt)
        self._emit(attempt, now, 1)
        if len(self._windows) < MAX_WINDOWS:
            self._windows[attempt] = _Window(now, now)

    def tick(self) -> None:
        """Close the windows whose second is over."""
        now = self._clock()
        over = [a for a, w in self._windows.items() if not 0 <= now - w.opened < WINDOW]
        for attempt in over:
            self._close(attempt)

    def close(self) -> None:
        """Write everything that is still being counted."""
        for attempt in list(self._windows):
            self._close(attempt)

    def _close(self, attempt: Attempt) -> None:
        window = self._windows.pop(attempt, None)
        if window is not None and window.repeats:
            self._emit(attempt, window.last, window.repeats)

    def _emit(self, attempt: Attempt, moment: float, count: int) -> None:
        line: Line = {"schema": 1, "time": timestamp(moment), **asdict(attempt)}
        if count > 1:
            line["count"] = count
        self._write(line)
