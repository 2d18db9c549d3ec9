"""Where a Compose document's values are written: a second, position-keeping read of its files.

Docker Compose prints no positions. So the files are looked through again, lazily and by path: the
last file that has the path wins, and what is written in another form (`- A=b`, `"80:80"`, an env
file, `extends`, `include`, anchors and merges) is found by what the document says of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

from parity.model.document import Document, Path, get
from parity.model.setting import Origin
from parity.sources.compose_entries import entry_at, key_of, listed
from parity.sources.env_lines import line_of
from parity.sources.relative import shown

HOPS = 20
"""Longest chain of `extends` and `include` that is followed."""
_BELOW = 2
"""Parts of a path that name the service."""

Found = tuple[int, Origin]
"""How many parts of the path a file has, and where the last of them stands."""


@dataclass
class ComposeOrigins:
    """Origins of the document that `files` gave, in merge order. Reads them when first asked."""

    root: File
    files: Sequence[File]
    document: Document = field(repr=False)
    _trees: dict[File, list[Any]] = field(default_factory=dict, repr=False)

    def of(self, path: Path) -> Origin | None:
        """The line of the longest prefix of `path` that is written anywhere."""
        service = str(path[1]) if path[:1] == ("services",) and len(path) >= _BELOW else ""
        best: Found | None = None
        for file in reversed(self.files):
            for found in self._search(file, path, service, 0):
                if best is None or found[0] > best[0]:
                    best = found
        if best:
            return best[1]
        return Origin(shown(self.files[0], self.root)) if self.files else None

    def _search(self, file: File, path: Path, service: str, hops: int) -> Iterator[Found]:
        """In a file where the path's service is called `service`, then in what it builds upon."""
        if hops > HOPS:
            return
        for tree in self._documents(file):
            yield from self._search_in(tree, file, path, service, hops)

    def _search_in(
        self, tree: Any, file: File, path: Path, service: str, hops: int
    ) -> Iterator[Found]:
        depth, line = self._walk(tree, path, service)
        # Of a base with another name, the name itself says nothing of the path.
        if depth and (hops == 0 or depth > _BELOW or not service or service == path[1]):
            yield depth, Origin(shown(file, self.root), line)
        if service:
            table = entry_at(entry_at(tree, "services", None)[1], service, None)[1]
            yield from self._in_env_files(file, table, path)
            yield from self._in_base(file, table, path, hops)
        for name in reversed(listed(entry_at(tree, "include", None)[1], "path")):
            other = _beside(file, name)
            if other:
                yield from self._search(other, path, service, hops + 1)

    def _walk(self, node: Any, path: Path, service: str) -> tuple[int, int]:
        line = 0
        for depth, part in enumerate(path):
            value = get(self.document, path[: depth + 1])
            key, node = entry_at(node, service if service and depth == 1 else part, value)
            if key is None:
                return depth, line
            line = key.start_mark.line + 1
        return len(path), line

    def _in_env_files(self, file: File, table: Any, path: Path) -> Iterator[Found]:
        if path[_BELOW:-1] != ("environment",):
            return
        for name in reversed(listed(entry_at(table, "env_file", None)[1], "path")):
            other = _beside(file, name)
            line = line_of(other, str(path[-1])) if other else 0
            if other and line:
                yield len(path), Origin(shown(other, self.root), line)

    def _in_base(self, file: File, table: Any, path: Path, hops: int) -> Iterator[Found]:
        base = entry_at(table, "extends", None)[1]
        service = key_of(base) or key_of(entry_at(base, "service", None)[1])
        name = key_of(entry_at(base, "file", None)[1])
        other = _beside(file, name) if name else file
        if service and other:
            yield from self._search(other, path, service, hops + 1)

    def _documents(self, file: File) -> list[Any]:
        if file not in self._trees:
            self._trees[file] = _nodes(file)
        return self._trees[file]


def _nodes(file: File) -> list[Any]:
    """The file's YAML documents as nodes, which know their lines; the last one, which wins, first."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return [*yaml.compose_all(file.read_bytes(), Loader=loader)][::-1]
    except (OSError, yaml.YAMLError, RecursionError, ValueError):
        return []


def _beside(file: File, name: str) -> File | None:
    """A file named in another; None where the name holds variables or there is no such file."""
    if "$" in name or "\0" in name:
        return None
    found = (file.parent / name).resolve()
    return found if found.is_file() else None
