"""Find and remove what makers left that are gone: nothing that has an owner, nothing that is sealed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from parity.engine import observe
from parity.engine.address import Address
from parity.engine.client import translated
from parity.model.progress import Progress, Step
from parity.model.state import State
from parity.stack import labels
from parity.state import leases, marks
from parity.state.lost import found_again
from parity.state.store import Store

if TYPE_CHECKING:
    from docker import DockerClient

HELPERS = (labels.HELPER, "settle")
"""Roles of containers that live for one command, wherever that is."""


@dataclass(frozen=True)
class Garbage:
    """What is nobody's. `places` are directories of the store, `aside` counts those without a name,
    `helpers` are containers by id, `volumes` those that helpers had for a moment. `lost` are places of
    states without a marker: they are no garbage.
    """

    places: tuple[str, ...] = ()
    aside: int = 0
    helpers: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """All that has a name."""
        return (*self.places, *self.helpers.values(), *self.volumes)

    @property
    def empty(self) -> bool:
        """Whether there is nothing."""
        return not (self.named or self.aside)


def look(store: Store) -> Garbage:
    """What there is to remove. The order counts: a maker may finish while this looks.

    Its directories are listed first, then it is seen whether it lives, and only then which states
    and volumes there are: what a maker finished before it went is never taken for garbage. Nor is a
    sealed state that has lost its marker.
    """
    found = store.run("garbage")
    sealed = {place for place, one in found["places"].items() if one.get("sealed")}
    places = {place: one for place, one in found["places"].items() if place not in sealed}
    left = [place for place, one in places.items() if _abandoned(one)]
    kept = _kept() if left else frozenset()
    return Garbage(
        places=tuple(sorted(place for place in left if place not in kept)),
        aside=int(found["aside"]),
        helpers=helpers(),
        volumes=_volumes(),
        lost=tuple(sorted(sealed.difference(marks.sealed_places()))) if sealed else (),
    )


def sweep(
    client: "DockerClient", store: Store, garbage: Garbage, *, patience: float = 0.0
) -> int | None:
    """Remove it; the bytes that came free, or None where others were at work for all of `patience`."""
    api: Any = client.api
    dismiss(client, garbage.helpers)
    for volume in garbage.volumes:
        _remove(partial(api.remove_volume, volume))
    if not (garbage.places or garbage.aside):
        return 0
    done = store.run("sweep", places=list(garbage.places), patience=patience)
    return None if done["busy"] else int(done["freed"])


def helpers(address: Address | None = None) -> dict[str, str]:
    """The containers, by id, that worked for a command that is gone."""
    return {
        one.id: one.name
        for one in observe.containers(labels.LEASE, address)
        if one.role in HELPERS and leases.gone(one.labels, labels.LEASE)
    }


def dismiss(client: "DockerClient", containers: Iterable[str]) -> None:
    """Remove these."""
    api: Any = client.api
    for container in containers:
        _remove(partial(api.remove_container, container, v=True, force=True))


def heal(client: "DockerClient", store: Store, progress: Progress) -> None:
    """What a command does before it makes something new. Others at work leave it for the next time."""
    garbage = look(store)
    if garbage.lost:
        tell(found_again(store), progress)
    if not garbage.named:
        return  # what lies aside alone may be work in hand
    if sweep(client, store, garbage) is not None:
        text = f"removed what commands that were killed had left: {', '.join(garbage.named)}"
        progress(Step("store", text, "done"))


def tell(found: Sequence[State], progress: Progress) -> None:
    """Say which states exist again."""
    for state in found:
        text = f"its marker was lost; it is a state of {state.project} again"
        progress(Step(state.name, text, "warning"))


def _abandoned(one: Mapping[str, Any]) -> bool:
    age = float(one["age"])
    lease = leases.read(str(one["lease"]))
    return age > leases.DAY if lease is None else not leases.alive(lease, age)


def _kept() -> frozenset[str]:
    """Places that are a state or a volume."""
    return frozenset({*marks.sealed_places(), *marks.live().values()})


def _volumes() -> tuple[str, ...]:
    found = (volume for volume in marks.leased() if _role(volume) in HELPERS)
    return tuple(
        sorted(
            str(volume["Name"])
            for volume in found
            if leases.gone(volume.get("Labels") or {}, labels.LEASE)
        )
    )


def _role(volume: Mapping[str, Any]) -> str:
    return str((volume.get("Labels") or {}).get(labels.ROLE, ""))


def _remove(act: Callable[[], Any]) -> None:
    """Gone is gone, whoever did it; what another one holds is left for the next time."""
    from docker.errors import APIError, NotFound

    with translated():
        try:
            act()
        except NotFound:
            return
        except APIError as error:
            text = str(error.explanation or error)
            if "already in progress" not in text and "in use" not in text:
                raise
