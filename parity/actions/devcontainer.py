"""`parity devcontainer`: the definition by which an editor works in a service of the stack."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from parity.actions.devcontainer_text import files
from parity.actions.resolve import read
from parity.actions.session import Session
from parity.errors import ConfigError, UsageError
from parity.model.document import Document
from parity.model.project import DevcontainerTable
from parity.paths import write
from parity.stack.order import awaited
from parity.stack.overrides.user import nearest

_EXAMPLE = '[devcontainer] with service = "{}" in parity.toml; there are: {}'


@dataclass(frozen=True)
class Written:
    """One file: `done` is `written`, `same`, `differs` (it stays as it is), or `missing`."""

    file: Path
    done: str
    diff: str = ""


@dataclass(frozen=True)
class Definition:
    """The files of `.devcontainer/`, and what somebody should know of the service that was chosen."""

    files: tuple[Written, ...]
    notes: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether all are now as parity writes them."""
        return all(one.done in ("written", "same") for one in self.files)


def define(session: Session, *, check: bool = False) -> Definition:
    """Write the files that are not there yet; `check` writes none. A file that is there stays."""
    services = read(session).result().services
    table = chosen(session, services)
    folder = session.paths.devcontainer
    texts = files(session.project.project.name, table, services)
    done = [_one(folder / name, text, check=check) for name, text in texts.items()]
    return Definition(tuple(done), tuple(_notes(session, table, services[table.service])))


def chosen(session: Session, services: Mapping[str, Document]) -> DevcontainerTable:
    """The table of parity.toml; ConfigError where it names no service of production."""
    table = session.project.devcontainer
    if table is None:
        ends = awaited(services)
        order = sorted(services, key=lambda name: (name in ends, *_unlikely(services[name])))
        likely = next(iter(order), "")
        raise ConfigError(
            "parity.toml does not say which service an editor works in",
            where=str(session.paths.config),
            next_step=f"write {_EXAMPLE.format(likely, ', '.join(services))}",
        )
    if table.service not in services:
        raise ConfigError(
            f"`devcontainer.service` names no service: {table.service}",
            where=str(session.paths.config),
            next_step=nearest(table.service, services),
        )
    return table


def _unlikely(service: Document) -> tuple[bool, ...]:
    """What speaks against an editor in a service: stores of data come last."""
    mounts = service.get("volumes") or ()
    return (
        any(mount.get("type") == "volume" for mount in mounts),
        str(service.get("network_mode") or "").startswith("service:"),
        not service.get("depends_on"),
    )


def _one(file: Path, text: str, *, check: bool) -> Written:
    try:
        present = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if check:
            return Written(file, "missing")
        _folder(file.parent)
        write(file, text)
        return Written(file, "written")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"cannot read {file}: {error}", next_step="mend it, or move it away and run this again"
        ) from error
    if present == text:
        return Written(file, "same")
    lines = difflib.unified_diff(
        present.splitlines(),
        text.splitlines(),
        f"{file.name} (there)",
        f"{file.name} (as parity would write it)",
        lineterm="",
    )
    return Written(file, "differs", "\n".join(lines))


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot make {folder}: {error.strerror}", next_step="make the project folder writable"
        ) from error


def _notes(session: Session, table: DevcontainerTable, service: Document) -> list[str]:
    found = []
    if any(mount.get("type") == "volume" for mount in service.get("volumes") or ()):
        found.append(
            f"{table.service} has data of its own: `parity reset` makes its container anew, and the "
            "editor connects again"
        )
    if str(service.get("network_mode") or "").startswith("service:"):
        found.append(f"{table.service} shares another one's network: it is made anew with that one")
    beside = session.paths.root / ".devcontainer.json"
    if beside.exists():
        found.append(f"{beside.name} is there as well: editors ask which one is meant")
    return found
