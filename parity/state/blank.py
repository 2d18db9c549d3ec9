"""Volumes of services that do not run while a state is built, as they are before a first start."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.model.state import State
from parity.stack import labels
from parity.state import inspected, live
from parity.state.backends.contract import Backend
from parity.state.store import Store
from parity.state.volumes import DataVolume

if TYPE_CHECKING:
    from docker import DockerClient


@contextmanager
def blank(
    client: "DockerClient",
    missing: Sequence[DataVolume],
    attrs: Sequence[Mapping[str, Any]],
    own: Mapping[str, str],
) -> Iterator[tuple[DataVolume, ...]]:
    """Volumes with what the image has at their place, under names of the moment; gone afterwards.

    `attrs` are the containers that have them, `own` says whose they are.
    """
    made = _renamed(missing)
    marks = {**own, labels.ROLE: labels.HELPER}
    try:
        for volume in made:
            with translated():
                client.volumes.create(volume.name, driver="local", labels=marks)
            _fill(client, volume, attrs, marks)
        yield made
    finally:
        _remove(client, made)


@contextmanager
def begun(
    client: "DockerClient",
    store: Store,
    backend: Backend,
    missing: Sequence[DataVolume],
    state: State,
    own: Mapping[str, str],
) -> Iterator[tuple[DataVolume, ...]]:
    """The same, with what a state has for them."""
    made = _renamed(missing)
    places = {volume.key: f"live/{uuid.uuid4().hex[:12]}" for volume in made}
    try:
        options = live.derive(store, backend, state, places)
        for volume in made:
            with translated():
                client.volumes.create(
                    volume.name,
                    driver="local",
                    driver_opts=dict(options[volume.key][1]),
                    labels={**own, labels.ROLE: labels.HELPER},
                )
        yield made
    finally:
        _remove(client, made)
        live.forget(store, list(places.values()))


def _renamed(missing: Sequence[DataVolume]) -> tuple[DataVolume, ...]:
    return tuple(replace(one, name=f"parity-blank-{uuid.uuid4().hex[:12]}") for one in missing)


def _fill(
    client: "DockerClient",
    volume: DataVolume,
    attrs: Sequence[Mapping[str, Any]],
    own: Mapping[str, str],
) -> None:
    """The engine copies the image's files into an empty volume when a container is made with it."""
    use = volume.uses[0]
    image = next(one["Image"] for one in attrs if inspected.service(one) == use.service)
    mount = {"Type": "volume", "Source": volume.name, "Target": use.target}
    config = {
        "Image": image,
        "Cmd": ["true"],
        "Labels": dict(own),
        "HostConfig": {"NetworkMode": "none", "Mounts": [mount]},
    }
    api: Any = client.api
    with translated():
        made = api.create_container_from_config(config)["Id"]
        api.remove_container(made, force=True)


def _remove(client: "DockerClient", volumes: Sequence[DataVolume]) -> None:
    from docker.errors import NotFound

    for volume in volumes:
        with translated(), suppress(NotFound):
            client.volumes.get(volume.name).remove()
