"""What a probe of an image's files is: one module, found by walking this package.

`LAYER: Layer`
    The layer that its facts are of.
`def wants(config: Mapping[str, Any]) -> Wants`
    What it asks for; `config` are the facts of the image's config (image_config.py).
`def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts`
    What the files that are there say. Never raises for what an image may hold: a file is whatever
    somebody put there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from parity.model.facts import Facts
from parity.model.setting import Layer

LARGEST = 16 << 20
"""Most bytes that are read of a file, or of all files of a folder."""


@dataclass(frozen=True)
class Wants:
    """Paths in an image. Links are followed, inside the image."""

    read: tuple[str, ...] = ()
    """With their content: a file's, or that of the files in a folder."""
    head: tuple[str, ...] = ()
    """With the first bytes."""
    look: tuple[str, ...] = ()
    """Whether they are there, and how."""


@dataclass(frozen=True)
class File:
    """What is at a path. `data` is cut where it is `partial`; a folder has `files` by their names."""

    mode: int
    size: int
    target: str = ""
    """Where a link led, as a path in the image."""
    folder: bool = False
    data: bytes = field(default=b"", repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    partial: bool = False


class FileProbe(Protocol):
    """The contract, for the type checker."""

    LAYER: Layer

    def wants(self, config: Mapping[str, Any]) -> Wants:
        """What it asks for."""

    def read(self, config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
        """What the answer says."""
