"""Seal a state: one instant, copied, settled, measured, and from then on never written again."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from parity.errors import ParityError
from parity.model.progress import Progress, Step
from parity.model.stack import GATEWAY, Container
from parity.model.state import SavedVolume, State
from parity.state import inspected, marks
from parity.state.backends.contract import Backend
from parity.state.identity import identity
from parity.state.instant import ended_since, paused
from parity.state.settling import Settled, Settling, memory_only, settle_all
from parity.state.store import Store
from parity.state.volumes import DataVolume

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class Sealing:
    """What is to be sealed, and what is to be written down about it."""

    name: str
    project: str
    containers: Sequence[Container]
    attrs: Sequence[Mapping[str, Any]]
    volumes: Sequence[DataVolume]
    live: Mapping[str, str] = field(default_factory=dict)
    """Directory of the store by volume name, for volumes that are one."""
    definition: str = ""
    parent: str = ""
    key: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Labels of what is made for a moment while sealing."""


def seal(
    client: "DockerClient", store: Store, backend: Backend, what: Sealing, progress: Progress
) -> State:
    """Make a state of the stack as it is now. Killed at any point it leaves no state, only garbage."""
    state = uuid.uuid4().hex[:12]
    places = {volume.name: marks.place(state, n) for n, volume in enumerate(what.volumes)}
    services = [one for one in what.attrs if inspected.service(one) not in ("", GATEWAY)]
    progress(Step("save", f"one instant of {len(what.volumes)} volumes ({backend.name})"))
    try:
        nowhere = memory_only(services, what.volumes)
        with paused(client, services, progress, memory_only=nowhere) as ended:
            _copy(store, backend, what, places)
        settling = Settling(services, what.volumes, places, what.marks)
        settled = settle_all(client, store, settling, state, progress)
        progress(Step("save", "measuring"))
        known = _known(store, backend, what, places)
        paths = list(places.values())
        measured = store.run("digest", paths=paths, state=state, **known) if places else {}
        made = _state(state, store, backend, what, measured, settled)
        for service in dict.fromkeys((*ended, *ended_since(client, services))):
            progress(Step(service, "ended while it was paused", "warning"))
        marks.commit(store, made)
    except BaseException:
        # Best effort: what is left has no marker, and the next command that looks removes it. The
        # marker may be there, where its maker was interrupted before the engine's answer came.
        with suppress(ParityError):
            marks.withdraw(store, state)
            store.run("clone", reflink="never", remove=[marks.place(state)])
        raise
    progress(Step("save", f"{what.name} sealed: {made.digest[:12]}", "done"))
    return made


def _copy(store: Store, backend: Backend, what: Sealing, places: Mapping[str, str]) -> None:
    """By reference where the data is in the store already, else by content from the volume itself."""
    here = [v for v in what.volumes if backend.clones() and v.name in what.live]
    elsewhere = [v for v in what.volumes if v not in here]
    if here:
        copies = [{"from": what.live[v.name], "to": places[v.name]} for v in here]
        store.run("clone", copies=copies, reflink="always")
    if elsewhere:
        mounted = {f"/from/{n}": v.name for n, v in enumerate(elsewhere)}
        copies = [{"from": path, "to": places[volume]} for path, volume in mounted.items()]
        store.once("clone", mounted, copies=copies, reflink="never")


def _known(
    store: Store, backend: Backend, what: Sealing, places: Mapping[str, str]
) -> dict[str, Any]:
    """Which volumes began as files of the parent, and were cloned since: the rest of them is known.

    A clone by reference writes down what is in memory first, so that a file that changes after it
    has another time.
    """
    found = (one for one in marks.of_project(what.project) if one.id == what.parent)
    parent = next(found, None)
    if parent is None or parent.store != store.volume or not backend.clones():
        return {}
    numbers = {volume.key: n for n, volume in enumerate(parent.volumes)}
    return {
        "parent": parent.id,
        "same": {
            places[v.name]: numbers[v.key]
            for v in what.volumes
            if v.key in numbers and v.name in what.live
        },
    }


def _state(
    state: str,
    store: Store,
    backend: Backend,
    what: Sealing,
    measured: Mapping[str, Mapping[str, Any]],
    settled: Settled,
) -> State:
    volumes = tuple(
        SavedVolume(volume.key, volume.services, **measured[marks.place(state, n)])
        for n, volume in enumerate(what.volumes)
    )
    images = {c.service: c.image_id or c.image for c in what.containers if c.role == "service"}
    return State(
        id=state,
        name=what.name,
        project=what.project,
        digest=identity(volumes, images, what.definition),
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        backend=backend.name,
        volumes=volumes,
        images=images,
        definition=what.definition,
        parent=what.parent,
        key=what.key,
        engines=settled.engines,
        empty=settled.empty,
        unsettled=settled.unsettled,
        store=store.volume,
    )
