"""Settle every data engine of a state that is being made: a copy of a running one is as a crash leaves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.engine.execute import in_parallel
from parity.model.progress import Progress
from parity.stack import labels
from parity.state import inspected
from parity.state.engines import recognised
from parity.state.settle import settle
from parity.state.store import Store
from parity.state.volumes import DataVolume

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class Settling:
    """The containers the data belongs to, and where the copies are."""

    attrs: Sequence[Mapping[str, Any]]
    volumes: Sequence[DataVolume]
    places: Mapping[str, str]
    """Place in the store by volume name."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Labels of what is made for a moment: whose it is."""


@dataclass(frozen=True)
class Settled:
    """What keeps the data, by service; `empty` keep nothing on a volume, `unsettled` are as they were."""

    engines: Mapping[str, str]
    empty: tuple[str, ...]
    unsettled: tuple[str, ...]


def settle_all(
    client: "DockerClient", store: Store, what: Settling, state: str, progress: Progress
) -> Settled:
    """Boot each copy once, let it recover, stop it cleanly."""
    engines: dict[str, str] = {}
    empty: list[str] = []
    holding: list[Mapping[str, Any]] = []
    unknown = {service for volume in what.volumes for service in volume.services}
    for one in what.attrs:
        engine, name = recognised(one), inspected.service(one)
        if engine is None or not name:
            continue
        engines[name] = engine.name
        unknown.discard(name)
        if engine.memory_only(one, _targets(one, what.volumes)):
            empty.append(name)
        elif one["State"]["Running"]:
            holding.append(one)
    in_parallel(lambda one: _one(client, store, what, one, state, progress), holding)
    return Settled(engines, tuple(dict.fromkeys(empty)), tuple(sorted(unknown)))


def memory_only(
    attrs: Sequence[Mapping[str, Any]], volumes: Sequence[DataVolume]
) -> frozenset[str]:
    """Ids of the containers of engines that have nothing on a volume."""
    return frozenset(
        one["Id"]
        for one in attrs
        if (engine := recognised(one)) and engine.memory_only(one, _targets(one, volumes))
    )


def _one(
    client: "DockerClient",
    store: Store,
    what: Settling,
    attrs: Mapping[str, Any],
    state: str,
    progress: Progress,
) -> None:
    """On volumes that are the copies for this moment, and never again."""
    own = {**what.marks, labels.ROLE: labels.HELPER}
    names: list[str] = []
    try:
        mounts = []
        for volume, target in _uses(attrs, what.volumes):
            place = what.places[volume.name]
            name = (
                f"parity-settle-{state}-{place.rpartition('/')[2]}-{len(names)}-{attrs['Id'][:6]}"
            )
            with translated():
                client.volumes.create(
                    name, driver="local", driver_opts=store.bound(place), labels=own
                )
            names.append(name)
            mounts.append(
                {
                    "Type": "volume",
                    "Source": name,
                    "Target": target,
                    "VolumeOptions": {"NoCopy": True},
                }
            )
        settle(client, attrs, mounts, own, progress)
    finally:
        for name in names:
            _remove(client, name)


def _remove(client: "DockerClient", name: str) -> None:
    from docker.errors import NotFound

    with translated():
        try:
            client.volumes.get(name).remove()
        except NotFound:
            return


def _uses(attrs: Mapping[str, Any], volumes: Sequence[DataVolume]) -> list[tuple[DataVolume, str]]:
    service, number = inspected.service(attrs), inspected.number(attrs)
    return [
        (volume, use.target)
        for volume in volumes
        for use in volume.uses
        if (use.service, use.number) == (service, number)
    ]


def _targets(attrs: Mapping[str, Any], volumes: Sequence[DataVolume]) -> list[str]:
    return [target for _, target in _uses(attrs, volumes)]
