"""Where a stack's services answer on this machine, with names that tell one worktree from another."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity.actions import worktrees
from parity.engine import observe
from parity.engine.address import find
from parity.model.stack import GATEWAY, Container, Resolved

INGRESS = "ingress"
"""The service that the ports of a cluster's ingress are listed as."""
_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not bound
_LOOPBACK = "127.0.0.1"
_WEB = frozenset({80, 3000, 4000, 4200, 5000, 5173, 8000, 8001, 8008, 8080, 8081, 8088, 8090, 8888})
_SECURE = frozenset({443, 8443, 9443})


@dataclass(frozen=True)
class Address:
    """A port of a service, where it answers here, and how a browser is told so."""

    service: str
    target: int
    protocol: str
    host: str
    port: int
    url: str
    """With the worktree's name where that leads there; empty for what is no web server."""

    @property
    def shown(self) -> str:
        """The URL, else host and port."""
        return self.url or f"{self.host}:{self.port}"


def of_resolved(resolved: Resolved) -> tuple[Address, ...]:
    """Of what `up` has published."""
    gateway = resolved.services.get(GATEWAY) or {}
    told = json.loads((gateway.get("environment") or {}).get("PARITY_GATEWAY", "{}"))
    ports = resolved.ports
    rows = ((p.service, p.target, p.protocol, p.host_ip, p.host_port) for p in ports)
    return tuple(_addresses(rows, _hosts(told), Path(resolved.identity.worktree)))


def of_stack(containers: Iterable[Container], worktree: Path) -> tuple[Address, ...]:
    """Of a stack or fork that runs, asked of its gateway."""
    return tuple(
        address
        for container in containers
        if container.role == "gateway"
        for address in _of(container, worktree)
    )


def _of(gateway: Container, worktree: Path) -> Iterator[Address]:
    told = _settings(observe.get(f"/containers/{gateway.id}/json"))
    ingress = told.get("ingress") or {}
    behind = {
        f"{row['listen']}/{row['protocol']}": (row["service"], row["port"], row["protocol"])
        for row in told.get("publish") or ()
    }
    for door in ingress.get("entries") or ():
        behind[f"{door['listen']}/tcp"] = (INGRESS, 443 if door["tls"] else 80, "tcp")
    rows: dict[str, tuple[str, int, str, str, int]] = {}
    for text in gateway.ports:
        public, _, inner = text.partition("->")
        host, _, number = public.rpartition(":")
        if inner in behind:  # an engine lists IPv4 and IPv6 apart: the first is enough
            rows.setdefault(inner, (*behind[inner], host, int(number)))
    yield from _addresses(rows.values(), _hosts(told), worktree)


def _hosts(told: Mapping[str, Any]) -> list[str]:
    """Names that an ingress has rules for."""
    routes = (told.get("ingress") or {}).get("routes") or ()
    return [str(route["host"]) for route in routes if route.get("host")]


def _addresses(
    rows: Iterable[tuple[str, int, str, str, int]], hosts: Sequence[str], worktree: Path
) -> Iterator[Address]:
    near = find().is_local
    last = worktrees.label(worktree)
    for service, target, protocol, bound, port in sorted(rows):
        host = _LOOPBACK if bound in _EVERYWHERE else bound
        named = near and host == _LOOPBACK
        first = next(iter(hosts), "") if service == INGRESS else service
        url = _url(target, protocol, first, last, host, port, named=named)
        yield Address(service, target, protocol, host, port, url)


def _url(
    target: int, protocol: str, first: str, last: str, host: str, port: int, *, named: bool
) -> str:
    """A certificate is for no name of this machine but `localhost`: TLS keeps the address."""
    if protocol != "tcp" or target not in _WEB | _SECURE:
        return ""
    if target in _SECURE:
        return f"https://{host}:{port}"
    name = ".".join(filter(None, (first if "." in first else worktrees.tame(first), last)))
    return f"http://{name}.localhost:{port}" if named else f"http://{host}:{port}"


def _settings(attrs: Mapping[str, Any]) -> dict[str, Any]:
    for line in attrs["Config"].get("Env") or ():
        if line.startswith("PARITY_GATEWAY="):
            found: dict[str, Any] = json.loads(line.partition("=")[2])
            return found
    return {}
