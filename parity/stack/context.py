"""What the overrides may know besides the document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from parity.model.document import Document
from parity.model.lock import Pin
from parity.model.project import Project
from parity.model.stack import Identity
from parity.paths import ProjectPaths, StackPaths
from parity.stack.secrets import Vault


@dataclass(frozen=True)
class EngineFacts:
    """What the engine at hand can do. `hard_limits`: ulimit name -> hard limit, where it is one."""

    version: tuple[int, ...]
    architecture: str
    hard_limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Allocations:
    """Host ports and subnets: asked for once, remembered per stack."""

    port: Callable[[str, str, int | None], int]
    """(key, protocol, wish) -> host port."""
    subnet: Callable[[str], str]
    """network -> IPv4 subnet with prefix length."""


@dataclass(frozen=True)
class Context:
    """Everything an override looks at."""

    project: Project
    identity: Identity
    paths: ProjectPaths
    pins: Mapping[str, Pin]
    engine: EngineFacts
    vault: Vault
    allocations: Allocations
    gateway_image: str
    fragments: Mapping[str, Document] = field(default_factory=dict)
    """Documents of stand-ins by production's host name."""

    @property
    def files(self) -> StackPaths:
        """This stack's files."""
        return self.paths.stack(self.identity.name)

    @property
    def root(self) -> Path:
        """The folder of parity.toml."""
        return self.paths.root
