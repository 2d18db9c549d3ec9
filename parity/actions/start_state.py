"""Which start state a command begins from when none is named, or the one that is."""

from parity.actions.missing import find, look
from parity.actions.session import Session
from parity.actions.stand import stand
from parity.errors import StateError
from parity.model.progress import Progress
from parity.model.state import State
from parity.state import marks


def start_state(session: Session, name: str, progress: Progress, *, keep: bool = False) -> State:
    """The state `name`, else the project's default, else the one that the stack stands on.

    A declared one is built where it must be: what was made of other inputs, on another branch for
    example, is another state. Where a step of that fails, `keep` leaves the fork it ran in.
    """
    declared = session.project.states
    name = name or session.project.state.default
    if not name and len(declared) == 1:
        name = next(iter(declared))
    found = None if name else _stood_on(session, progress)
    name = found.name if found else name
    if name in declared:
        from parity.actions.build_state import ensure

        return ensure(session, name, progress, keep=keep)
    return found or find(session, name, progress)


def _stood_on(session: Session, progress: Progress) -> State:
    """The state that the stack's data began from, else the newest of the project."""
    on = stand(session).state
    states = marks.of_project(session.identity.project)
    known = {state.id for state in states}
    if (on or not states) and on not in known and look(session, progress):
        states = marks.of_project(session.identity.project)
    found = next((state for state in states if state.id == on), states[-1] if states else None)
    if found is not None:
        return found
    declared = ", ".join(session.project.states)
    if declared:
        raise StateError(
            "which start state?",
            next_step=f"name one that is declared: {declared}; `default` under [state] in parity.toml "
            "names the usual one",
        )
    raise StateError(
        f"{session.identity.project} has no start state",
        next_step="`parity save NAME` seals the running stack; [states.NAME] in parity.toml declares one",
    )
