"""How a comparison is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from parity.model.override import Override
from parity.model.project import WaiverTable
from parity.model.setting import Layer, Origin
from parity.rules.contract import Rule

Levels = Mapping[str, Literal["error", "warning", "info", "off"]]


@dataclass(frozen=True)
class Terms:
    """How a comparison is judged."""

    levels: Levels = field(default_factory=dict)
    """Severity of single rules, by id or name."""
    symptom: str = ""
    """What the user sees; findings that explain it come first."""
    services: frozenset[str] = frozenset()
    """Only these services; all where empty."""
    layers: frozenset[Layer] = frozenset()
    """Only rules that read these layers; all where empty."""
    waivers: Sequence[WaiverTable] = ()
    waiver_origins: Sequence[Origin | None] = ()
    usual: bool = True
    """Whether the two sides are those that waivers are written for: only then is one of no use stale."""
    overrides: Sequence[Override] = ()
    """Declared rewrites of the left side, which is the local stack."""
    today: date = field(default_factory=lambda: datetime.now(tz=UTC).date())


def level(rule: Rule, levels: Levels) -> str:
    """The severity that the user gives a rule, `off`, or an empty text."""
    return next(
        (levels[word] for word in (rule.id, rule.name, *rule.aliases) if word in levels), ""
    )
