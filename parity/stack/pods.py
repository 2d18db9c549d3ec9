"""Which services of a document make up a pod, and what a further pod of the same kind looks like."""

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass

from parity.model.document import Document
from parity.stack.cluster import KEY, owner

_OWN = frozenset({"ephemeral", "per_pod", "size"})
"""Marks of a volume that each pod has one of: scratch space, and claims made from a template."""


@dataclass(frozen=True)
class Pod:
    """`members`: the owner of the network namespace, its companions, and init containers that only
    they wait for. `volumes`: those that each pod has one of.
    """

    owner: str
    members: tuple[str, ...]
    volumes: tuple[str, ...]


def gather(document: Document) -> tuple[Pod, ...]:
    """The pods that replicas of a Compose service cannot stand for."""
    services: dict[str, Document] = document["services"]
    own = {name for name, body in (document.get("volumes") or {}).items() if _is_own(body)}
    found = []
    for first in services:
        sharing = [n for n in services if n != first and owner(services, n) == first]
        if owner(services, first) != first:
            continue
        members = _with_init(services, [first, *sharing])
        mounted = {source for name in members for source in _sources(services[name])}
        volumes = tuple(sorted(own & mounted))
        if (sharing or volumes) and not _is_init(services, first):
            found.append(Pod(first, members, volumes))
    return tuple(found)


def scratch(document: Document, pod: Pod) -> tuple[str, ...]:
    """Full names of the volumes that begin empty with each new pod."""
    bodies = {name: document["volumes"][name] for name in pod.volumes}
    return tuple(
        str(body.get("name", name)) for name, body in bodies.items() if body[KEY].get("ephemeral")
    )


def renamed(name: str, number: int) -> str:
    """What a service or volume is called in pod `number`."""
    return name if number == 1 else f"{name}-r{number}"


def copy_of(service: Document, pod: Pod, number: int) -> Document:
    """A member as it is in pod `number`."""
    names = {name: renamed(name, number) for name in pod.members}
    local = copy.deepcopy(service)
    for field in ("network_mode", "pid", "ipc"):
        other = str(local.get(field) or "").removeprefix("service:")
        if other in names:
            local[field] = f"service:{names[other]}"
    waits: Mapping[str, object] = local.get("depends_on") or {}
    if waits:
        local["depends_on"] = {names.get(other, other): how for other, how in waits.items()}
    for mount in local.get("volumes") or []:
        if mount.get("source") in pod.volumes:
            mount["source"] = renamed(mount["source"], number)
    local.pop("scale", None)
    if (local.get("deploy") or {}).get("replicas"):
        local["deploy"]["replicas"] = 1
    if str(local.get("hostname") or "").endswith("-0"):
        local["hostname"] = f"{local['hostname'][:-1]}{number - 1}"
    return local


def answer_alike(local: Document, first: str, number: int) -> None:
    """Give a copy the names of the first pod, its service's name among them.

    `db-0.db` is the first pod's alone: the second one's is `db-1.db`.
    """
    alone = re.compile(rf"{re.escape(first)}-0(?=\.|$)")
    for network, settings in dict(local.get("networks") or {}).items():
        aliases = [
            alone.sub(f"{first}-{number - 1}", alias)
            for alias in [*((settings or {}).get("aliases") or []), first]
        ]
        local["networks"][network] = {**(settings or {}), "aliases": list(dict.fromkeys(aliases))}


def _is_own(volume: object) -> bool:
    marks = volume.get(KEY) if isinstance(volume, dict) else None
    return isinstance(marks, dict) and bool(_OWN & marks.keys())


def _sources(service: Document) -> set[str]:
    return {str(mount.get("source")) for mount in service.get("volumes") or []}


def _with_init(services: Mapping[str, Document], members: list[str]) -> tuple[str, ...]:
    """With the services that members wait for to end, and nobody else does."""
    found = list(members)
    for name in found:  # it grows while it is walked
        for other, how in (services[name].get("depends_on") or {}).items():
            ends = (how or {}).get("condition") == "service_completed_successfully"
            known = other in services and other not in found
            if ends and known and _dependents(services, other) <= set(found):
                found.append(other)
    return tuple(found)


def _is_init(services: Mapping[str, Document], name: str) -> bool:
    waiting = _dependents(services, name)
    return bool(waiting) and all(
        (services[other]["depends_on"][name] or {}).get("condition")
        == "service_completed_successfully"
        for other in waiting
    )


def _dependents(services: Mapping[str, Document], name: str) -> set[str]:
    return {other for other, body in services.items() if name in (body.get("depends_on") or {})}
