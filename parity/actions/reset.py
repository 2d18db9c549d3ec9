"""`parity reset`: bring the stack's data back to a start state."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from parity.actions.mutex import mutex
from parity.actions.request import UpRequest
from parity.actions.restore import go_on, restore
from parity.actions.save import replaced
from parity.actions.session import Session
from parity.actions.stand import remember, stand
from parity.actions.start import all_ready
from parity.actions.start_state import start_state
from parity.actions.state_key import lineage
from parity.actions.up import applied, bring_up
from parity.engine import observe
from parity.engine.client import connect
from parity.model.progress import Progress, silent
from parity.model.stack import Container
from parity.model.state import State
from parity.stack import order
from parity.stack.plan import is_done, replicas
from parity.state import marks


@dataclass(frozen=True)
class ResetResult:
    """What the stack stands on now, and the services that were made again for it."""

    state: State
    services: tuple[str, ...]


def reset(session: Session, name: str, progress: Progress, *, keep: bool = False) -> ResetResult:
    """Bring the stack to the state `name`, or back to the one it began from.

    Where containers are missing or down, or an earlier reset was not finished, the stack is brought
    up with the state's data: it is in place before anything starts. Where a declared state has to be
    built first and a step of that fails, `keep` leaves its fork.
    """
    # First, since a declared one may have to be built: that takes its time, and the mutex.
    state = start_state(session, name, progress, keep=keep)
    with mutex(session, progress) as lock:
        services = _brought(session, state, progress, lock)
        former = _former(session, state)
        if former:
            replaced(connect(), session, former, silent)
    return ResetResult(state, services)


def _brought(
    session: Session, state: State, progress: Progress, lock: int | None
) -> tuple[str, ...]:
    """The services that were made again."""
    containers = observe.of_stack(session.identity.name)
    if _whole(session, containers) and not stand(session).pending:
        client = connect()
        go_on(client, containers)
        services = restore(client, session, state, progress)
        all_ready(session)
        return services
    remember(session, state.id, pending=True)
    bring_up(session, UpRequest(), progress, lock)
    before = {container.id for container in containers}
    now = observe.of_stack(session.identity.name)
    return tuple(sorted({one.service for one in now if one.id not in before}))


def _former(session: Session, state: State) -> list[State]:
    """Those whose place it has taken, which stayed only while they were in use."""
    return [
        one
        for one in marks.of_project(session.identity.project)
        if (one.name, lineage(one.key)) == (state.name, lineage(state.key))
        and one.id != state.id
        and one.created < state.created
        and not marks.users(one.id)
    ]


def _whole(session: Session, containers: Sequence[Container]) -> bool:
    """Whether all containers that were made are there and run, or have done what they had to do."""
    services = applied(session)
    if not services:
        return False
    jobs = order.jobs(services)
    found = Counter(container.service for container in containers)
    return all(found[name] == replicas(body) for name, body in services.items()) and all(
        one.state in ("running", "paused")
        or (
            one.service in jobs and ((one.exit_code == 0 and one.state == "exited") or is_done(one))
        )
        for one in containers
        if one.service in services
    )
