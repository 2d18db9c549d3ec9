"""Ask the data engines what is wrong with a state: each looks at a copy that is thrown away."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.model.progress import Progress
from parity.model.state import State
from parity.stack import labels
from parity.state import inspected, live
from parity.state.backends.contract import Backend
from parity.state.engines import recognised
from parity.state.settle import examine
from parity.state.store import Store
from parity.state.volumes import DataVolume

if TYPE_CHECKING:
    from docker import DockerClient


def examinable(
    attrs: Sequence[Mapping[str, Any]], volumes: Sequence[DataVolume], state: State
) -> dict[str, Mapping[str, Any]]:
    """By service, the container whose engine can look at its data in the state."""
    there = {volume.key for volume in state.volumes}
    held = {s for volume in volumes if volume.key in there for s in volume.services}
    return {
        inspected.service(one): one
        for one in attrs
        if inspected.service(one) in held
        and inspected.number(one) == 1
        and recognised(one) is not None
    }


def examine_state(
    client: "DockerClient",
    store: Store,
    backend: Backend,
    state: State,
    attrs: Mapping[str, Any],
    volumes: Sequence[DataVolume],
    marks: Mapping[str, str],
    progress: Progress,
) -> tuple[str, ...]:
    """What the engine of one container says of its data in the state; nothing where it is sound.

    `marks` say whose the copy is while it is there.
    """
    own = {**marks, labels.ROLE: labels.HELPER}
    uses = {
        volume.key: use.target
        for volume in volumes
        for use in volume.uses
        if (use.service, use.number) == (inspected.service(attrs), inspected.number(attrs))
    }
    with _copies(client, store, backend, state, list(uses), own) as names:
        mounts = [
            {
                "Type": "volume",
                "Source": names[key],
                "Target": target,
                "VolumeOptions": {"NoCopy": True},
            }
            for key, target in uses.items()
            if key in names
        ]
        return examine(client, attrs, mounts, own, progress)


@contextmanager
def _copies(
    client: "DockerClient",
    store: Store,
    backend: Backend,
    state: State,
    keys: Sequence[str],
    own: Mapping[str, str],
) -> Iterator[dict[str, str]]:
    """Volumes that are copies of some of the state's, by key; gone afterwards."""
    from docker.errors import NotFound

    run = uuid.uuid4().hex[:12]
    there = [volume.key for volume in state.volumes]
    places = {key: f"live/{run}{there.index(key)}" for key in keys if key in there}
    names = {key: f"parity-verify-{run}-{there.index(key)}" for key in places}
    try:
        for key, (_, option) in live.derive(store, backend, state, places).items():
            with translated():
                client.volumes.create(
                    names[key], driver="local", driver_opts=dict(option), labels=dict(own)
                )
        yield names
    finally:
        for name in names.values():
            with translated(), suppress(NotFound):
                client.volumes.get(name).remove()
        live.forget(store, list(places.values()))
