"""A snapshot as it stands in its file: an environment without a secret's value, to be committed.

The docstring under a field is its description in the published JSON Schema.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

FORMAT = "parity.snapshot"
MAJOR, MINOR = 1, 0
SCHEMA = f"{FORMAT}/{MAJOR}.{MINOR}"
BASE = "${project}"
"""Stands for the repository's folder, so that two checkouts have equal paths."""

SECRET = "$secret"  # noqa: S105 - a key
CONCEALED = "$concealed"
LINES = "$lines"
TABLE = "$table"
"""Keys of the tables that stand for records and for texts of several lines; a definition's own tables with such keys are escaped."""

_READING: Any = {"extra": "ignore", "use_attribute_docstrings": True}


@dataclass(frozen=True)
class SecretRecord:
    """What is kept of a secret's value."""

    __pydantic_config__ = _READING

    kind: str
    """What it looks like: `alnum`, `hex`, `base64`, `printable`, `jwt`, `pem`, …; `unknown` where only
    the name is known."""
    length: int = 0
    """Characters; 0 where that is unknown."""
    fingerprint: str = ""
    """`scrypt:KEYID:HEX` under the project's key; empty for what is too short or too plain."""
    edges: tuple[str, ...] = ()
    """What is odd at its ends: `newline after`, `quotes around`, …"""
    name: str = ""
    """The name the definition refers to it by."""
    core: str = ""
    """Fingerprint of the value without these oddities."""


@dataclass(frozen=True)
class ConcealedRecord:
    """A text that held secrets."""

    __pydantic_config__ = _READING

    text: Any
    """The text, with `•••` in the place of each secret."""
    secrets: tuple[SecretRecord, ...]
    """What stood there, in order."""


@dataclass(frozen=True)
class LossRecord:
    """A field of the definition that the document cannot express."""

    __pydantic_config__ = _READING

    path: str
    """Where in the definition."""
    value: str
    """What it says, secrets hidden."""
    reason: str
    """Why it is not in the document."""


@dataclass(frozen=True)
class Snapshot:
    """An environment captured by `parity capture`."""

    __pydantic_config__ = _READING

    schema: str
    """`parity.snapshot/MAJOR.MINOR`. A reader ignores fields it does not know and refuses another
    MAJOR."""
    name: str
    """The environment's name."""
    source: str
    """The notation it was read from: `compose`, `kubernetes`, …"""
    captured: str
    """When, in UTC."""
    parity: str
    """Version of parity that captured it."""
    document: dict[str, Any]
    """The canonical Compose document. `${project}` stands for the repository's folder."""
    files: tuple[str, ...] = ()
    """The definition's files."""
    layers: tuple[
        Literal["declared", "image", "filesystem", "running", "database", "host"], ...
    ] = ("declared",)
    """The layers that were read."""
    silent: tuple[str, ...] = ()
    """Settings that the notation has no words for, as dotted patterns below a service."""
    unset: tuple[str, ...] = ()
    """Variables that the definition interpolates and nobody gave a value."""
    losses: tuple[LossRecord, ...] = ()
    """What the document cannot express."""
    origins: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    """Where settings are written: file -> section (`services.web`) -> setting below it -> line, 0 where
    only the file is known. A setting that is not listed stands where the nearest one above it does."""
