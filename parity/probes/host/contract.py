"""What a probe of a host is: one module, found by walking this package.

`LAYER: Layer`
    The layer that its facts are of.
`NAMES: tuple[str, ...]`
    First parts of its facts: not read, rather than not there, where no helper could look.
`FILES: tuple[str, ...]`
    What is to be read below /proc and /sys.
`def read(seen: HostSeen) -> Facts`
    What it says. Never raises for what a host may say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from parity.model.facts import Facts
from parity.model.setting import Layer


@dataclass(frozen=True)
class HostSeen:
    """An engine's `/info` and `/version`, and what a helper saw; empty where none could look."""

    info: Mapping[str, Any]
    version: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)
    offset: float = 0.0
    """Seconds that its clock is ahead; 0 where that is less than asking takes."""
    disk: int = 0
    """How full the engine's disk is, in percent."""


class HostProbe(Protocol):
    """The contract, for the type checker."""

    LAYER: Layer
    NAMES: tuple[str, ...]
    FILES: tuple[str, ...]

    def read(self, seen: HostSeen) -> Facts:
        """What the answer says."""
