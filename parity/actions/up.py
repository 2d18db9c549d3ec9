"""`parity up`: observe, decide, do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from parity.actions.create import (
    build_images,
    create_containers,
    fetch_images,
    remember,
    write_files,
)
from parity.actions.mutex import mutex
from parity.actions.request import Taken, UpRequest
from parity.actions.resolve import resolve_stack
from parity.actions.session import Session
from parity.actions.start import start_services
from parity.errors import EngineError
from parity.model.document import Document
from parity.model.progress import Progress, Step
from parity.model.stack import Action, Plan, Resolved
from parity.stack import order, plan

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
        decided = plan.make(resolution.resolved, resolution.containers, applied(session))
        return UpResult(resolution.resolved, decided, {})
    with mutex(session, progress) as lock:
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
    from parity.engine.execute import finish_replacements, half_replaced

    resolution = resolve_stack(session, progress, frozen=request.frozen, record=True)
    if half_replaced(resolution.containers):
        from parity.engine.client import connect

        finish_replacements(connect(), session.identity.name, resolution.containers, progress)
        resolution = resolve_stack(session, progress, frozen=request.frozen, record=True)
    resolved = resolution.resolved
    graph = order.dependencies(resolved.services, gateway_first=bool(session.project.egress.allow))
    decided = plan.make(resolved, resolution.containers, applied(session))
    if decided.empty and request.pull != "always":
        return UpResult(resolved, decided, {})
    for operation in decided.changes:
        progress(Step(operation.service, operation.explained()))

    from parity.engine.client import connect

    client = connect()
    write_files(session, resolution)
    fetch_images(client, session, resolution, request, progress)
    build_images(session, lock)
    if any(op.action not in (Action.LEAVE, Action.START) for op in decided.operations):
        create_containers(client, session, resolution, decided, progress, lock)
    remember(session, resolution)
    readiness = start_services(client, session, resolved, decided, graph, request, progress)
    return UpResult(resolved, decided, readiness)
