"""`parity up`: observe, decide, do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parity.actions.create import (
    build_images,
    create_containers,
    fetch_images,
    remember,
    write_files,
)
from parity.actions.mounted import mounted
from parity.actions.mutex import mutex
from parity.actions.request import Taken, UpRequest
from parity.actions.resolve import Resolution, resolve_stack
from parity.actions.session import Session
from parity.actions.stand import stand
from parity.actions.start import start_services, unready
from parity.engine import observe
from parity.errors import EngineError, StateError
from parity.model.document import Document
from parity.model.progress import Progress, Step
from parity.model.stack import Action, Container, Plan, Resolved
from parity.stack import labels, order, plan

if TYPE_CHECKING:
    from docker import DockerClient

_ATTEMPTS = 3


@dataclass(frozen=True)
class UpResult:
    """What was decided (and done, unless it was a dry run)."""

    resolved: Resolved
    plan: Plan
    readiness: Mapping[str, str]


def up(session: Session, request: UpRequest, progress: Progress) -> UpResult:
    """Bring the stack to what production's definition says, touching only what differs."""
    if request.dry_run:
        resolution = resolve_stack(session, progress, frozen=request.frozen)
        _refuse_fork(resolution.containers)
        decided = plan.make(resolution.resolved, resolution.containers, applied(session))
        return UpResult(resolution.resolved, decided, {})
    with mutex(session, progress) as lock:
        if stand(session).pending:
            progress(Step("reset", "was not finished: done now", "warning"))
        return bring_up(session, request, progress, lock)


def bring_up(
    session: Session, request: UpRequest, progress: Progress, lock: int | None
) -> UpResult:
    """`up` for who holds the stack's mutex already."""
    for _ in range(_ATTEMPTS):
        try:
            return _attempt(session, request, progress, lock)
        except Taken as taken:
            progress(Step("gateway", f"{taken}; choosing anew", "warning"))
    raise EngineError(
        "host ports or subnets are taken again and again",
        next_step="`parity doctor` shows who has them; other stacks: `parity down` there",
    )


def applied(session: Session) -> dict[str, Document]:
    """The definitions that the present containers were made from, as far as they are known."""
    try:
        kept = json.loads(session.files.applied.read_text())["services"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {name: service for name, service in kept if isinstance(service, dict)}


def _attempt(
    session: Session, request: UpRequest, progress: Progress, lock: int | None
) -> UpResult:
    resolution = _observed(session, request, progress)
    resolved = resolution.resolved
    before = applied(session)
    built = _built(session, resolution, progress, lock)
    decided = plan.make(resolved, resolution.containers, before, built)
    waiting = unready(session, resolution.containers) if request.wait else frozenset()
    unfinished = stand(session).pending
    if decided.empty and not waiting and not unfinished and request.pull != "always":
        return UpResult(resolved, decided, {})
    for operation in decided.changes:
        progress(Step(operation.service, operation.explained()))
    mounted(session, progress)

    from parity.engine.client import connect

    client = connect()
    touched = frozenset(decided.services(Action.CREATE, Action.RECREATE, Action.START))
    if not decided.empty or request.pull == "always":
        write_files(session, resolution)
        fetch_images(client, session, resolution, request, progress)
    if any(op.action not in (Action.LEAVE, Action.START) for op in decided.operations):
        # Compose starts what depends on what it makes anew, and cannot where a killed save left it paused.
        _go_on(client, resolution)
        create_containers(client, session, resolution, decided, progress, lock)
        # Compose stops and makes anew more than the plan says: whoever depends on a restart, or
        # shares a namespace or volumes with what was made anew. They are started again, too.
        touched |= _idle(resolved, before, built)
    if unfinished:
        # Before anything starts: its data may be half the old one's.
        from parity.actions.restore import finish

        jobs = order.awaited(resolved.services)
        finish(client, session, jobs, progress)
        touched = (touched - jobs) | _idle(resolved, before, built)
    remember(session, resolution)
    readiness = start_services(client, session, resolution, touched, waiting, request, progress)
    return UpResult(resolved, decided, readiness)


def _go_on(client: "DockerClient", resolution: Resolution) -> None:
    from parity.actions.restore import go_on

    go_on(client, resolution.containers)


def _idle(
    resolved: Resolved, before: Mapping[str, Document], built: Mapping[str, str]
) -> frozenset[str]:
    """Services that are to be started as things are now."""
    now = observe.of_stack(resolved.identity.name)
    return frozenset(plan.make(resolved, now, before, built).services(Action.START))


def _observed(session: Session, request: UpRequest, progress: Progress) -> Resolution:
    from parity.engine.execute import finish_replacements, half_replaced

    resolution = resolve_stack(session, progress, frozen=request.frozen, record=True)
    _refuse_fork(resolution.containers)
    if not half_replaced(resolution.containers):
        return resolution
    from parity.engine.client import connect

    finish_replacements(connect(), session.identity.name, resolution.containers, progress)
    return resolve_stack(session, progress, frozen=request.frozen, record=True)


def _refuse_fork(containers: Sequence[Container]) -> None:
    """A fork is made like its stack, not from a definition: it would become another thing."""
    for container in containers:
        if name := container.labels.get(labels.FORK):
            raise StateError(
                f"this is the fork `{name}` of {container.labels.get(labels.ORIGIN)}, no stack of its own",
                next_step=f"leave `-p` out for the stack; `parity down --fork {name}` ends the fork",
            )


def _built(
    session: Session, resolution: Resolution, progress: Progress, lock: int | None
) -> dict[str, str]:
    """Build what parity.toml allows to be built here; service -> image id. The cache makes it quick."""
    if not session.project.local.build:
        return {}
    from parity.engine.client import connect, translated

    write_files(session, resolution)
    progress(Step("build", ", ".join(session.project.local.build)))
    build_images(session, lock)
    client = connect()
    services = resolution.resolved.services
    with translated():
        return {
            name: str(client.images.get(str(services[name]["image"])).id)
            for name in session.project.local.build
        }
