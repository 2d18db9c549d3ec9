"""What a declared state is made of: its key changes when one of its inputs does, and only then."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from hashlib import file_digest
from pathlib import Path
from typing import Any

from parity.actions.resolve import Resolution
from parity.actions.session import Session
from parity.errors import ConfigError, UsageError
from parity.model.document import Document, digest
from parity.model.project import DeclaredTable
from parity.model.reference import reference
from parity.model.state import State
from parity.paths import ensure_state, write

FORMAT = 1
_OURS = (".parity", ".git")
_MOST = 20_000
"""Files that one glob may match."""


def key(session: Session, name: str, begin: State | None, resolution: Resolution) -> str:
    """`LINEAGE:HASH`. States of one lineage can be used in place of each other.

    The lineage is that of the stand-ins' values which services with data get: they are written
    into databases, and another worktree has others.
    """
    table = session.project.states[name]
    hashes = Hashes(session)
    made_of = {
        "format": FORMAT,
        "begin": (begin.key or begin.digest) if begin else "",
        "services": sorted(table.services),
        "steps": [asdict(step) for step in table.steps],
        "files": {file: hashes.of(file) for file in files(session, name)},
        "definition": resolution.pins.definition,
        "images": {image: pin.digest for image, pin in resolution.pins.images.items()},
        "mounted": _mounted(session, resolution.environment.document, hashes),
        "overrides": [asdict(one) for one in session.project.local.override],
        "stand-ins": {host: asdict(one) for host, one in session.project.stand_ins.items()},
    }
    hashes.keep()
    return f"{_lineage(resolution)}:{digest(made_of)}"


def lineage(found: str) -> str:
    """The first part of a key."""
    return found.partition(":")[0]


def files(session: Session, name: str) -> list[str]:
    """Files that a declared state depends on, relative to parity.toml; ConfigError for none."""
    table: DeclaredTable = session.project.states[name]
    found = {step.input for step in table.steps if step.input}
    for file in sorted(found):
        if not (session.paths.root / file).is_file():
            raise ConfigError(
                f"the state `{name}` is made from {file}, which is not there",
                where=str(session.paths.config),
                next_step="paths are relative to parity.toml",
            )
    for number, pattern in enumerate(table.inputs):
        matches = list(_matches(session, pattern, f"states.{name}.inputs.{number}"))
        if not matches:
            raise ConfigError(
                f"no file matches the input `{pattern}` of the state `{name}`",
                where=str(session.paths.config),
                next_step="inputs are globs relative to parity.toml: `migrations/**/*.sql`",
            )
        found.update(matches)
    return sorted(found)


def _matches(session: Session, pattern: str, where: str) -> Iterator[str]:
    root = session.paths.root
    try:
        for count, path in enumerate(root.glob(pattern)):
            if count > _MOST:
                raise ConfigError(
                    f"`{pattern}` matches more than {_MOST} files", where=where,
                    next_step="name the folder that matters",
                )  # fmt: skip
            name = path.relative_to(root)
            if path.is_file() and name.parts[0] not in _OURS:
                yield name.as_posix()
    except (ValueError, NotImplementedError) as error:
        raise ConfigError(
            f"`{pattern}` is no glob: {error}",
            where=where,
            next_step="relative to parity.toml, for example `migrations/**/*.sql`",
        ) from error


class Hashes:
    """Contents' hashes of files, kept from one command to the next: a dump may be large."""

    def __init__(self, session: Session) -> None:
        self._root = session.paths.root
        self._file = session.paths.state / "inputs.json"
        self._known = self._read()
        self._used: dict[str, list[Any]] = {}

    def of(self, name: str) -> str:
        """The hash of a file, by its path relative to parity.toml; ConfigError where it is gone."""
        path = self._root / name
        try:
            found = path.stat()
            stamp = [found.st_size, found.st_mtime_ns, found.st_ino]
            known = self._known.get(name)
            if known and known[:3] == stamp:
                self._used[name] = known
            else:
                with path.open("rb") as file:
                    self._used[name] = [*stamp, file_digest(file, "sha256").hexdigest()]
        except OSError as error:
            raise ConfigError(
                f"cannot read {name}, which a declared state depends on: {error.strerror}",
                where=str(path),
                next_step="[states] in parity.toml names it",
            ) from error
        return str(self._used[name][3])

    def keep(self) -> None:
        """Remember them."""
        if self._used != self._known:
            try:
                ensure_state(self._file.parent)
                write(self._file, json.dumps({**self._known, **self._used}) + "\n")
            except UsageError:
                return  # they are computed again

    def _read(self) -> dict[str, list[Any]]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return {str(name): list(row) for name, row in found.items() if len(row) == 4}  # noqa: PLR2004
        except (OSError, ValueError, AttributeError, TypeError):
            return {}


def _mounted(session: Session, document: Document, hashes: Hashes) -> dict[str, str]:
    """Hashes of the repository's files that services get: scripts for a first start, configuration."""
    root = session.paths.root
    found: dict[str, str] = {}
    for path in sorted(_sources(document)):
        if not path.is_relative_to(root):
            continue
        inside = path.relative_to(root).as_posix()
        if path.is_file():
            found[inside] = hashes.of(inside)
        elif path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    name = file.relative_to(root).as_posix()
                    found[name] = hashes.of(name)
    return found


def _sources(document: Document) -> set[Path]:
    """Files of configs, and what is mounted for reading alone; a folder to write to is no input."""
    configs = (body.get("file") for body in (document.get("configs") or {}).values())
    mounts = (
        mount.get("source")
        for service in (document.get("services") or {}).values()
        for mount in service.get("volumes") or ()
        if mount.get("type") == "bind" and mount.get("read_only")
    )
    return {Path(str(source)) for source in (*configs, *mounts) if source}


def _lineage(resolution: Resolution) -> str:
    """Of the values that services with data get."""
    document = resolution.resolved.document
    services: Mapping[str, Document] = document["services"]
    revealed = {
        name: [
            resolution.vault.reveal(json.dumps(body.get("environment") or {}, sort_keys=True)),
            sorted(
                resolution.vault.reveal(reference(str(use["source"])))
                for use in body.get("secrets") or ()
            ),
        ]
        for name, body in services.items()
        if any(mount.get("type") == "volume" for mount in body.get("volumes") or ())
    }
    return digest(revealed).removeprefix("sha256:")[:12]
