"""`parity drop`: take start states away that nobody needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from parity.actions.data import open_store
from parity.actions.missing import named
from parity.actions.session import Session
from parity.actions.usage import User, users
from parity.engine.client import connect
from parity.errors import StateError
from parity.model.progress import Progress, Step
from parity.model.state import State
from parity.state.discard import discard


@dataclass(frozen=True)
class DropResult:
    """What is gone, and how many bytes that freed."""

    states: tuple[State, ...]
    freed: int


def drop(
    session: Session, names: Sequence[str], progress: Progress, *, force: bool = False
) -> DropResult:
    """Take states away: all of them, or none where one is refused.

    One that a stack or fork began from is refused, since that could not be reset any more; `force`
    takes it all the same. One whose files a volume reads is refused in any case.
    """
    wanted = {state.id: state for name in names for state in named(session, name, progress)}
    used = users(session)
    for state in wanted.values():
        _refuse(state, used.get(state.id, ()), force=force)
    client, freed = connect(), 0
    for state in wanted.values():
        store, _ = open_store(client, session, progress, state)
        got = discard(store, state)
        if got is None:
            text = "gone; others are at work, its data goes with the next `parity gc`"
            progress(Step(state.name, text, "warning"))
        freed += got or 0
    return DropResult(tuple(wanted.values()), freed)


def _refuse(state: State, used: Sequence[User], *, force: bool) -> None:
    reading = [user for user in used if user.reading]
    if reading:
        raise StateError(
            f"the state `{state.name}` ({state.id}) is in use: {_listed(reading)} read its files",
            next_step=f"end them, or reset them to another state, first: {_remedy(reading)}",
        )
    if used and not force:
        raise StateError(
            f"the state `{state.name}` ({state.id}) is in use by {_listed(used)}",
            next_step=f"{_remedy(used)}; or `parity drop --force {state.name}`: they go on, and "
            "cannot be reset to it any more",
        )


def _listed(used: Sequence[User]) -> str:
    return ", ".join(map(str, used))


def _remedy(used: Sequence[User]) -> str:
    forks = [user.fork for user in used if user.fork]
    if forks:
        return f"`parity down --fork {forks[0]}`"
    return "`parity reset OTHER`, or `parity down --volumes`"
