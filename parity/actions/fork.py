"""`parity fork`: isolated copies of the whole stack, each begun from a start state."""

import json
import os
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from parity.actions import missing
from parity.actions.abandoned import abandoned
from parity.actions.data import Data, data_of, open_store
from parity.actions.mutex import mutex
from parity.actions.request import UpRequest
from parity.actions.session import Session
from parity.actions.stand import keep_marks, known_marks, stand
from parity.actions.start_state import start_state
from parity.actions.up import applied, bring_up
from parity.engine import observe
from parity.engine.client import connect
from parity.engine.execute import in_parallel
from parity.engine.readiness import command
from parity.errors import ParityError, StateError
from parity.model.progress import Progress, Step, silent
from parity.model.stack import GATEWAY
from parity.model.state import Fork, Lease, State
from parity.paths import ensure_state, write
from parity.stack import labels, order
from parity.stack.plan import replicas
from parity.state import blueprint, forks, inspected, leases, marks
from parity.state.backends.contract import Backend
from parity.state.blueprint import Blueprint
from parity.state.names import check
from parity.state.replace import Replacing
from parity.state.replace import replace as put
from parity.state.store import Store

if TYPE_CHECKING:
    from docker import DockerClient

_AGAIN = 0.2
"""Seconds between two looks for what is still made of forks that nobody wants any more."""


def fork(
    session: Session,
    *,
    name: str = "",
    state: str = "",
    count: int = 1,
    empty: bool = False,
    services: Collection[str] = (),
    lease: Lease | None = None,
    progress: Progress,
) -> tuple[Fork, ...]:
    """Make `count` forks of the stack from a state; `empty` ones begin with nothing.

    The stack itself is not touched; where it is not there yet it is brought up first, since forks
    are made like its containers. With a lease they end when its owner does, else by `release`.
    """
    if name:
        _take_over(session, name, progress)
    names = _names(session, name, count)
    client = connect()
    from_state = None if empty else start_state(session, state, progress)
    store, backend = open_store(client, session, progress, from_state)
    plan = _blueprint(session, progress)

    def one(name: str) -> Fork:
        return _make(
            client, session, store, backend, plan, name, from_state, services, lease, progress
        )

    return tuple(_abreast(client, session, one, names, progress))


def _abreast(
    client: "DockerClient",
    session: Session,
    make: Callable[[str], Fork],
    names: Sequence[str],
    progress: Progress,
) -> list[Fork]:
    """Some at a time: while one waits for a service to boot, the machine works for the next.

    Where one fails no more are begun, and those that are there stay. An interrupt ends them all:
    nobody was told of them.
    """
    if len(names) == 1:
        return [make(names[0])]
    pool = ThreadPoolExecutor(max_workers=min(_width(), len(names)))
    making = [pool.submit(make, name) for name in names]
    try:
        wait(making, return_when=FIRST_EXCEPTION)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        progress(
            Step(session.identity.name, "interrupted: the forks that were begun are taken away")
        )

        def away(name: str) -> None:
            with suppress(ParityError):
                end(client, session, Fork(name, f"{session.identity.name}-{name}", "", ""))

        # Whoever is at work on one finds its containers gone, and gives up; then nothing is made any more.
        in_parallel(away, names)
        while not all(one.done() for one in making):
            time.sleep(_AGAIN)
            in_parallel(away, names)
        pool.shutdown()
        in_parallel(away, [one.name for one in forks_of(session) if one.name in names])
        raise
    pool.shutdown(cancel_futures=True)
    failed = (one for one in making if not one.cancelled() and one.exception() is not None)
    return [one.result() for one in [*failed, *making]]


def _width() -> int:
    """Forks to make or take away at a time: measured, more gain nothing."""
    return min(8, 2 * (os.cpu_count() or 1))


def forks_of(session: Session) -> tuple[Fork, ...]:
    """The forks of this stack, by name.

    One that is being made, or was left half made or half removed, is not `created` and has no ports;
    its lease is that of its maker.
    """
    found = observe.containers(f"{labels.ORIGIN}={session.identity.name}")
    makers = {c.labels.get(labels.FORK, ""): c.labels.get(labels.LEASE, "") for c in found}
    gateways = {c.labels.get(labels.FORK, ""): c for c in found if c.role == "gateway"}
    names = sorted({c.labels.get(labels.FORK, "") for c in found})
    made = in_parallel(lambda name: _recorded(session, name), names)
    paused = {c.labels.get(labels.FORK, "") for c in found if c.state == "paused"}
    return tuple(
        replace(
            one,
            paused=one.name in paused,
            ports=one.ports if one.name in gateways else {},
            lease=one.lease if one.created else leases.read(makers[one.name]),
        )
        for one in made
    )


def find(session: Session, name: str) -> Fork:
    """The fork of that name; StateError names those there are."""
    found = forks_of(session)
    for one in found:
        if name in (one.name, one.stack):
            return one
    known = ", ".join(one.name for one in found)
    raise StateError(
        f"{session.identity.name} has no fork `{name}`",
        next_step=f"there are: {known}" if known else "`parity fork` makes one",
    )


def reset_fork(session: Session, fork: Fork, *, state: str = "", progress: Progress) -> Fork:
    """Bring a fork back to a state: the one it began from, or another."""
    client = connect()
    wanted = missing.find(session, state or fork.state, progress)
    store, backend = open_store(client, session, progress, wanted)
    data = data_of(fork.stack)
    if not data.containers:
        raise StateError(f"the fork {fork.name} is gone", next_step="`parity fork` makes one")
    what = replacing(session, fork, data, wanted)
    done = put(client, store, backend, what, wanted, progress)
    keep_marks(session.paths.stack(fork.stack), done.marks)
    made = replace(fork, state=wanted.id, left=done.left)
    record(session, made)
    return made


def replacing(session: Session, fork: Fork, data: Data, state: State) -> Replacing:
    """What a reset of a fork works on. Its services' checks are those of the stack it was made like."""
    origin = observe.of_stack(fork.origin)
    attrs = in_parallel(lambda c: dict(observe.get(f"/containers/{c.id}/json")), origin)
    services = applied(session)
    jobs = order.jobs(services) | order.awaited(services)
    return Replacing(
        stack=fork.stack,
        attrs=data.attrs,
        volumes=data.volumes,
        marks=_marks(session, fork),
        live=data.live,
        empty=state.empty,
        known=known_marks(session.paths.stack(fork.stack)),
        checks={inspected.service(one): command(one) or () for one in attrs},
        dead=_dead(data) - jobs,
        partial=True,
    )


def _dead(data: Data) -> set[str]:
    """Services that do not run. A gateway or holder that does not is no service: the fork is lost."""
    ended = {inspected.service(one) for one in data.attrs if not one["State"]["Running"]}
    return ended - {"", GATEWAY}


def release(session: Session, names: Sequence[str], progress: Progress) -> tuple[str, ...]:
    """Take forks away, with their data. Names that are not there any more are passed over.

    All or none: StateError where another process is making one of them.
    """
    client = connect()
    there = {one.name: one for one in forks_of(session)}
    gone = [there[name] for name in names if name in there]
    for one in gone:
        _refuse_unfinished(one)

    def remove(one: Fork) -> None:
        end(client, session, one)
        progress(Step(one.name, "removed", "done"))

    in_parallel(remove, gone, workers=_width())
    return tuple(one.name for one in gone)


def end(client: "DockerClient", session: Session, fork: Fork) -> None:
    """Take one fork away; its directories in the store go with it, or with the next `parity gc`."""
    states = marks.of_project(session.identity.project)
    began = next((state for state in states if state.id == fork.state), None)
    store, _ = open_store(client, session, silent, began)
    # From now on it is not whole, however far this comes.
    session.paths.stack(fork.stack).fork.unlink(missing_ok=True)
    forks.remove(client, store, fork.stack)
    folder = session.paths.stack(fork.stack).folder
    if folder.is_dir():
        import shutil

        shutil.rmtree(folder, ignore_errors=True)


def _refuse_unfinished(one: Fork) -> None:
    maker, here = one.lease, leases.mine()
    # Of another machine's process nothing is known: whoever ends its fork knows better.
    if one.created or maker is None or maker == here or maker.host != here.host:
        return
    if not leases.alive(maker):
        return
    raise StateError(
        f"process {maker.pid} on {leases.machine(maker)} is making the fork {one.name}, or ending it",
        next_step=f"wait for it, or end that process and then `parity down --fork {one.name}`",
    )


def record(session: Session, fork: Fork) -> None:
    """Keep what the engine does not know of a fork: that it is whole, and who needs it."""
    files = session.paths.stack(fork.stack)
    ensure_state(files.folder)
    ports = [[service, port, host] for (service, port), host in fork.ports.items()]
    write(files.fork, json.dumps({**asdict(replace(fork, ports={})), "ports": ports}) + "\n")


def _recorded(session: Session, name: str) -> Fork:
    """What is kept of a fork; one that never was whole, or whose file is gone, is bare."""
    stack = f"{session.identity.name}-{name}"
    try:
        kept: dict[str, Any] = json.loads(session.paths.stack(stack).fork.read_text())
        kept["ports"] = {(str(s), int(port)): int(host) for s, port, host in kept["ports"]}
        kept["lease"] = Lease(**kept["lease"]) if kept["lease"] else None
        kept["left"] = tuple(kept.get("left", ()))
        return Fork(**kept)
    except (OSError, ValueError, KeyError, TypeError):
        return Fork(name, stack, session.identity.name, "")


def _take_over(session: Session, name: str, progress: Progress) -> None:
    """What killed commands have left of forks of that name makes room for the new ones."""
    stack = session.identity.name
    left = [
        one
        for one in abandoned()
        if one.name.startswith(name) and one.stack == f"{stack}-{one.name}"
    ]
    if not left:
        return
    client = connect()
    for one in left:
        end(client, session, Fork(one.name, one.stack, stack, ""))
        progress(Step(one.name, f"what there was of it {one.why}: removed", "warning"))


def _names(session: Session, name: str, count: int) -> list[str]:
    """New names; StateError where one is there already."""
    if count < 1:
        raise StateError("`--count` is 1 or more", next_step="`parity fork --count 3`")
    if name:
        check(name, "fork")
    taken = {one.name for one in forks_of(session)}
    base = name or f"f{uuid.uuid4().hex[:4]}"
    wanted = [base] if count == 1 else [f"{base}-{n}" for n in range(1, count + 1)]
    for one in wanted:
        if one in taken:
            raise StateError(
                f"there is a fork `{one}` already",
                next_step=f"another name, or `parity down --fork {one}`",
            )
    return wanted


def _blueprint(session: Session, progress: Progress) -> Blueprint:
    """How the stack's containers are, all of them: nobody else changes them while this looks."""
    stack = session.identity.name
    with mutex(session, progress) as lock:
        data = data_of(stack)
        if stand(session).pending or not _all_there(session, data):
            progress(
                Step(stack, "is not there as a whole: brought up first, forks are made like it")
            )
            bring_up(session, UpRequest(), progress, lock)
            data = data_of(stack)
        return _looked(session, data)


def _all_there(session: Session, data: Data) -> bool:
    """Whether no container is missing; whether they run does not matter."""
    services = applied(session)
    found = Counter(container.service for container in data.containers)
    return GATEWAY in found and all(
        found[name] >= replicas(body) for name, body in services.items()
    )


def _looked(session: Session, data: Data) -> Blueprint:
    stack = session.identity.name
    names = [n.name for n in observe.networks() if n.stack == stack]
    found = in_parallel(lambda name: dict(observe.get(f"/networks/{name}")), names)
    return Blueprint(
        stack=stack,
        attrs=data.attrs,
        services=applied(session),
        networks={str(one["Name"]): one for one in found},
        volumes=data.volumes,
    )


def _make(
    client: "DockerClient",
    session: Session,
    store: Store,
    backend: Backend,
    plan: Blueprint,
    name: str,
    state: State | None,
    services: Collection[str],
    lease: Lease | None,
    progress: Progress,
) -> Fork:
    made = Fork(
        name=name,
        stack=f"{session.identity.name}-{name}",
        origin=session.identity.name,
        state=state.id if state else "",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        lease=lease,
    )
    graph = plan.graph()
    unknown = [one for one in services if one not in graph]
    if unknown:
        raise StateError(
            f"the stack has no service {', '.join(unknown)}",
            next_step=f"there are: {', '.join(sorted(graph))}",
        )
    what = forks.Copying(
        plan=plan,
        stack=made.stack,
        marks=_marks(session, made),
        state=state,
        services=blueprint.with_what_they_need([*services, GATEWAY], graph) if services else graph,
        subnets=session.project.local.subnets,
        image=store.image,
    )
    progress(Step(name, f"from {state.name if state else 'nothing'}"))
    try:
        ports = forks.make(client, store, backend, what, progress)
    except BaseException:
        # What cannot be removed now has its maker's lease, and goes with the next that looks.
        with suppress(ParityError):
            end(client, session, made)
        raise
    whole = replace(made, ports=ports)
    record(session, whole)
    return whole


def _marks(session: Session, fork: Fork) -> Mapping[str, str]:
    maker = fork.lease or leases.mine()
    return {
        **labels.of(session.identity),
        labels.STACK: fork.stack,
        labels.FORK: fork.name,
        labels.ORIGIN: fork.origin,
        labels.LEASE: maker.to_json(),
    }
