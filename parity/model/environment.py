"""One side: an environment as its source reads it."""

from dataclasses import dataclass

from parity.model.document import Document


@dataclass(frozen=True)
class Loss:
    """A field of the definition that the Compose document cannot express."""

    path: str
    value: str
    reason: str


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

    @property
    def services(self) -> dict[str, Document]:
        """The services by name."""
        services: dict[str, Document] = self.document.get("services") or {}
        return services
