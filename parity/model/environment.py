"""One side: an environment as its source reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from parity.model.document import Document
from parity.model.setting import Layer, NoOrigins, Origins


@dataclass(frozen=True)
class Loss:
    """A field of the definition that the Compose document cannot express."""

    path: str
    value: str
    reason: str


@dataclass(frozen=True)
class Place:
    """Where containers run: a docker context (empty: the usual one), and what names them there: a
    Compose project, a stack, a label or a container.
    """

    context: str
    project: str


@dataclass(frozen=True)
class Environment:
    """A definition in canonical form. `document` is shared: never write into it."""

    name: str
    source: str
    files: tuple[str, ...]
    document: Document
    losses: tuple[Loss, ...] = ()
    unset: tuple[str, ...] = ()
    """Variables that the definition interpolates and nobody gave a value: blank here."""
    layers: frozenset[Layer] = frozenset({Layer.DECLARED})
    """The layers that were read."""
    silent: frozenset[str] = frozenset()
    """Settings that this notation has no words for, as patterns of dotted paths below a service
    (`ulimits`, `logging`, `networks`): absent here says nothing about production."""
    snapshot_of: str = ""
    """The environment that a snapshot was taken of; empty for what was read just now."""
    captured: str = ""
    """When a snapshot was taken, in UTC; empty for what was read just now."""
    values: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Values of the secrets that the document refers to as `${secret:NAME}`, where the source knows
    them. Never printed or written: they are compared through fingerprints."""
    place: Place | None = field(default=None, compare=False)
    """Where it runs, as far as anybody said."""
    origins: Origins = field(default_factory=NoOrigins, repr=False, compare=False)
    """Where values are written."""

    @property
    def services(self) -> dict[str, Document]:
        """The services by name."""
        services: dict[str, Document] = self.document.get("services") or {}
        return services
