"""`parity reset`: bring the stack's data back to a start state."""

from dataclasses import dataclass

from parity.actions.data import data_of, open_store, remember, stand
from parity.actions.mutex import mutex
from parity.actions.session import Session
from parity.engine.client import connect
from parity.errors import StateError
from parity.model.progress import Progress
from parity.model.state import State
from parity.stack import labels
from parity.state import marks
from parity.state.replace import Replacing, replace


@dataclass(frozen=True)
class ResetResult:
    """What the stack stands on now, and the services that were made again for it."""

    state: State
    services: tuple[str, ...]


def reset(session: Session, name: str, progress: Progress) -> ResetResult:
    """Bring the stack to the state `name`, or back to the one it began from."""
    stack, project = session.identity.name, session.identity.project
    with mutex(session, progress):
        state = marks.find(project, name or _latest(session))
        data = data_of(stack)
        if not data.containers:
            raise StateError(f"{stack} does not run", next_step="`parity up` first")
        client = connect()
        store, backend = open_store(client, session, progress)
        # Until this says otherwise the data may be half there, and the next command finishes it.
        remember(session, state.id, pending=True)
        what = Replacing(
            stack=stack,
            attrs=data.attrs,
            volumes=data.volumes,
            marks=labels.of(session.identity),
            live=data.live,
            empty=state.empty,
        )
        services = replace(client, store, backend, what, state, progress)
        remember(session, state.id)
    return ResetResult(state, services)


def _latest(session: Session) -> str:
    """The state the stack stands on; where it stands on none, the newest."""
    states = marks.of_project(session.identity.project)
    on = stand(session).state
    if any(state.id == on for state in states):
        return on
    if states:
        return states[-1].id
    raise StateError(
        f"{session.identity.project} has no start state",
        next_step="`parity save NAME` seals the running stack",
    )
