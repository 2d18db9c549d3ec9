"""Progress on stderr: one line a step, what it did and how long it took; long steps show life."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

NAME_WIDTH = 10
TEXT_WIDTH = 66
LIVE_INTERVAL = 0.2
PLAIN_INTERVAL = 10.0


class Step:
    """One running step: what it does now, the last sign of life, what it says at its end."""

    def __init__(self, name: str, doing: str, note: Callable[[str], None]) -> None:
        self.name = name
        self.note = note
        self.doing = doing
        self.result = ""
        self.life = ""
        self.started = time.monotonic()

    def say(self, doing: str) -> None:
        """The step has come to something else."""
        self.doing = doing
        self.life = ""

    def show_life(self, line: str) -> None:
        """The last line of output of whatever the step waits for."""
        self.life = line.strip()

    def done(self, result: str) -> None:
        """What the closing line shall say."""
        self.result = result

    @property
    def seconds(self) -> float:
        """Since the step began."""
        return time.monotonic() - self.started


class Progress:
    """Writes the lines: rewritten in place on a terminal, appended now and then in a log."""

    def __init__(self, *, plain: bool, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.live = not plain and self.stream.isatty()
        self._lock = threading.Lock()

    @contextmanager
    def step(self, name: str, doing: str) -> Iterator[Step]:
        """Run a step; its line is printed when the block ends."""
        step = Step(name, doing, self.note)
        finished = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(step, finished), daemon=True)
        ticker.start()
        outcome = "failed: "
        try:
            yield step
            outcome = ""
        finally:
            finished.set()
            ticker.join()
            self._line(step.name, outcome + (step.result or step.doing), step.seconds)

    def note(self, text: str) -> None:
        """A line of its own that belongs to the step above or below it."""
        self._write(f"{'':{NAME_WIDTH}} {text}\n")

    def _tick(self, step: Step, finished: threading.Event) -> None:
        interval = LIVE_INTERVAL if self.live else PLAIN_INTERVAL
        while not finished.wait(interval):
            if self.live:
                self._write(self._live_line(step))
            else:
                self._line(step.name, f"... {step.doing}", step.seconds)

    def _live_line(self, step: Step) -> str:
        columns = shutil.get_terminal_size().columns - 1
        text = f"{step.name:{NAME_WIDTH}} {step.doing}, {step.seconds:.0f} s"
        if step.life:
            text += f"  {step.life}"
        return text[:columns]

    def _line(self, name: str, text: str, seconds: float) -> None:
        self._write(f"{name:{NAME_WIDTH}} {text:{TEXT_WIDTH}} {seconds:6.1f} s\n")

    def _write(self, text: str) -> None:
        with self._lock:
            self.stream.write(f"\r\x1b[K{text}" if self.live else text)
            self.stream.flush()
