"""Findings: what a rule says of differences, and the report that holds them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from parity.model.difference import Difference
from parity.model.setting import Layer, Origin


class Severity(StrEnum):
    """What a finding means for software that moves from one side to the other."""

    ERROR = "error"
    """It breaks, or silently does something else."""
    WARNING = "warning"
    """It breaks under load, over time, or on some input."""
    INFO = "info"
    """It differs."""

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Place:
    """One setting of a finding on both sides, ready to be shown: secrets are shapes here."""

    setting: str
    """Written path, `services.web.environment.TZ`."""
    left: str
    """What the left side has, in one line; `unset` or `unset -> 64 MiB (engine default)`. Both sides are
    empty where it is no setting of two sides, such as a waiver: `detail` then says what there is."""
    right: str
    detail: tuple[str, ...] = ()
    """Component-wise or byte-wise view, a line each."""
    left_origin: Origin | None = None
    right_origin: Origin | None = None

    @property
    def sided(self) -> bool:
        """Whether the two sides have something to show."""
        return bool(self.left or self.right)


@dataclass(frozen=True)
class Finding:
    """What a rule says, in words a stranger understands."""

    rule: str
    """Id, `EN003`."""
    name: str
    """`environment.invisible-difference`."""
    severity: Severity
    message: str
    """One sentence: what differs and what it does."""
    fix: str
    """What to do, so that it can be copied where that is possible."""
    service: str
    """The service on the right side; empty for the whole environment."""
    places: tuple[Place, ...]
    """The settings concerned, the culprit first."""
    layer: Layer = Layer.DECLARED
    score: int = 0
    """Orders findings of one severity: the higher, the earlier."""
    explains: bool = False
    """Whether it may be why the user sees the symptom that was named: comes before all others."""

    @property
    def setting(self) -> str:
        """The culprit's path; waivers name it."""
        return self.places[0].setting if self.places else ""

    @property
    def key(self) -> str:
        """`EN003 services.web.environment.TZ`: what `parity accept` and baselines take."""
        return f"{self.rule} {self.setting}".strip()


class Why(StrEnum):
    """Why a difference is counted but not among the findings."""

    OVERRIDE = "override"
    """parity's own rewrite for the laptop, listed with its reason."""
    WAIVER = "waiver"
    EXPECTED = "expected"
    """Host names, credentials, published ports: two environments differ in them by nature."""
    NOTATION = "notation"
    """One side's notation has no words for the setting."""
    UNKNOWN = "unknown"
    """A side's value is a secret that parity cannot see."""
    SAID = "said"
    """Another finding speaks of the same setting and says more."""


@dataclass(frozen=True)
class Folded:
    """A finding that is counted, and made when somebody looks at it: most of thousands never are."""

    told: Finding | Callable[[], Finding]
    why: Why
    reason: str

    @cached_property
    def finding(self) -> Finding:
        """What is folded."""
        return self.told() if callable(self.told) else self.told


@dataclass(frozen=True)
class NotChecked:
    """A rule that could not look."""

    rule: str
    name: str
    reason: str


@dataclass(frozen=True)
class SideInfo:
    """One side as a report describes it."""

    name: str
    source: str
    files: tuple[str, ...]
    layers: tuple[Layer, ...]
    services: int
    settings: int
    losses: int = 0
    lost: tuple[tuple[str, str], ...] = ()
    """Path and reason of each field that could not be expressed; never its value."""
    captured: str = ""
    """When a snapshot was taken; empty for what was read just now."""


@dataclass(frozen=True)
class Report:
    """The one record behind every output format."""

    left: SideInfo
    right: SideInfo
    findings: tuple[Finding, ...]
    """In rank order."""
    folded: tuple[Folded, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    pairs: int = 0
    """Services that exist on both sides."""
    compared: int = 0
    """Settings looked at on both sides together."""
    differences: tuple[Difference, ...] = ()
    checked: int = 0
    """Rules that could look."""
    notes: tuple[str, ...] = ()
    """What a reader must know to judge a clean result."""
    symptom: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Extra facts for the machine formats, by name."""

    def count(self, severity: Severity) -> int:
        """The number of findings of one severity."""
        return sum(1 for finding in self.findings if finding.severity is severity)
