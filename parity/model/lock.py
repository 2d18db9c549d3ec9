"""parity.lock: which digest each tag stood for when production was last looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pin:
    """One image of the definition. `digest` is of the manifest or the index behind the tag.

    `local` marks an image that no registry has vouched for: the digest is then the engine's own
    image id, good on this machine only.
    """

    digest: str
    platforms: tuple[str, ...] = ()
    local: bool = False


@dataclass(frozen=True)
class EnvironmentLock:
    """The pins of one environment and the hash of the definition they were made for."""

    definition: str
    images: Mapping[str, Pin]


@dataclass(frozen=True)
class Lock:
    """The whole file."""

    environments: Mapping[str, EnvironmentLock] = field(default_factory=dict)
