"""Progress of a transfer in bytes, told now and then."""

import threading
import time

from parity.model.progress import Progress, Step

_SECONDS = 1.0


class Meter:
    """Counts bytes of several threads, and tells at most once a second."""

    def __init__(self, subject: str, total: int, progress: Progress) -> None:
        self._subject = subject
        self._progress = progress
        self._lock = threading.Lock()
        self._told = time.monotonic()
        self.total = total
        self.moved = 0
        """What went over the wire."""
        self.spared = 0
        """What was there already."""

    def __call__(self, count: int) -> None:
        """So many bytes went; fewer than none of what has to go again."""
        with self._lock:
            self.moved += count
            self._tell()

    def spare(self, count: int) -> None:
        """So many bytes need not go."""
        with self._lock:
            self.spared += count
            self._tell()

    def expect(self, count: int) -> None:
        """So many more bytes are to come."""
        with self._lock:
            self.total += count

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told < _SECONDS:
            return
        self._told = now
        text = f"{megabytes(self.moved + self.spared)} of {megabytes(self.total)} MB"
        self._progress(Step(self._subject, text))


def megabytes(count: int) -> str:
    """A size for people, in MB."""
    return f"{count / 1e6:.1f}" if count < 99.5e6 else f"{count / 1e6:.0f}"  # noqa: PLR2004
