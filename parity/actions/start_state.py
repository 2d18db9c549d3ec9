"""Which start state a command begins from when none is named, or the one that is."""

from parity.actions.missing import find, look
from parity.actions.session import Session
from parity.actions.stand import stand
from parity.errors import StateError
from parity.model.progress import Progress
from parity.model.state import State
from parity.state import marks


def start_state(session: Session, name: str, progress: Progress, *, keep: bool = False) -> State:
    """The state `name`, else the project's default; a declared one is built where it must be.

    Where a step of that fails, `keep` leaves the fork it ran in.
    """
    name = name or session.project.state.default
    if not name and len(session.project.states) == 1:
        name = next(iter(session.project.states))
    if name in session.project.states:
        from parity.actions.build_state import ensure

        return ensure(session, name, progress, keep=keep)
    if name:
        return find(session, name, progress)
    on = stand(session).state
    states = marks.of_project(session.identity.project)
    known = {state.id for state in states}
    if (on or not states) and on not in known and look(session, progress):
        states = marks.of_project(session.identity.project)
    found = next((state for state in states if state.id == on), states[-1] if states else None)
    if found is None:
        raise StateError(
            f"{session.identity.project} has no start state",
            next_step="`parity save NAME` seals the running stack; [states.NAME] in parity.toml declares one",
        )
    return found
