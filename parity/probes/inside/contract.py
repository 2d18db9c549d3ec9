"""What a probe of a running container is: one module, found by walking this package.

`LAYER: Layer`
    The layer that its facts are of.
`NAMES: tuple[str, ...]`
    First parts of its facts: not read, rather than not there, where no helper could look.
`def wants(record: Mapping[str, Any]) -> Wants`
    What is to be looked at in the container of this inspect record.
`def read(seen: Seen) -> Facts`
    What it says. Never raises for what a container may hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from parity.model.facts import Facts
from parity.model.setting import Layer


@dataclass(frozen=True)
class Wants:
    """Paths. The process that is looked at is `/proc/1`."""

    files: tuple[str, ...] = ()
    """Read with the helper's eyes: below /proc."""
    inside: tuple[str, ...] = ()
    """Read with the container's root as root."""
    places: tuple[str, ...] = ()
    """In the container: whose they are."""
    trees: tuple[str, ...] = ()
    """In the container: folders whose files are hashed."""


@dataclass(frozen=True)
class Seen:
    """The engine's record of a container, and what was seen inside; empty where nobody could look."""

    record: Mapping[str, Any]
    expected: Mapping[str, str] = field(default_factory=dict)
    """Variables as definition and image have them."""
    files: Mapping[str, str] = field(default_factory=dict)
    inside: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    trees: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    offsets: tuple[int, ...] = ()
    """Seconds east of Greenwich in January and in July."""
    locale: Mapping[str, Any] = field(default_factory=dict)
    sort: str = ""
    images: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Digests of what the image has where a volume lies, by the volume's place."""

    def __bool__(self) -> bool:
        """Whether anybody looked inside."""
        return bool(self.files)


class InsideProbe(Protocol):
    """The contract, for the type checker."""

    LAYER: Layer
    NAMES: tuple[str, ...]

    def wants(self, record: Mapping[str, Any]) -> Wants:
        """What it asks for."""

    def read(self, seen: Seen) -> Facts:
        """What the answer says."""
