"""Which states there are: a state exists when its marker volume does."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from parity.engine import observe
from parity.engine.client import translated
from parity.errors import StateError
from parity.model.state import State
from parity.stack import labels

if TYPE_CHECKING:
    from docker import DockerClient

    from parity.state.store import Store


def marker(state: str) -> str:
    """Name of the volume that says a state is complete."""
    return f"parity-state-{state}"


def place(state: str, number: int | None = None) -> str:
    """Where a state's data is in the store; of one of its volumes, counted from 0."""
    return f"states/{state}" if number is None else f"states/{state}/{number}"


def of_project(project: str) -> tuple[State, ...]:
    """A project's states, oldest first. One that cannot be read is passed over."""
    found = []
    for volume in _volumes(f"{labels.ROLE}=state"):
        marks = volume.get("Labels") or {}
        if marks.get(labels.PROJECT) != project:
            continue
        try:
            found.append(State.from_json(marks.get(labels.MANIFEST, "")))
        except ValueError:
            continue
    return tuple(sorted(found, key=lambda state: (state.created, state.id)))


def find(project: str, name: str) -> State:
    """The state of that name, or whose id or digest begins so; StateError names those there are."""
    return named(project, name)[-1]


def named(project: str, name: str) -> tuple[State, ...]:
    """All of that name: the last one, and earlier ones that are in use still. As `find` else."""
    states = of_project(project)
    named = [state for state in states if state.name == name]
    if not named and len(name) >= 6:  # noqa: PLR2004 - fewer characters say too little
        named = [s for s in states if s.id.startswith(name) or _begins(s.digest, name)][-1:]
    if named:
        return tuple(named)
    known = ", ".join(dict.fromkeys(state.name for state in states))
    raise StateError(
        f"there is no state `{name}` of {project}",
        next_step=f"there are: {known}"
        if known
        else f"`parity save {name}` makes it from the running stack",
    )


def _begins(digest: str, name: str) -> bool:
    return digest.startswith(name) or digest.removeprefix("sha256:").startswith(name)


def commit(store: "Store", state: State) -> None:
    """From now on the state exists. Its manifest is in the store first: markers can be lost."""
    store.run("manifest", do="keep", state=state.id, text=state.to_json())
    mark(store.client, state)


def mark(client: "DockerClient", state: State) -> None:
    """Make a state's marker."""
    with translated():
        client.volumes.create(
            marker(state.id),
            driver="local",
            labels={
                labels.ROLE: "state",
                labels.PROJECT: state.project,
                labels.STATE: state.name,
                labels.MANIFEST: state.to_json(),
            },
        )


def withdraw(store: "Store", state: str) -> None:
    """From now on the state of that id does not exist; its data is still there."""
    store.run("manifest", do="drop", state=state)
    unmark(store.client, state)


def unmark(client: "DockerClient", state: str) -> None:
    """Take a state's marker away."""
    from docker.errors import NotFound

    with translated():
        try:
            client.volumes.get(marker(state)).remove()
        except NotFound:
            return


def users(state: str) -> tuple[str, ...]:
    """Names of the volumes that were made from a state and still are there."""
    return tuple(str(v["Name"]) for v in _volumes(f"{labels.FROM}={state}"))


def readers(state: str) -> tuple[str, ...]:
    """Those of them that read its files still: an overlay lies over them."""
    return tuple(str(v["Name"]) for v in _volumes(f"{labels.FROM}={state}") if overlaid(v))


def overlaid(volume: Mapping[str, Any]) -> bool:
    """Whether a volume is a layer over what it was made from."""
    return (volume.get("Options") or {}).get("type") == "overlay"


def leased() -> list[dict[str, Any]]:
    """What the engine says of volumes that somebody needs for a time."""
    return _volumes(labels.LEASE)


def of_forks() -> list[dict[str, Any]]:
    """What the engine says of volumes of forks."""
    return _volumes(labels.FORK)


def stores() -> list[dict[str, Any]]:
    """What the engine says of the volumes that hold states."""
    return _volumes(f"{labels.ROLE}={labels.STORE}")


def derived() -> list[dict[str, Any]]:
    """What the engine says of volumes that were made from a state."""
    return _volumes(labels.FROM)


def live(holds: Callable[[Mapping[str, str]], bool] | None = None) -> dict[str, str]:
    """Directories of a store by the name of the volume that is one; `holds` says of which store."""
    return {
        str(v["Name"]): str((v.get("Labels") or {})[labels.LIVE])
        for v in _volumes(labels.LIVE)
        if holds is None or holds(v.get("Options") or {})
    }


def ids() -> frozenset[str]:
    """Of every state, whoever's project it is."""
    begin = len(marker(""))
    return frozenset(str(v["Name"])[begin:] for v in _volumes(f"{labels.ROLE}=state"))


def sealed_places() -> tuple[str, ...]:
    """Where the data of every state is, whoever's project it is."""
    return tuple(place(state) for state in sorted(ids()))


def volumes_of(stack: str) -> list[dict[str, Any]]:
    """What the engine says of a stack's volumes."""
    return _volumes(f"{labels.STACK}={stack}")


def _volumes(label: str) -> list[dict[str, Any]]:
    filters = quote(json.dumps({"label": [label]}))
    found: list[dict[str, Any]] = observe.get(f"/volumes?filters={filters}").get("Volumes") or []
    return found
