"""Take a sealed state away: first it does not exist any more, then its data goes."""

from parity.errors import StateError
from parity.model.state import State
from parity.state import marks
from parity.state.store import Store

_PATIENCE = 60.0


def discard(store: Store, state: State) -> int | None:
    """Remove a state; the bytes that came free, or None where its data is left for `parity gc`.

    Who makes a volume from it looks for the marker afterwards, and this looks for volumes after the
    marker is gone: one of the two sees the other.
    """
    marks.withdraw(store, state.id)
    if used := marks.readers(state.id):
        marks.commit(store, state)
        raise StateError(
            f"the state `{state.name}` is in use: {', '.join(used)} read its files",
            next_step="`parity reset` those stacks to another state, or end the forks, first",
        )
    done = store.run("sweep", places=[marks.place(state.id)], patience=_PATIENCE)
    return None if done["busy"] else int(done["freed"])
