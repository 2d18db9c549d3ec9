"""The snapshot source: parity's own file, written by `parity capture`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from parity.errors import DefinitionError
from parity.model import document
from parity.model.environment import Environment, Loss
from parity.model.setting import Layer, Origin
from parity.model.snapshot import FORMAT, Snapshot
from parity.paths import is_file, resolved
from parity.sources.contract import Request
from parity.sources.relative import shown
from parity.sources.snapshot_base import base_of, moved, with_base

SOURCE = "snapshot"
SILENT: frozenset[str] = frozenset()
"""A snapshot carries its own."""
MAX_BYTES = 64 * 1024**2
"""A thousand services with two hundred settings each take a quarter of it."""

_HEAD = 4096


@dataclass(frozen=True)
class SnapshotReading:
    """A snapshot that is being read."""

    name: str
    root: Path
    file: Path

    def result(self) -> Environment:
        """The environment it was captured from."""
        from parity.sources.snapshot_parse import parse

        snapshot = parse(text_of(self.file), str(self.file))
        base = str(base_of(self.file.parent))
        return Environment(
            self.name,
            SOURCE,
            (str(self.file),),
            moved(snapshot.document, lambda path: with_base(path, base)),
            losses=tuple(Loss(row.path, row.value, row.reason) for row in snapshot.losses),
            unset=snapshot.unset,
            layers=frozenset(Layer(layer) for layer in snapshot.layers),
            silent=frozenset(snapshot.silent),
            snapshot_of=snapshot.name,
            captured=snapshot.captured,
            origins=SnapshotOrigins(snapshot, base, self.root),
        )


def recognises(path: Path) -> bool:
    """Whether the file says so at its beginning."""
    if path.suffix != ".json" or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return f'"{FORMAT}/'.encode() in file.read(_HEAD)
    except OSError:
        return False


def start(request: Request) -> SnapshotReading:
    """The one file of the request."""
    if len(request.files) != 1:
        raise DefinitionError(
            f"a snapshot is one file; environment `{request.name}` names {len(request.files)}",
            next_step='name the one: files = ["environments/prod.json"]',
        )
    if "\0" in request.files[0]:
        raise DefinitionError(
            "a file name with a zero byte in it", next_step="mend the path in parity.toml"
        )
    file = resolved(request.root / request.files[0])
    if not is_file(file):
        raise DefinitionError(
            f"no such snapshot: {file}", next_step="`parity capture ENVIRONMENT` writes one"
        )
    return SnapshotReading(request.name, request.root, file)


class SnapshotOrigins:
    """Where the captured definition says what; files of the repository by their place in this one."""

    def __init__(self, snapshot: Snapshot, base: str, root: Path) -> None:
        self._written: Mapping[str, Any] = snapshot.origins
        self._base = base
        self._root = root

    def of(self, path: document.Path) -> Origin | None:
        """The origin of the longest known prefix."""
        for end in range(len(path), 0, -1):
            found = self._known.get(document.show(path[:end]))
            if found:
                return found
        return None

    @cached_property
    def _known(self) -> dict[str, Origin]:
        known: dict[str, Origin] = {}
        for file, sections in self._written.items():
            here = with_base(file, self._base)
            name = file if here == file else shown(Path(here), self._root)
            for section, lines in sections.items():
                for setting, line in lines.items():
                    whole = (
                        section + ("" if setting.startswith("[") or not setting else ".") + setting
                    )
                    known[whole] = Origin(name, max(line, 0))
        return known


def text_of(file: Path) -> str:
    """The file's text; raises DefinitionError for what is too big or no text."""
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise DefinitionError(
                f"{file.name} has {size // 1024**2} MB; a snapshot may have {MAX_BYTES // 1024**2}",
                where=str(file),
                next_step="is it the right file?",
            )
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError(
            f"{file.name} is not UTF-8: byte {error.start}",
            where=str(file),
            next_step="capture it again",
        ) from error
    except OSError as error:
        raise DefinitionError(
            f"cannot read {file.name}: {error.strerror}",
            where=str(file),
            next_step="mend its rights",
        ) from error
