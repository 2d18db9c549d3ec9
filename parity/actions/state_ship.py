"""`parity state`: take a start state elsewhere, through a registry or as a file."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from parity.actions.data import open_store
from parity.actions.missing import find
from parity.actions.mutex import mutex
from parity.actions.save import replaced
from parity.actions.session import Session
from parity.engine import observe
from parity.engine.client import connect
from parity.errors import ParityError, StateError, UsageError
from parity.model.progress import Progress
from parity.model.state import State
from parity.paths import ensure_state
from parity.state import marks, oci_names
from parity.state.heal import heal
from parity.state.layout import Reader, Writer, is_layout
from parity.state.names import check
from parity.state.oci import Registry
from parity.state.oci_auth import login_of
from parity.state.oci_names import Reference
from parity.state.receive import Origin, look, receive
from parity.state.send import Sent, send
from parity.state.uploads import KeptUploads

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class Shipped:
    """A state that is elsewhere now; `place` is the reference or the file."""

    state: State
    place: str
    sent: Sent


@dataclass(frozen=True)
class Taken:
    """A state that has come, and what about it does not fit the stack here."""

    state: State
    warnings: tuple[str, ...]


def push(session: Session, text: str, progress: Progress, *, name: str = "") -> Shipped:
    """Send a state to a registry; without a tag the state's name is the tag."""
    reference = oci_names.parse(text)
    if reference.digest:
        raise StateError(
            "a push needs a tag, not a digest", next_step=f"{reference.repository}:NAME"
        )
    state = _chosen(session, name, reference.tag)
    reference = replace(reference, tag=reference.tag or state.name)
    client = connect()
    store, _ = open_store(client, session, progress, state)
    with _registry(client, session, reference) as registry:
        sent = send(store, state, registry, progress, "push")
    return Shipped(state, str(reference), sent)


def pull(
    session: Session, text: str, progress: Progress, *, name: str = "", over: bool = False
) -> Taken:
    """Take a state in from a registry; `over` lets it replace one of its name."""
    reference = oci_names.parse(text)
    if not reference.at:
        raise StateError(f"which state of {reference}?", next_step=f"name it: {reference}:TAG")
    client = connect()
    with _registry(client, session, reference) as registry:
        return _take(client, session, registry, progress, "pull", name, over=over)


def export_state(
    session: Session, path: Path, progress: Progress, *, name: str = "", over: bool = False
) -> Shipped:
    """Write a state into a file, an OCI image layout; the file appears when it is whole. `over` lets it
    take the place of a file that is no state.
    """
    _check_target(path, over=over)
    state = _chosen(session, name, path.name.partition(".")[0])
    client = connect()
    store, _ = open_store(client, session, progress, state)
    writer = Writer(path)
    try:
        sent = send(store, state, writer, progress, "export")
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    return Shipped(state, str(path), sent)


def import_state(
    session: Session, path: Path, progress: Progress, *, name: str = "", over: bool = False
) -> Taken:
    """Take a state in from a file; `over` lets it replace one of its name."""
    reader = Reader(path)
    with contextlib.closing(reader):
        return _take(connect(), session, reader, progress, "import", name, over=over)


def _check_target(path: Path, *, over: bool) -> None:
    if not path.name or path.is_dir():
        raise UsageError(f"{path} is a folder", next_step=f"name a file: {path / 'NAME.tar'}")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is a device or a pipe", next_step="name a file")
    if path.exists() and not over and not is_layout(path):
        raise UsageError(
            f"{path} is there, and no exported state",
            next_step="name another file, or --replace puts the state in its place",
        )


@contextlib.contextmanager
def _registry(client: "DockerClient", session: Session, reference: Reference) -> Iterator[Registry]:
    ensure_state(session.paths.state)
    uploads = KeptUploads(session.paths.uploads)
    with contextlib.closing(
        Registry(reference, login_of(client, reference.registry), uploads)
    ) as registry:
        yield registry


def _chosen(session: Session, name: str, guess: str) -> State:
    """The state that is meant: the one named, else one of the destination's name, else the only one."""
    project = session.identity.project
    if name:
        return find(session, name)
    states = marks.of_project(project)
    named = [state for state in states if state.name == guess]
    if named:
        return named[-1]
    if len({state.name for state in states}) == 1:
        return states[-1]
    if not states:
        return find(session, guess or "NAME")  # says how one is made
    known = ", ".join(dict.fromkeys(state.name for state in states))
    raise StateError("which state?", next_step=f"name one after it: {known}")


def _take(
    client: "DockerClient",
    session: Session,
    origin: Origin,
    progress: Progress,
    verb: str,
    name: str,
    *,
    over: bool,
) -> Taken:
    found, what = look(origin)
    wanted = replace(found, name=name or found.name, project=session.identity.project)
    check(wanted.name)
    _free(session, wanted.name, over=over)
    store, backend = open_store(client, session, progress)
    heal(client, store, progress)
    wanted = replace(wanted, backend=backend.name, store=store.volume)

    before: list[State] = []

    def commit(made: State) -> None:
        with mutex(session, progress):
            before.extend(_free(session, made.name, over=over))
            marks.commit(store, made)

    made = receive(store, origin, (wanted, what), commit, progress, verb)
    # Only now: whatever goes wrong with the former ones, the new one is there.
    with mutex(session, progress):
        replaced(client, session, before, progress)
    return Taken(made, _misfits(session, made))


def _free(session: Session, name: str, *, over: bool) -> list[State]:
    """States of that name that may go; StateError where none may."""
    found = [s for s in marks.of_project(session.identity.project) if s.name == name]
    if found and not over:
        raise StateError(
            f"there is a state `{name}` already, of {found[-1].created}",
            next_step="--name gives the new one another name, --replace puts it in its place",
        )
    return found


def _misfits(session: Session, state: State) -> tuple[str, ...]:
    """Services whose image here is not the one that wrote the data; none where nothing is up."""
    try:
        containers = observe.of_stack(session.identity.name)
    except ParityError:
        return ()
    here = {c.service: c.image_id or c.image for c in containers if c.service}
    if not here:
        return ()
    users = {service for volume in state.volumes for service in volume.services}
    found = [
        f"{service} runs another image here ({here[service][:19]}) than the one that wrote its data ({image[:19]})"
        for service, image in sorted(state.images.items())
        if service in users and service in here and here[service] != image
    ]
    absent = sorted(users - set(here))
    if absent:
        found.append(f"this stack has no {', '.join(absent)}, whose data the state holds")
    return tuple(found)
