"""What a watch tells: records that the command line shows, in whatever form."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from parity.errors import ParityError

_MOST = 3
_MOST_PATHS = 100

Kind = Literal[
    "ready",
    "change",
    "effect",
    "findings",
    "broken",
    "mended",
    "failed",
    "warning",
    "waiting",
    "back",
    "testing",
    "tests",
    "services",
    "ended",
]


@dataclass(frozen=True)
class Told:
    """One thing that happened. `data` are its facts for the machine format."""

    kind: Kind
    text: str = ""
    seconds: float | None = None
    """From the save to the end of what followed from it."""
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The record as JSON Lines has it; nothing that is empty."""
        row = {"event": self.kind, "text": self.text, **self.data}
        if self.seconds is not None:
            row["seconds"] = round(self.seconds, 3)
        return {key: value for key, value in row.items() if value not in ("", None)}


Tell = Callable[[Told], None]


def names_of(paths: Sequence[Path], root: Path) -> str:
    """Some of them, as seen from the project."""
    names = [str(p.relative_to(root)) if p.is_relative_to(root) else str(p) for p in paths[:_MOST]]
    more = len(paths) - _MOST
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def paths_of(paths: Sequence[Path]) -> dict[str, Any]:
    """The same for the machine format."""
    return {"paths": [str(path) for path in paths[:_MOST_PATHS]], "count": len(paths)}


def of_error(error: ParityError) -> dict[str, Any]:
    """What an error says besides its message."""
    return {"where": error.where, "detail": error.detail, "next": error.next_step}
