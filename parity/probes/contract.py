"""What a probe of an image's files is: one module, found by walking this package.

`LAYER: Layer`
    The layer that its facts are of.
`def wants(config: Mapping[str, Any]) -> Wants`
    What it asks for; `config` are the facts of the image's config (image_config.py).
`def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts`
    What the files that are there say. Never raises for what an image may hold: a file is whatever
    somebody put there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from parity.model.facts import Facts
from parity.model.setting import Layer

LARGEST = 16 << 20
"""Most bytes that are read of a file, or of all files of a folder."""
HUGE = 128 << 20
"""Most bytes that are read of a database."""
_LONGEST = 200


@dataclass(frozen=True)
class Wants:
    """Paths in an image, of which links are followed inside the image; and patterns of paths, for which all
    of it is gone through once, links not followed. In a pattern `*` and `?` stand for some of a name,
    `**` for any number of folders.
    """

    read: tuple[str, ...] = ()
    """With their content: a file's, or that of the files in a folder."""
    head: tuple[str, ...] = ()
    """With the first bytes."""
    look: tuple[str, ...] = ()
    """Whether they are there, and how."""
    large: tuple[str, ...] = ()
    """Like `read`, for a database."""
    walk: tuple[str, ...] = ()
    """Patterns: with the beginning of their content."""
    ends: tuple[tuple[str, Callable[[bytes], bytes]], ...] = ()
    """Patterns: with what the function makes of the end of their content."""
    names: tuple[str, ...] = ()
    """Patterns: whether they are there, how, whose."""
    odd: tuple[tuple[str, Callable[[str, "File"], bool]], ...] = ()
    """Patterns: those of which the function says so, given their path and first bytes."""
    marks: tuple[bytes, ...] = ()
    """What is looked for in all programs, each at a multiple of 16 bytes."""


@dataclass(frozen=True)
class File:
    """What is at a path. `data` is cut where it is `partial`; a folder has `files` by their names."""

    mode: int
    size: int
    target: str = ""
    """Where a link leads, as a path in the image."""
    folder: bool = False
    data: bytes = field(default=b"", repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    partial: bool = False
    owner: int = -1
    group: int = -1
    """Numbers; -1 where they are not known."""
    marks: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    """What stands after each mark that was found."""


class Files(dict[str, File]):
    """An answer: what is at which path."""

    cut: Mapping[str, str] = {}
    """Patterns of which not everything was found, and why; all of them, where one has no name."""


class FileProbe(Protocol):
    """The contract, for the type checker."""

    LAYER: Layer

    def wants(self, config: Mapping[str, Any]) -> Wants:
        """What it asks for."""

    def read(self, config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
        """What the answer says."""


def cut(files: Mapping[str, File], *patterns: str) -> str:
    """Why not everything of some patterns was found; empty where it was."""
    known: Mapping[str, str] = getattr(files, "cut", {})
    return next((known[each] for each in ("", *patterns) if each in known), "")


def plain(text: str, longest: int = _LONGEST) -> str:
    """A name or value of an image without what moves a terminal's cursor, and of bounded length."""
    return "".join(c for c in text[: 4 * longest] if c.isprintable())[:longest]
