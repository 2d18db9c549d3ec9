"""A listed, reasoned rewrite of production's definition so that it runs on a laptop."""

from dataclasses import dataclass
from typing import Any

from parity.model.document import ABSENT, Path, show

SECRET = "(production's secret)"  # noqa: S105 - what is shown in place of one


@dataclass(frozen=True)
class Override:
    """`production` and `local` are values of the document, or ABSENT."""

    path: Path
    production: Any
    local: Any
    reason: str
    asked_by: str = "parity"

    @property
    def service(self) -> str:
        """The service concerned, or an empty text for what belongs to the whole stack."""
        return str(self.path[1]) if len(self.path) > 1 and self.path[0] == "services" else ""

    def as_json(self) -> dict[str, Any]:
        """The record as the machine formats print it; a side that is not there is left out."""
        row: dict[str, Any] = {"service": self.service, "path": show(self.path)}
        if self.production is not ABSENT:
            row["production"] = self.production
        if self.local is not ABSENT:
            row["local"] = self.local
        return {**row, "reason": self.reason, "asked_by": self.asked_by}
