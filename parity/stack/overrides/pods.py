"""Pods: containers that share one network namespace, and as many pods as there are replicas.

What belongs to the namespace (names, ports, DNS, network sysctls) stands at the container that owns
it. Compose lets all replicas of a companion join the first owner, so each further pod is a copy.
"""

import copy
from collections.abc import Mapping

from parity.model.document import ABSENT, Document
from parity.stack.cluster import owner
from parity.stack.context import Context
from parity.stack.draft import Draft
from parity.stack.plan import replicas

_OWNED = ("hostname", "domainname", "mac_address", "dns", "dns_search", "dns_opt", "links")
_SHARED = "belongs to the network namespace, which is that of `{}`"


def apply(draft: Draft, context: Context) -> None:
    """Move what a namespace has once to its owner, then make a copy for each further pod."""
    del context
    members: dict[str, list[str]] = {}
    for name, _ in draft.services():
        first = owner(draft.document["services"], name)
        if first != name and first in draft.document["services"]:
            members.setdefault(first, []).append(name)
            _move(draft, name, first)
    for first, companions in members.items():
        _copies(draft, first, companions)


def _move(draft: Draft, name: str, first: str) -> None:
    service, path = draft.document["services"][name], ("services", name)
    reason = _SHARED.format(first)
    for field in _OWNED:
        if field in service:
            draft.rewrite((*path, field), ABSENT, reason)
    for field in ("extra_hosts", "expose"):
        _move_list(draft, name, first, field)
    for sysctl, value in dict(service.get("sysctls") or {}).items():
        if sysctl.startswith("net."):
            draft.rewrite((*path, "sysctls", sysctl), ABSENT, reason)
            draft.rewrite(("services", first, "sysctls", sysctl), value, f"asked for by `{name}`")
    networks = service.get("networks")
    if networks:
        for network, settings in dict(networks).items():
            at = ("services", first, "networks", network, "aliases")
            if draft.get(at[:-1]) is not ABSENT:
                _extend(draft, at, (settings or {}).get("aliases") or [], f"names of `{name}`")
        draft.rewrite((*path, "networks"), ABSENT, reason)


def _move_list(draft: Draft, name: str, first: str, field: str) -> None:
    rows = draft.document["services"][name].get(field)
    if rows:
        _extend(draft, ("services", first, field), rows, f"asked for by `{name}`")
        draft.rewrite(("services", name, field), ABSENT, _SHARED.format(first))


def _extend(draft: Draft, path: tuple[str, ...], rows: list[str], reason: str) -> None:
    present = draft.get(path) or []
    more = [row for row in rows if row not in present]
    if more:
        draft.rewrite(path, [*present, *more], reason)


def _copies(draft: Draft, first: str, companions: list[str]) -> None:
    count = replicas(draft.document["services"][first])
    pod = [first, *companions]
    for number in range(2, count + 1):
        names = {name: f"{name}-r{number}" for name in pod}
        for name in pod:
            local = _copy(draft.document["services"][name], names, number)
            if name == first:
                _answer_alike(local, first)
            reason = f"pod {number} of {count}: its containers share a network namespace"
            draft.rewrite(("services", names[name]), local, reason)
    if count > 1:
        for name in pod:
            path = ("services", name)
            field = ("scale",) if "scale" in draft.get(path) else ("deploy", "replicas")
            if draft.get((*path, *field)) is not ABSENT:
                reason = f"the other pods are {first}-r2 and so on"
                draft.rewrite((*path, *field), 1, reason)


def _copy(service: Document, names: Mapping[str, str], number: int) -> Document:
    local = copy.deepcopy(service)
    mode = str(local.get("network_mode") or "").removeprefix("service:")
    if mode in names:
        local["network_mode"] = f"service:{names[mode]}"
    for field in ("pid", "ipc"):
        other = str(local.get(field) or "").removeprefix("service:")
        if other in names:
            local[field] = f"service:{names[other]}"
    if local.get("depends_on"):
        local["depends_on"] = {
            names.get(other, other): how for other, how in local["depends_on"].items()
        }
    local.pop("scale", None)
    if (local.get("deploy") or {}).get("replicas"):
        local["deploy"]["replicas"] = 1
    hostname = str(local.get("hostname") or "")
    if hostname.endswith("-0"):  # of a StatefulSet
        local["hostname"] = f"{hostname[:-1]}{number - 1}"
    return local


def _answer_alike(local: Document, first: str) -> None:
    """A copy answers to the names of the first pod, its service's name among them."""
    for network, settings in dict(local.get("networks") or {}).items():
        aliases = (settings or {}).get("aliases") or []
        local["networks"][network] = {**(settings or {}), "aliases": [*aliases, first]}
