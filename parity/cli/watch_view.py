"""How a watch is shown: JSON Lines, lines, or a view that fills in place."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from parity.cli import output

if TYPE_CHECKING:
    from parity.model.progress import Progress
    from parity.watch.told import Tell, Told


@contextmanager
def shown(*, machine: bool, plain: bool) -> "Iterator[tuple[Tell, Progress | None]]":
    """Where a watch tells, and where progress goes if the view shows it."""
    del plain
    yield (_as_json if machine else _as_line), None


def _as_json(told: "Told") -> None:
    from datetime import UTC, datetime

    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    output.data(json.dumps({"schema": 1, "at": at, **told.as_json()}, default=str))
    sys.stdout.flush()


def _as_line(told: "Told") -> None:
    for line in lines(told):
        output.data(f"{time.strftime('%H:%M:%S')} {line}")
    sys.stdout.flush()


def lines(told: "Told") -> list[str]:
    """One thing that happened, as lines for a log."""
    data: Any = told.data
    if told.kind == "services":
        return []
    return [f"{told.kind} {told.text} {told.seconds or ''}"]
