"""Which files and variables the answer of a check depends on, and one key for the content of them all.

The key decides whether an earlier answer still holds, so it may take in too much and never too little:
every word of a definition that names a file near it counts, be it a comment's.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from parity import __version__
from parity.actions import input_names
from parity.model.project import EnvironmentTable
from parity.paths import resolved

_REMOTE = re.compile(
    r"^\s*-?\s*(?:file|path|include|resources|bases)?:?\s*[\"']?(?:(?:https?|git|oci|ssh)://|git@"
    r"|[\w.-]+\.[a-z]+/\S+(?:\?ref=|//|\.git\b))",
    re.MULTILINE,
)
_PARSED = frozenset({".yaml", ".yml", ".json", ".env", ".toml", ".tf", ""})
_LIVE = frozenset({"docker"})
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_REDIRECTING = frozenset({"HOME", "DOCKER_DEFAULT_PLATFORM", "DOCKER_CONFIG"})
_MOST_FILES = 2000
_MOST_BYTES = 16 * 1024**2
_MOST_TEXT = 256 * 1024


@dataclass(frozen=True)
class Uncertain(Exception):  # noqa: N818 - no error: the answer is made anew
    """Something that an answer depends on cannot be known beforehand."""

    reason: str


def key_of(
    tables: Iterable[EnvironmentTable], root: Path, others: Iterable[Path], salt: str
) -> str:
    """The key. `others` are files that count as they are (parity.toml, the lock). Raises Uncertain.

    Files below `root` count by their place in it: a copy of the project has the key of the project.
    """
    closure = _Closure(root)
    made = hashlib.sha256(f"{__version__}\0{salt}".encode())
    for table in tables:
        if table.source in _LIVE or not (table.files or table.source in ("compose", "swarm")):
            raise Uncertain(f"{table.source} is read live")
        # The order of files and the profiles may come from the command line.
        made.update(f"\0{table}".encode(errors="surrogateescape"))
        closure.follow(_roots(table, root))
    for file in sorted({*closure.files, *others}, key=lambda file: _place(file, root)):
        made.update(f"\0{_place(file, root)}\0".encode(errors="surrogateescape"))
        made.update(_content(file))
    for name in sorted(closure.variables | _REDIRECTING):
        made.update(f"\0{name}={os.environ.get(name, chr(0))}".encode(errors="surrogateescape"))
    return made.hexdigest()


def _place(file: Path, root: Path) -> str:
    below = next((base for base in (root, resolved(root)) if file.is_relative_to(base)), None)
    return str(file if below is None else file.relative_to(below))


def files_of(tables: Iterable[EnvironmentTable], root: Path) -> frozenset[Path]:
    """All files that definitions are made from, each by its real path. Raises Uncertain."""
    closure = _Closure(root)
    for table in tables:
        closure.follow(_roots(table, root))
    return frozenset(closure.files)


def _roots(table: EnvironmentTable, root: Path) -> Iterator[Path]:
    # Env files first: they say what stands for the variables in names of files.
    for name in (*table.env_files, *table.files):
        yield root / name
    if not table.files:
        for name in ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"):
            yield root / name


class _Closure:
    """Follows every word that names a file or folder, from file to file."""

    def __init__(self, root: Path) -> None:
        self.files: set[Path] = set()
        self.variables: set[str] = set()
        self._assigned: dict[str, str] = {}
        self._bases = {root}
        """Folders that names are relative to, besides the folder of the file they stand in."""
        self._texts: dict[Path, str] = {}

    def follow(self, roots: Iterable[Path]) -> None:
        """Take in all that the roots name, and what that names."""
        wanted = list(roots)
        self._bases.update(root.parent for root in wanted)
        self._drain([root.parent / ".env" for root in wanted])
        open_ = wanted
        while open_:
            known = len(self._bases), len(self._assigned)
            self._drain(open_)
            # What was read late may say where names in earlier texts lead.
            again = known != (len(self._bases), len(self._assigned))
            open_ = [p for f, text in self._texts.items() for p in self._named(f, text)] * again

    def _drain(self, open_: Iterable[Path]) -> None:
        waiting = list(open_)
        while waiting:
            path = resolved(waiting.pop())
            if path in self.files:
                continue
            if path.is_dir():
                waiting += _below(path)
            elif path.is_file():
                self.files.add(path)
                if len(self.files) > _MOST_FILES:
                    raise Uncertain(f"more than {_MOST_FILES} files")
                waiting += self._read(path)

    def _read(self, path: Path) -> Iterable[Path]:
        """Take in one file; the files that it names."""
        text = _text(path)
        # A variable may be used in whatever Compose reads, as in an env file of any name.
        self.variables |= os.environ.keys() & input_names.variable_names(text)
        if path.name.startswith(".env") or path.suffix == ".env":
            self._assigned |= input_names.assignments(text)
        elif path.suffix not in _PARSED and "services" not in text:
            return ()
        if _REMOTE.search(text):
            raise Uncertain(f"{path.name} includes something remote")
        self._texts[path] = text
        for name in input_names.directories(text, self._assigned):
            self._bases.add(path.parent / name)
        return [path.parent / ".env", *self._named(path, text)]

    def _named(self, file: Path, text: str) -> Iterator[Path]:
        bases = {file.parent, *self._bases}
        there = {base: _listed(base) for base in bases}
        for name in input_names.names(text, self._assigned):
            first = name.partition("/")[0].lower()
            for base in bases:
                # Most words name nothing: a look at the folder's list is a tenth of one at the disk.
                if first not in there[base] and first.isascii():
                    continue
                path = base / name
                try:
                    if path.is_file() or (path.is_dir() and _is_definition(path)):
                        yield resolved(path)
                except (OSError, ValueError):
                    continue


def _listed(folder: Path) -> set[str]:
    """Beginnings of paths that may lead somewhere from a folder, in small letters."""
    try:
        return {"", ".", "..", *(name.lower() for name in os.listdir(folder))}  # noqa: PTH208
    except OSError:
        return {"", ".", ".."}


def _is_definition(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _KUSTOMIZATIONS)


def _below(folder: Path) -> list[Path]:
    found = []
    for count, path in enumerate(folder.rglob("*")):
        if count > _MOST_FILES:
            raise Uncertain(f"{folder} holds more than {_MOST_FILES} files")
        if path.is_file():
            found.append(path)
    return found


def _text(file: Path) -> str:
    """A file as text; empty where it is data, which names nothing."""
    content = _content(file)
    if file.suffix not in _PARSED and (len(content) > _MOST_TEXT or b"\0" in content):
        return ""
    return content.decode(errors="replace")


def _content(file: Path) -> bytes:
    try:
        if not file.is_file():
            return b"(not there)"
        if file.stat().st_size > _MOST_BYTES:
            raise Uncertain(f"{file.name} is too large to look at each time")
        return file.read_bytes()
    except OSError:
        return b"(not there)"
