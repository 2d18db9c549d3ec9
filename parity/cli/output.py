"""The only place that prints. stdout is data, stderr is talk."""

import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from parity.errors import ParityError
from parity.model.progress import Step

_MARKS = {"done": ("32", "✓"), "warning": ("33", "!"), "failed": ("31", "✗"), "working": ("2", "·")}


def data(text: str) -> None:
    """Print to stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def as_json(tree: Any) -> None:
    """Print data as JSON, dates and paths as text."""
    data(json.dumps(tree, indent=2, default=str, ensure_ascii=False))


def talk(text: str) -> None:
    """Print to stderr."""
    sys.stderr.write(text if text.endswith("\n") else text + "\n")
    sys.stderr.flush()


def rewrite(text: str) -> None:
    """Write over what stands on the terminal's last line; the next `rewrite` or line comes in its place."""
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def counted(number: int, noun: str) -> str:
    """`1 service`, `2 services`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def size(number: int) -> str:
    """Bytes with three digits at most: `0 B`, `512 B`, `1.5 MB`, `24 GB`."""
    value, unit = float(number), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.5:  # noqa: PLR2004 - what rounds to four digits
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" or value >= 9.95 else f"{value:.1f} {unit}"  # noqa: PLR2004


def age(created: str, now: datetime | None = None) -> str:
    """How long ago an ISO time was: `12 s`, `5 min`, `3 h`, `12 d`; the text itself where it is none."""
    try:
        seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(created)).total_seconds()
    except (ValueError, TypeError):
        return created
    for unit, length in (("d", 48 * 3600), ("h", 2 * 3600), ("min", 120)):
        if seconds >= length:
            return f"{seconds // {'d': 86400, 'h': 3600, 'min': 60}[unit]:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def table(rows: Iterable[Sequence[str]], headings: Sequence[str]) -> None:
    """Print aligned columns to stdout; the last column is never padded."""
    lines = [[visible(cell) for cell in row] for row in rows]
    widths = [
        max(len(heading), *(len(line[i]) for line in lines)) if lines else len(heading)
        for i, heading in enumerate(headings)
    ]
    for line in [list(headings), *lines]:
        data(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def visible(text: str) -> str:
    """Text without control characters: what a service logs must not drive the terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def paint(code: str, text: str, *, to: Any = None) -> str:
    """Colour, where the stream shows colour."""
    return f"\x1b[{code}m{text}\x1b[0m" if colours(to or sys.stderr) else text


def colours(stream: Any) -> bool:
    """Whether a stream shows colour."""
    if os.environ.get("NO_COLOR") or os.environ.get("PARITY_ANSI") == "never":
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("PARITY_ANSI") == "always":
        return True
    return bool(stream.isatty())


class Reporter:
    """Progress on stderr: one line a step, with the seconds since the start."""

    def __init__(self, mode: str = "auto") -> None:
        self._mode = mode
        self._start = time.monotonic()
        self._lock = threading.Lock()

    def __call__(self, step: Step) -> None:
        """Print one step."""
        if self._mode == "quiet":
            return
        seconds = time.monotonic() - self._start
        with self._lock:
            if self._mode == "json":
                row = {"id": step.subject, "status": step.text, "state": step.state}
                talk(json.dumps({**row, "seconds": round(seconds, 2)}))
                return
            code, mark = _MARKS[step.state]
            clock = paint("2", f"{seconds:6.1f}s")
            talk(f"{clock} {paint(code, mark)} {step.subject:<16} {visible(step.text)}")


def error(problem: ParityError) -> None:
    """What happened, where, the evidence, and what to do next."""
    message = "\n       ".join(map(visible, problem.message.splitlines()))
    talk(f"{paint('31;1', 'error:')} {message}")
    if problem.where:
        talk(f"   at: {visible(problem.where)}")
    for line in problem.detail.splitlines():
        talk(f"   | {visible(line)}")
    if problem.next_step:
        talk(f" next: {visible(problem.next_step)}")
