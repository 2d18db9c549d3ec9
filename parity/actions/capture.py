"""`parity capture`: an environment as one file that can be committed, without a secret's value."""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from parity import __version__
from parity.actions.diff_request import LOCAL
from parity.actions.environments import read_for_comparison
from parity.actions.layers import with_layers
from parity.actions.session import Session
from parity.errors import DefinitionError, UsageError
from parity.model.document import leaves, show
from parity.model.environment import Environment
from parity.model.hidden import UNKNOWN, Hidden
from parity.model.progress import Progress, Step
from parity.model.setting import Layer
from parity.model.snapshot import SCHEMA, LossRecord, Snapshot
from parity.paths import write_if_changed
from parity.secrecy import fingerprint, keys, shape
from parity.secrecy.hide import hide, places
from parity.sources import snapshot as source
from parity.sources import snapshot_text
from parity.sources.snapshot_base import base_of, moved, without_base
from parity.sources.snapshot_origins import written_origins
from parity.sources.snapshot_parse import parse

STDOUT = "-"
_EPOCH = "SOURCE_DATE_EPOCH"


@dataclass(frozen=True)
class Captured:
    """What was captured. `text` is the snapshot; `file` is None where it was not written."""

    environment: str
    text: str
    file: Path | None
    changed: bool
    services: int
    settings: int
    losses: int
    hidden: tuple[str, ...]
    """Written paths of the settings with secrets whose value was seen and left out."""
    referred: int
    """Secrets that the definition only refers to."""
    key: keys.Key | None
    first: bool = False
    """Whether there was no snapshot of that name before."""
    unset: tuple[str, ...] = ()
    """Variables without a value where it was captured: blank in the snapshot."""


def capture(
    session: Session,
    progress: Progress,
    *,
    name: str = "",
    output: str = "",
    rekey: bool = False,
    layers: Collection[Layer] = (),
) -> Captured:
    """Read an environment and write its snapshot; `output` `-` writes no file.

    `layers` are read beside the definition.

    A file that differs in its time alone is left as it is. `rekey` accepts that its fingerprints were
    made with another key.
    """
    name = _known(session, name)
    file = None if output == STDOUT else _target(session, name, output)
    present = _present(file)
    progress(Step(name, "reading"))
    environment = read_for_comparison(session.paths, session.project, name).result()
    base = session.project.local.gateway_base
    environment = with_layers(environment, layers, progress, base=base)
    progress(Step(name, "hiding secrets"))
    used: list[keys.Key] = []

    def prints(values: Iterable[str]) -> Mapping[str, str]:
        strong = list(filter(shape.strong, values))
        if not strong:
            return {}  # a project without secrets needs no key
        used.append(_key(session, file, present, rekey=rekey))
        return fingerprint.slow(used[0].value)(strong)

    safe = hide(environment, prints)
    root = session.paths.root
    snapshot = _snapshot(safe, root, base_of(file.parent if file else root))
    if present and replace(present, captured=snapshot.captured) == _read_back(snapshot):
        snapshot = replace(snapshot, captured=present.captured)
    text = snapshot_text.write(snapshot)
    changed = file is not None and _write(file, text)
    hidden = list(places(safe.document))
    return Captured(
        name,
        text,
        file,
        changed,
        len(safe.services),
        sum(1 for _ in leaves(safe.document)),
        len(safe.losses),
        tuple(dict.fromkeys(show(path) for path, each in hidden if each.kind != UNKNOWN)),
        sum(1 for _, each in hidden if each.kind == UNKNOWN),
        used[0] if used else None,
        file is not None and present is None,
        safe.unset,
    )


def _known(session: Session, name: str) -> str:
    name = name or session.environment_name
    table = session.project.environments.get(name)
    if table is None:
        known = ", ".join(session.project.environments)
        hint = f"; `parity diff {LOCAL} SNAPSHOT` compares what runs here with one of them"
        raise UsageError(
            f"parity.toml has no environment `{name}`",
            next_step=f"there are: {known}{hint if name == LOCAL else ''}",
        )
    if table.source == source.SOURCE:
        raise UsageError(
            f"environment `{name}` is a snapshot already",
            next_step="name one that is read from its definition",
        )
    return name


def _target(session: Session, name: str, output: str) -> Path:
    file = Path(output) if output else session.paths.root / "environments" / f"{name}.json"
    if "\0" in str(file) or file.is_dir():
        raise UsageError(f"{file} is a folder", next_step="name a file: -o environments/prod.json")
    return file.absolute()


def _present(file: Path | None) -> Snapshot | None:
    """The snapshot that is there. Raises UsageError for a file that is none."""
    if file is None or not file.exists():
        return None
    try:
        return parse(source.text_of(file), str(file))
    except DefinitionError as error:
        if source.recognises(file):
            return None  # a damaged or newer one: written anew
        raise UsageError(
            f"{file} is not a snapshot; it is left alone",
            where=str(file),
            next_step="name another file with -o, or remove that one",
        ) from error


def _key(session: Session, file: Path | None, present: Snapshot | None, *, rekey: bool) -> keys.Key:
    project = session.identity.project
    used = {each.fingerprint.split(":")[1] for each in _printed(present)}
    found = keys.find(project)
    if used and not rekey and not (found and fingerprint.key_id(found.value) in used):
        raise UsageError(
            f"{file} was captured with another key (id {', '.join(sorted(used))})",
            where=found.place if found else str(keys.location(project)),
            next_step=f"put the team's key into {keys.VARIABLE} or into that file; "
            "or pass --rekey: all fingerprints change, and the team needs the new key",
        )
    return found or keys.find_or_create(project)


def _printed(snapshot: Snapshot | None) -> Iterable[Hidden]:
    found = places(snapshot.document) if snapshot else ()
    return (each for _, each in found if each.fingerprint.startswith(f"{fingerprint.SCHEME}:"))


def _snapshot(environment: Environment, start: Path, base: Path) -> Snapshot:
    root = str(base)
    return Snapshot(
        schema=SCHEMA,
        name=environment.name,
        source=environment.source,
        captured=_now(),
        parity=__version__,
        document=moved(environment.document, lambda path: without_base(path, root)),
        files=tuple(without_base(file, root) for file in environment.files),
        layers=tuple(sorted(layer.value for layer in environment.layers)),
        silent=tuple(sorted(environment.silent)),
        unset=tuple(sorted(environment.unset)),
        losses=tuple(
            LossRecord(*row)
            for row in sorted((loss.path, loss.value, loss.reason) for loss in environment.losses)
        ),
        origins=written_origins(environment, start, root),
    )


def _now() -> str:
    epoch = os.environ.get(_EPOCH, "")
    if epoch and not (epoch.isascii() and epoch.isdigit() and len(epoch) < 12):  # noqa: PLR2004
        raise UsageError(
            f"{_EPOCH} is no number of seconds", next_step=f"unset {_EPOCH}, or set it to digits"
        )
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_back(snapshot: Snapshot) -> Snapshot:
    return parse(snapshot_text.write(snapshot), "the new snapshot")


def _write(file: Path, text: str) -> bool:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot make {file.parent}: {error.strerror}", next_step="name another file with -o"
        ) from error
    return write_if_changed(file, text)
