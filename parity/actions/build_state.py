"""Declared states: built in a fork when they are needed, and again only when an input has changed."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from parity.actions.data import Data, data_of, open_store
from parity.actions.fork import end, record
from parity.actions.fork import fork as make
from parity.actions.missing import look
from parity.actions.resolve import resolve_stack
from parity.actions.save import definition, passing, replaced
from parity.actions.session import Session
from parity.actions.start_state import start_state
from parity.actions.state_key import files, key, lineage
from parity.actions.steps import take
from parity.actions.watcher import Ward, watcher
from parity.engine.client import connect
from parity.errors import ConfigError, StackError
from parity.model.progress import Progress, Step
from parity.model.project import DeclaredTable
from parity.model.state import Fork, State
from parity.paths import building, exclusive
from parity.stack import labels
from parity.state import leases, marks
from parity.state.blank import begun, blank
from parity.state.heal import heal
from parity.state.names import check
from parity.state.seal import Sealing, seal
from parity.state.volumes import DataVolume

if TYPE_CHECKING:
    from docker import DockerClient


def ensure(session: Session, name: str, progress: Progress, *, keep: bool = False) -> State:
    """The declared state of that name, built unless there is one of the same inputs.

    Another process that builds it at the same moment is waited for. A failed step leaves no state;
    its fork stays where `keep` says so.
    """
    check(name)
    table = session.project.states[name]
    # What is wrong is told before anything is built, be it what this one begins with.
    files(session, name)
    resolution = resolve_stack(session, progress)
    _refuse_unknown(session, name, resolution.environment.services)
    begin = start_state(session, table.begin, progress) if table.begin else None
    wanted = key(session, name, begin, resolution)
    found = _there(session, name, wanted)
    if found is not None:
        return found
    with _alone(session, name, progress):
        found = _there(session, name, wanted)
        if found is None and look(session, progress):
            found = _there(session, name, wanted)
        return found or _build(session, name, begin, wanted, progress, keep=keep)


def _there(session: Session, name: str, wanted: str) -> State | None:
    states = marks.of_project(session.identity.project)
    return next((one for one in states if (one.name, one.key) == (name, wanted)), None)


@contextmanager
def _alone(session: Session, name: str, progress: Progress) -> Iterator[None]:
    """One process builds a state at a time, in whatever worktree."""
    file = building(f"{session.identity.project}-{name}")
    with exclusive(file, wait=False) as lock:
        if lock is not None:
            yield
            return
    progress(Step(name, "another process builds it: waiting"))
    with exclusive(file):
        yield


def _build(
    session: Session,
    name: str,
    begin: State | None,
    wanted: str,
    progress: Progress,
    *,
    keep: bool,
) -> State:
    table = session.project.states[name]
    progress(Step(name, f"building it from {begin.name if begin else 'nothing'}"))
    client = connect()
    before = [s for s in marks.of_project(session.identity.project) if s.name == name]
    with _fork(client, session, table, begin, progress, keep=keep) as fork:
        for number, step in enumerate(table.steps, start=1):
            take(client, session, fork.stack, step, f"step {number} of {name}", progress)
        made = _seal(client, session, fork, begin, name, wanted, progress)
    mine = [one for one in before if lineage(one.key) in ("", lineage(wanted))]
    replaced(client, session, mine, progress)
    return made


def _refuse_unknown(session: Session, name: str, known: Collection[str]) -> None:
    """Services that no definition has."""
    table = session.project.states[name]
    asked = [(one, "services") for one in table.services]
    asked += [
        (step.service, f"steps.{number}.service")
        for number, step in enumerate(table.steps)
        if step.exec
    ]
    for service, place in asked:
        if service not in known:
            raise ConfigError(
                f"`states.{name}.{place}` names `{service}`, which is no service",
                where=str(session.paths.config),
                next_step=f"there are: {', '.join(sorted(known))}",
            )


@contextmanager
def _fork(
    client: "DockerClient",
    session: Session,
    table: DeclaredTable,
    begin: State | None,
    progress: Progress,
    *,
    keep: bool,
) -> Iterator[Fork]:
    """A fork while it is built, and no longer; where a step fails and `keep` says so it is the user's."""
    identity, name = session.identity, f"b{uuid.uuid4().hex[:5]}"
    ward = Ward(identity.worktree, identity.name, identity.project, forks=(name,))
    watcher().watch(ward)
    fork = Fork(name, f"{identity.name}-{name}", identity.name, "")
    kept = False
    try:
        fork = make(
            session,
            name=name,
            state=begin.id if begin else "",
            empty=begin is None,
            services=table.services,
            lease=leases.mine(),
            progress=progress,
        )[0]
        yield fork
    except StackError:
        kept = keep and bool(fork.created)
        if kept:
            record(session, replace(fork, lease=None))
            text = f"kept: `parity -p {fork.stack} exec SERVICE sh`; `parity down --fork {name}` ends it"
            progress(Step(name, text, "warning"))
        raise
    finally:
        if not kept:
            end(client, session, fork)
        watcher().forget(ward)


def _seal(
    client: "DockerClient",
    session: Session,
    fork: Fork,
    begin: State | None,
    name: str,
    wanted: str,
    progress: Progress,
) -> State:
    """Of the fork's containers; volumes of services that it does not have as they are before a start."""
    data, origin = data_of(fork.stack), data_of(session.identity.name)
    store, backend = open_store(client, session, progress)
    heal(client, store, progress)
    keys = {volume.key for volume in data.volumes}
    missing = [volume for volume in origin.volumes if volume.key not in keys]
    own = passing(session)
    with _absent(client, session, missing, origin, begin, own, progress) as others:
        return seal(
            client,
            store,
            backend,
            Sealing(
                name=name,
                project=session.identity.project,
                containers=[c for c in data.containers if c.role != labels.HOLDER],
                attrs=data.attrs,
                volumes=sorted((*data.volumes, *others), key=lambda volume: volume.key),
                live=marks.live(store.holds),
                definition=definition(session),
                parent=begin.id if begin else "",
                key=wanted,
                marks=own,
            ),
            progress,
        )


@contextmanager
def _absent(
    client: "DockerClient",
    session: Session,
    missing: Sequence[DataVolume],
    origin: Data,
    begin: State | None,
    own: Mapping[str, str],
    progress: Progress,
) -> Iterator[tuple[DataVolume, ...]]:
    if begin is None:
        with blank(client, missing, origin.attrs, own) as made:
            yield made
        return
    store, backend = open_store(client, session, progress, begin)
    with begun(client, store, backend, missing, begin, own) as made:
        yield made
