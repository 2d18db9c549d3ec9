"""Writable directories of the store in the place of a stack's volumes."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from parity.engine.client import translated
from parity.errors import ParityError, StateError
from parity.model.state import State
from parity.stack import labels
from parity.state import marks
from parity.state.agent import POOL
from parity.state.backends.contract import Backend
from parity.state.lying import Lying
from parity.state.store import PLAIN, Store, open_store
from parity.state.volumes import DataVolume

if TYPE_CHECKING:
    from docker import DockerClient

_COMPOSE = "com.docker.compose."


def wanted(
    volumes: Sequence[DataVolume], state: State, among: Collection[str] | None = None
) -> dict[str, str]:
    """A new live place by volume key; StateError where stack and state do not hold the same.

    `among` are the services of a fork that may have some of them only: what the others keep is not
    missed.
    """
    here = {v.key for v in volumes}
    there = {v.key for v in state.volumes if among is None or {*among} & {*v.services}}
    if here != there:
        more, less = ", ".join(sorted(here - there)), ", ".join(sorted(there - here))
        told = [
            f"the stack has {more} as well" if more else "",
            f"the stack has no {less}" if less else "",
        ]
        raise StateError(
            f"the state `{state.name}` is of other volumes: {'; '.join(t for t in told if t)}",
            next_step=f"`parity save {state.name} --replace` seals the stack as it is now",
        )
    return {key: f"live/{uuid.uuid4().hex[:12]}" for key in sorted(here)}


def derive(
    store: Store, backend: Backend, state: State, places: Mapping[str, str]
) -> dict[str, tuple[str, Mapping[str, str]]]:
    """By volume key: its live place and the options of a volume that is it."""
    numbers = {volume.key: n for n, volume in enumerate(state.volumes)}
    pairs = [(marks.place(state.id, numbers[key]), place) for key, place in places.items()]
    options = backend.derive(store, pairs) if pairs else []
    return {
        key: (place, option) for (key, place), option in zip(places.items(), options, strict=True)
    }


def swap(
    client: "DockerClient",
    stack: str,
    volumes: Sequence[DataVolume],
    options: Mapping[str, tuple[str, Mapping[str, str]]],
    state: State,
    own: Mapping[str, str],
) -> None:
    """Give each volume's name to the new directory. A volume that is not the stack's is left."""
    for volume in volumes:
        place, option = options[volume.key]
        name = name_of(stack, volume)
        _remove(client, stack, volume.name)
        if name != volume.name:
            _remove(client, stack, name)
        create(client, name, option, {**own, **compose_labels(stack, volume.key)}, place, state.id)


def create(
    client: "DockerClient",
    name: str,
    option: Mapping[str, str],
    own: Mapping[str, str],
    place: str,
    state: str,
) -> None:
    """A volume that is a live directory; StateError where its name is somebody else's."""
    create_new(client, name, option, {**own, labels.LIVE: place, labels.FROM: state})


def create_new(
    client: "DockerClient", name: str, option: Mapping[str, str], own: Mapping[str, str]
) -> None:
    """A volume that was not there before; StateError where its name is somebody else's."""
    for _ in range(2):
        with translated():
            found = client.volumes.create(
                name, driver="local", driver_opts=dict(option), labels=dict(own)
            )
        # The engine answers with the volume of that name where there is one, whatever is in it.
        if found.attrs.get("Labels") == own:
            return
        # One that a killed command of this stack has left gives way.
        _remove(client, own[labels.STACK], name)
    raise StateError(
        f"there is a volume called {name} that is not of this stack",
        next_step=f"copy what you need from it and remove it: `docker volume rm {name}`",
    )


def compose_labels(stack: str, key: str) -> dict[str, str]:
    """So that Compose takes a named volume for its own; without a hash it compares no options."""
    if "/" in key:
        return {}
    return {f"{_COMPOSE}project": stack, f"{_COMPOSE}volume": key}


def standing(stack: str, state: State) -> set[str]:
    """Names of a stack's volumes that were made from a state."""
    return {
        str(volume["Name"])
        for volume in marks.volumes_of(stack)
        if (volume.get("Labels") or {}).get(labels.FROM) == state.id
    }


def name_of(stack: str, volume: DataVolume) -> str:
    """A volume of the definition keeps its name; one without a name gets one of the stack's."""
    if "/" not in volume.key:
        return volume.name
    return f"{stack}_{''.join(c if c.isalnum() else '-' for c in volume.key)}"


def targets(volumes: Iterable[DataVolume], stack: str) -> dict[tuple[str, int], dict[str, str]]:
    """Volume name by target, for each (service, number)."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for volume in volumes:
        for use in volume.uses:
            name = name_of(stack, volume)
            found.setdefault((use.service, use.number), {})[use.target] = name
    return found


def forget(store: Store, places: Sequence[str]) -> None:
    """Take directories away that nobody is any more."""
    if places:
        store.run("clone", reflink="never", remove=list(places))


def leave(store: Store, places: Iterable[Lying]) -> None:
    """Take directories away, in whatever store each lies.

    Where another store than this one cannot be opened, `parity gc` finds them.
    """
    by_store: dict[str, list[str]] = {}
    for one in places:
        by_store.setdefault(one.store, []).append(one.place)
    forget(store, by_store.pop(store.volume, []))
    for name in sorted({PLAIN, POOL} & set(by_store)):
        with suppress(ParityError):
            forget(open_store(store.client, store.image, name), by_store[name])


def _remove(client: "DockerClient", stack: str, name: str) -> None:
    from docker.errors import NotFound

    with translated():
        try:
            volume = client.volumes.get(name)
        except NotFound:
            return
        if (volume.attrs.get("Labels") or {}).get(labels.STACK) == stack:
            volume.remove()
