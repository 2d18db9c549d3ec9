"""Reads YAML and JSON safely and keeps positions: documents with the line of each path.

Scalars are read as Kubernetes and Docker Compose read them (`0644` is octal, dates stay text);
keys are always text. What is broken or hostile is one DefinitionError with file and line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

from parity.errors import DefinitionError
from parity.model.document import Path
from parity.model.setting import Origin
from parity.sources.yaml_build import build

MAX_BYTES = 16 * 1024**2


@dataclass(frozen=True)
class Tree:
    """One document. `data` may share parts where the text has aliases: never write into it."""

    file: str
    data: Any
    start: int = 1
    """The document's first line."""
    marks: Mapping[Any, Any] | None = field(default=None, repr=False)
    """By key or index: the line, and the marks of what is below it."""

    def line(self, path: Path = ()) -> int:
        """The line (from 1) of the longest prefix of `path` that is in the document."""
        found, marks = self.start, self.marks
        for part in path:
            if not marks or part not in marks:
                break
            found, marks = marks[part]
        return found

    def origin(self, path: Path = ()) -> Origin:
        """File and line of `path`."""
        return Origin(self.file, self.line(path))


def read(file: File, *, tags: bool = False) -> tuple[Tree, ...]:
    """The documents of a file, without the empty ones; raises DefinitionError. `tags`: see `build`."""
    return parse(text_of(file), str(file), tags=tags)


def text_of(file: File) -> str:
    """The text of a definition's file: UTF-8 of a bearable size, without NUL; DefinitionError else."""
    where = str(file)
    try:
        if file.exists() and not file.is_file():
            raise _irregular(where)
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DefinitionError(
            f"cannot read it: {reason}", where=where, next_step="mend the path in parity.toml"
        ) from error
    if len(raw) > MAX_BYTES:
        raise DefinitionError(
            f"{file.name} has more than {MAX_BYTES // 1024**2} MB, too much for a definition",
            where=where,
            next_step="is it the right file?",
        )
    return decoded(raw, where)


def _irregular(where: str) -> DefinitionError:
    return DefinitionError(
        "cannot read it: it is no regular file",
        where=where,
        next_step="mend the path in parity.toml",
    )


def decoded(raw: bytes, where: str) -> str:
    """The text of a definition's bytes; DefinitionError where they are none."""
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DefinitionError(
            "it is not UTF-8 text", where=f"{where}:{line}", next_step="save it as UTF-8"
        ) from error
    position = text.find("\0")
    if position >= 0:
        line = text.count("\n", 0, position) + 1
        raise DefinitionError(
            "a NUL byte in it", where=f"{where}:{line}", next_step="save it as UTF-8 text"
        )
    return text


def parse(text: str, file: str, *, tags: bool = False) -> tuple[Tree, ...]:
    """The documents of a text, without the empty ones; `file` is what errors and origins name."""
    if text.lstrip()[:1] in ("{", "["):
        text = _PAIR.sub(_joined, text)
    found = build(text, file, tags=tags)
    return tuple(Tree(file, data, line, marks) for data, marks, line in found if data is not None)


# JSON writes what is beyond 16 bits as two escapes, which YAML does not know.
_PAIR = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE
)


def _joined(match: re.Match[str]) -> str:
    high, low = int(match[2], 16), int(match[3], 16)
    return f"{match[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"
