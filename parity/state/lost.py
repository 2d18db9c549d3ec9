"""Make markers again that somebody removed: `docker volume prune` does on engines before 23."""

from parity.model.state import State
from parity.state import marks
from parity.state.agent import POOL
from parity.state.store import PLAIN, Store


def found_again(store: Store) -> tuple[State, ...]:
    """States that are whole in a store and had lost their marker; they exist again.

    One that is dropped meanwhile stays dropped: its manifest goes before its marker does, and is
    looked for once more after the marker was made here.
    """
    kept = store.run("manifest", do="all")["manifests"]
    there = marks.ids() if kept else frozenset()
    lost = [found for state, text in kept.items() if state not in there and (found := _read(text))]
    if not lost:
        return ()
    for state in lost:
        marks.mark(store.client, state)
    still = store.run("manifest", do="all")["manifests"]
    for state in lost:
        if state.id not in still:
            marks.unmark(store.client, state.id)
    return tuple(state for state in lost if state.id in still)


def stores() -> list[str]:
    """Volumes of the engine that hold a tree; what a pool lies in is none."""
    names = {str(volume["Name"]) for volume in marks.stores()}
    return [name for name in (PLAIN, POOL) if name in names]


def _read(text: str) -> State | None:
    """None for that of another version."""
    try:
        return State.from_json(text)
    except ValueError:
        return None
