"""Find and remove what makers left that are gone: nothing that has an owner, nothing that is sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parity.engine import observe
from parity.engine.client import translated
from parity.model.progress import Progress, Step
from parity.stack import labels
from parity.state import leases, marks
from parity.state.store import Store

if TYPE_CHECKING:
    from docker import DockerClient

HELPERS = (labels.HELPER, "settle")
"""Roles of containers that live for one command, wherever that is."""


@dataclass(frozen=True)
class Garbage:
    """What is nobody's. `places` are directories of the store, `aside` counts those without a name,
    `helpers` are containers, id -> name.
    """

    places: tuple[str, ...] = ()
    aside: int = 0
    helpers: Mapping[str, str] | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing."""
        return not (self.places or self.aside or self.helpers)


def look(store: Store) -> Garbage:
    """What there is to remove. The order counts: a maker may finish while this looks.

    Its directories are listed first, then it is seen whether it lives, and only then which states
    and volumes there are: what a maker finished before it went is never taken for garbage.
    """
    found = store.run("garbage")
    left = [place for place, one in found["places"].items() if _abandoned(one)]
    kept = _kept() if left else frozenset()
    return Garbage(
        places=tuple(sorted(place for place in left if place not in kept)),
        aside=int(found["aside"]),
        helpers=_helpers(),
    )


def sweep(
    client: "DockerClient", store: Store, garbage: Garbage, *, patience: float = 0.0
) -> int | None:
    """Remove it; the bytes that came free, or None where others were at work for all of `patience`."""
    for container in garbage.helpers or ():
        _remove(client, container)
    if not (garbage.places or garbage.aside):
        return 0
    done = store.run("sweep", places=list(garbage.places), patience=patience)
    return None if done["busy"] else int(done["freed"])


def heal(client: "DockerClient", store: Store, progress: Progress) -> None:
    """What a command does before it makes something new. Others at work leave it for the next time."""
    garbage = look(store)
    if not (garbage.places or garbage.helpers):
        return  # what lies aside alone may be work in hand
    freed = sweep(client, store, garbage)
    if freed is not None:
        count = len(garbage.places) + len(garbage.helpers or ())
        progress(Step("store", f"removed what {count} unfinished works had left", "done"))


def _abandoned(one: Mapping[str, Any]) -> bool:
    age = float(one["age"])
    lease = leases.read(str(one["lease"]))
    return age > leases.DAY if lease is None else not leases.alive(lease, age)


def _kept() -> frozenset[str]:
    """Places that are a state or a volume."""
    return frozenset({*marks.sealed_places(), *marks.live().values()})


def _helpers() -> dict[str, str]:
    return {
        one.id: one.name
        for one in observe.containers(labels.LEASE)
        if one.role in HELPERS and leases.gone(one.labels, labels.LEASE)
    }


def _remove(client: "DockerClient", container: str) -> None:
    from docker.errors import APIError, NotFound

    api: Any = client.api
    with translated():
        try:
            api.remove_container(container, v=True, force=True)
        except NotFound:
            return
        except APIError as error:
            if "already in progress" not in str(error.explanation or error):
                raise
