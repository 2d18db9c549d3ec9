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
from parity.model.project import EnvironmentTable

_WORD = re.compile(r"[^\s\"'`,;=()\[\]{}<>|]+")
_NAME = re.compile(r"[A-Za-z_]\w*")
_WITH_VARIABLE = re.compile(r"[^\s\"',;\[\]]*\$\{?\w[^\s\"',;\[\]]*")
_EXPANSION = re.compile(r"\$\{([A-Za-z_]\w*)(?::?[-+?]([^{}]*))?\}|\$([A-Za-z_]\w*)")
_REMOTE = re.compile(
    r"^\s*-?\s*(?:file|path|include|resources|bases)?:?\s*(?:https?|git|oci|ssh)://", re.MULTILINE
)
_PARSED = frozenset({".yaml", ".yml", ".json", ".env", ".toml", ".tf", ""})
_LIVE = frozenset({"docker"})
_MOST_FILES = 2000
_MOST_BYTES = 16 * 1024**2


@dataclass(frozen=True)
class Uncertain(Exception):  # noqa: N818 - no error: the answer is made anew
    """Something that an answer depends on cannot be known beforehand."""

    reason: str


def key_of(
    tables: Iterable[EnvironmentTable], root: Path, others: Iterable[Path], salt: str
) -> str:
    """The key. `others` are files that count as they are (parity.toml, the lock). Raises Uncertain."""
    files: set[Path] = set()
    variables: set[str] = set()
    for table in tables:
        if table.source in _LIVE or not (table.files or table.source in ("compose", "swarm")):
            raise Uncertain(f"{table.source} is read live")
        _close(_roots(table, root), files, variables)
    made = hashlib.sha256(f"{__version__}\0{salt}".encode())
    for file in sorted({*files, *others}):
        made.update(f"\0{file}\0".encode())
        made.update(_content(file))
    for name in sorted(variables):
        made.update(f"\0{name}={os.environ.get(name, chr(0))}".encode(errors="surrogateescape"))
    return made.hexdigest()


def _roots(table: EnvironmentTable, root: Path) -> Iterator[Path]:
    for name in (*table.files, *table.env_files):
        yield root / name
    if not table.files:
        for name in ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"):
            yield root / name


def _close(roots: Iterable[Path], files: set[Path], variables: set[str]) -> None:
    """Follow every word that names a file or folder, from file to file."""
    open_ = [file.resolve() for root in roots for file in (root, root.parent / ".env")]
    while open_:
        path = open_.pop()
        if path in files:
            continue
        if path.is_dir():
            open_ += _below(path)
            continue
        if not path.is_file():
            continue
        files.add(path)
        if len(files) > _MOST_FILES:
            raise Uncertain(f"more than {_MOST_FILES} files")
        if path.suffix in _PARSED or path.name.startswith(".env"):
            text = _content(path).decode(errors="replace")
            if _REMOTE.search(text):
                raise Uncertain(f"{path.name} includes something remote")
            # Every name, not only `$NAME`: `environment: [NAME]` takes the value over as well.
            variables.update(os.environ.keys() & set(_NAME.findall(text)))
            open_ += _named(text, path.parent)


def _named(text: str, folder: Path) -> Iterator[Path]:
    words = set(_WORD.findall(text))
    words.update(_expanded(word) for word in _WITH_VARIABLE.findall(text))
    for word in words:
        for candidate in {word, word.rstrip(":"), word.split(":")[0]}:
            if len(candidate) < 2 or len(candidate) > 300 or candidate in ("..", "/"):  # noqa: PLR2004
                continue
            path = folder / candidate
            try:
                if path.is_file() or (path.is_dir() and _is_definition(path)):
                    yield path.resolve()
            except (OSError, ValueError):
                continue


def _is_definition(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("kustomization.yaml", "kustomization.yml"))


def _below(folder: Path) -> list[Path]:
    found = []
    for count, path in enumerate(folder.rglob("*")):
        if count > _MOST_FILES:
            raise Uncertain(f"{folder} holds more than {_MOST_FILES} files")
        if path.is_file():
            found.append(path.resolve())
    return found


def _expanded(word: str) -> str:
    """A word with its variables replaced from the environment or by their defaults."""
    return _EXPANSION.sub(lambda m: os.environ.get(m[1] or m[3] or "", m[2] or ""), word)


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise Uncertain(f"{file.name} is too large to look at each time")
        return file.read_bytes()
    except OSError:
        return b"(not there)"
