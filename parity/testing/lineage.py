"""The proof that a test began from its start state.

Of each volume of its fork: it was made from the state's sealed directory, and nobody has had it
before, or its service told the reset that nobody wrote to it. And of each sealed directory: it is what it was when it was sealed.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from parity.actions.data import open_store
from parity.actions.session import Session
from parity.engine import observe
from parity.model.progress import silent
from parity.model.state import Fork, State
from parity.stack import labels
from parity.state import marks

if TYPE_CHECKING:
    from docker import DockerClient

_KEY = "com.docker.compose.volume"


class Lineage:
    """Remembers the directories that tests of this process have had."""

    def __init__(self) -> None:
        self._had: set[str] = set()

    def doubts(self, fork: Fork, state: State, *, whole: bool) -> tuple[str, ...]:
        """What speaks against `fork` standing fresh on `state`; empty where it is proved.

        A `whole` fork has all volumes of the state.
        """
        found = []
        left = {v.key for v in state.volumes if set(v.services) <= set(fork.left)}
        volumes = _volumes(fork.stack)
        if whole and len(volumes) < len(state.volumes):
            found.append(f"{fork.name} has {len(volumes)} of {len(state.volumes)} volumes")
        for volume in volumes:
            name, told = str(volume["Name"]), volume.get("Labels") or {}
            place = told.get(labels.LIVE, "")
            if told.get(labels.FROM) != state.id:
                found.append(f"{name} was not made from {state.name}")
            elif place in self._had and told.get(_KEY) not in left:
                found.append(f"{name} was in the hands of an earlier test")
            self._had.add(place)
        return tuple(found)


def _volumes(stack: str) -> list[dict[str, Any]]:
    """The volumes of a fork that are data: those of no state are scratch space."""
    filters = quote(f'{{"label": ["{labels.STACK}={stack}"]}}')
    found = observe.get(f"/volumes?filters={filters}").get("Volumes") or []
    return [volume for volume in found if labels.LIVE in (volume.get("Labels") or {})]


def broken_seals(client: "DockerClient", session: Session, state: State) -> tuple[str, ...]:
    """Volumes of a state whose sealed files are not what they were: names, sizes or times differ."""
    store, _ = open_store(client, session, silent)
    places = [marks.place(state.id, number) for number, _ in enumerate(state.volumes)]
    if not places:
        return ()
    now = store.run("quick", paths=places)
    return tuple(
        volume.key
        for volume, place in zip(state.volumes, places, strict=True)
        if now.get(place) != volume.quick
    )
