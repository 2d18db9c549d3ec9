"""What a watch tells: records that the command line shows, in whatever form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

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
