"""Which volumes are the stack's data: pure, from what the engine says of its containers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from parity.state.inspected import number, service

_KEY = "com.docker.compose.volume"


@dataclass(frozen=True)
class Use:
    """Where a service has a volume."""

    service: str
    number: int
    target: str


@dataclass(frozen=True)
class DataVolume:
    """A volume that services write to.

    `key` is its name in the definition, or `SERVICE/NUMBER:/target` for one without a name.
    """

    key: str
    name: str
    uses: tuple[Use, ...]

    @property
    def services(self) -> tuple[str, ...]:
        """Who has it."""
        return tuple(dict.fromkeys(use.service for use in self.uses))


def data_volumes(
    containers: Iterable[Mapping[str, Any]], named: Mapping[str, str]
) -> tuple[DataVolume, ...]:
    """The volumes of a stack that somebody may write to, by key.

    `containers` are what the engine answers to `inspect`; `named` are keys of the definition by
    volume name.
    """
    uses: dict[str, list[Use]] = {}
    written: set[str] = set()
    for attrs in containers:
        for mount in attrs.get("Mounts") or ():
            if mount["Type"] != "volume":
                continue
            use = Use(service(attrs), number(attrs), mount["Destination"])
            uses.setdefault(mount["Name"], []).append(use)
            if mount.get("RW", True):
                written.add(mount["Name"])
    found = [
        DataVolume(named.get(name) or _unnamed(places[0]), name, tuple(places))
        for name, places in uses.items()
        if name in written
    ]
    return tuple(sorted(found, key=lambda volume: volume.key))


def _unnamed(use: Use) -> str:
    return f"{use.service}/{use.number}:{use.target}"


def keys(volumes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Keys of the definition by volume name, from the labels that Compose writes."""
    return {
        str(volume["Name"]): str((volume.get("Labels") or {})[_KEY])
        for volume in volumes
        if _KEY in (volume.get("Labels") or {})
    }


def written_binds(containers: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """(service, engine path) of folders of the machine that services may write to: no part of a state."""
    return tuple(
        dict.fromkeys(
            (service(attrs), mount["Source"])
            for attrs in containers
            for mount in attrs.get("Mounts") or ()
            if mount["Type"] == "bind" and mount.get("RW", True)
        )
    )
