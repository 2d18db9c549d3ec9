"""How a tree is cut into layers, so that a child's tree has most of them in common with its parent's.

Small files go into groups whose ends depend on their names alone: a new file changes its own group.
Large files go piece by piece; the piece says nothing of the file's time, so that one changed page
changes one piece.
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .tree import Entry

PIECE = 256 << 20
LARGE = 32 << 20
SMALLEST = 16 << 20
_ENDS = 16
"""One name in so many may end a group."""


@dataclass(frozen=True)
class Layer:
    """Paths that travel together, or `length` bytes of one large file from `offset`."""

    id: str
    """Of what it holds and says: equal ids pack to equal bytes."""
    bytes: int
    paths: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """Further names of files, each with the first name of its file."""
    piece: str = ""
    offset: int = 0
    length: int = 0

    def to_json(self) -> dict[str, Any]:
        """As the plan keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, read: dict[str, Any]) -> "Layer":
        """From what the plan kept."""
        links = tuple((name, first) for name, first in read["links"])
        return cls(**{**read, "paths": tuple(read["paths"]), "links": links})


def cut(entries: list[Entry], hashes: Mapping[bytes, str]) -> list[Layer]:
    """The layers of a tree, in the order in which they are unpacked: groups, links, pieces.

    `hashes` are those of the regular files' contents. Raises ValueError for what does not travel.
    """
    first: dict[tuple[int, int], bytes] = {}
    plain: list[Entry] = []
    links: list[tuple[str, str]] = []
    for entry in entries:
        if stat.S_ISCHR(entry.mode) or stat.S_ISBLK(entry.mode):
            name = os.fsdecode(entry.path)
            raise ValueError(f"{name} is a device: it cannot be taken to another machine")
        one = entry.path if entry.folder else first.setdefault(entry.inode, entry.path)
        if one == entry.path:
            plain.append(entry)
        else:
            links.append((os.fsdecode(entry.path), os.fsdecode(one)))
    layers = [_group(group, hashes) for group in _groups(plain)]
    if links:
        digest = hashlib.sha256(b"links\0" + json.dumps(links).encode())
        layers.append(Layer(digest.hexdigest(), 0, links=tuple(links)))
    for entry in plain:
        if is_large(entry):
            layers += _pieces(entry, hashes[entry.path])
    return layers


def is_large(entry: Entry) -> bool:
    """Whether its content travels in pieces."""
    return entry.regular and entry.size >= LARGE


def _groups(entries: list[Entry]) -> Iterator[list[Entry]]:
    group: list[Entry] = []
    size = 0
    for entry in entries:
        group.append(entry)
        size += 0 if is_large(entry) else entry.size
        ends = size >= SMALLEST and hashlib.sha256(entry.path).digest()[0] % _ENDS == 0
        if ends or size >= PIECE - LARGE:
            yield group
            group, size = [], 0
    if group:
        yield group


def _group(group: list[Entry], hashes: Mapping[bytes, str]) -> Layer:
    digest = hashlib.sha256(b"group\0")
    for entry in group:
        said = [os.fsdecode(entry.path), entry.mode, entry.uid, entry.gid, entry.size, entry.mtime]
        said += [
            os.fsdecode(entry.target),
            hashes[entry.path] if entry.regular and not is_large(entry) else "",
        ]
        said += [[name, value.hex()] for name, value in entry.attributes]
        digest.update(json.dumps(said).encode() + b"\n")
    return Layer(
        id=digest.hexdigest(),
        bytes=sum(entry.size for entry in group if not is_large(entry)),
        paths=tuple(os.fsdecode(entry.path) for entry in group),
    )


def _pieces(entry: Entry, content: str) -> Iterator[Layer]:
    for offset in range(0, entry.size, PIECE):
        length = min(PIECE, entry.size - offset)
        name = os.fsdecode(entry.path)
        said = json.dumps([name, content, offset, length, entry.size])
        digest = hashlib.sha256(b"piece\0" + said.encode())
        yield Layer(digest.hexdigest(), length, piece=name, offset=offset, length=length)
