"""A setting: one path and value of one service, how it was read, and where it stands."""

import os.path
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from parity.model.document import Path


class Layer(StrEnum):
    """How a setting was read, cheapest first."""

    DECLARED = "declared"
    IMAGE = "image"
    FILESYSTEM = "filesystem"
    RUNNING = "running"
    DATABASE = "database"
    HOST = "host"


@dataclass(frozen=True)
class Origin:
    """Where a value is written. `line` counts from 1; 0 where only the file is known."""

    file: str
    line: int = 0

    @property
    def is_file(self) -> bool:
        """Whether it is one: what an engine says stands in none."""
        return not self.file.startswith(("docker inspect ", "docker engine "))

    def __str__(self) -> str:
        """`file:line`, as editors and terminals open it."""
        return f"{self.file}:{self.line}" if self.line else self.file


class Origins(Protocol):
    """Answers where a path of an environment's document is written.

    Asked for findings only, long after reading: finding a line costs a second read of the files.
    """

    def of(self, path: Path) -> Origin | None:
        """The origin of the longest known prefix of `path` in the document."""


class NoOrigins:
    """Nothing is known of where values stand."""

    def of(self, path: Path) -> Origin | None:
        """Never an answer."""
        del path
        return None


@dataclass(frozen=True)
class Anchored:
    """Another one's answers with whole file names: those below `root` are written relative to it, and
    whoever shows them may stand elsewhere.
    """

    origins: Origins
    root: str

    def of(self, path: Path) -> Origin | None:
        """The origin, its file by its whole name."""
        found = self.origins.of(path)
        if found is None or not found.file or not found.is_file:
            return found
        return Origin(os.path.normpath(os.path.join(self.root, found.file)), found.line)  # noqa: PTH118 - no I/O


@dataclass(frozen=True)
class FixedOrigin:
    """Everything comes from one place, such as a live engine."""

    origin: Origin

    def of(self, path: Path) -> Origin | None:
        """That place."""
        del path
        return self.origin
