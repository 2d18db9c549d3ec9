"""What a cluster adds to a document: Services and ingress rules, as `x-parity` lists them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parity.model.document import Document
from parity.stack.gateway_image.gateway.cluster import ADDRESSES

KEY = "x-parity"


@dataclass(frozen=True)
class Port:
    """A port of a Service. `name` is what an ingress may call it; `target` is the container's."""

    port: int
    target: int
    protocol: str = "tcp"
    name: str = ""


@dataclass(frozen=True)
class Service:
    """A Service: the names it answers to, its ports, and the Compose services behind it.

    `external` is the outside host that its name stands for; such a Service has nothing else.
    """

    name: str
    names: tuple[str, ...]
    ports: tuple[Port, ...] = ()
    backends: tuple[str, ...] = ()
    headless: bool = False
    external: str = ""

    def port(self, wanted: object) -> Port | None:
        """The port of a number or name; the only one where none is named."""
        if wanted in (None, "") and len(self.ports) == 1:
            return self.ports[0]
        return next((p for p in self.ports if str(wanted) in (str(p.port), p.name)), None)


@dataclass(frozen=True)
class Rule:
    """A rule of an ingress: requests for a host and path go to a port of a Service."""

    host: str
    path: str
    exact: bool
    service: str
    port: Any
    tls: bool


@dataclass(frozen=True)
class Relay:
    """What the gateway is told, beside networks and published ports."""

    services: tuple[Mapping[str, Any], ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    entries: tuple[Mapping[str, Any], ...] = ()
    routes: tuple[Mapping[str, Any], ...] = ()
    secrets: tuple[str, ...] = ()
    """Compose secrets with the ingress's certificate and key."""


def services(document: Document) -> tuple[Service, ...]:
    """The Services of a document."""
    rows = (document.get(KEY) or {}).get("services") or []
    return tuple(map(_service, rows)) if isinstance(rows, list) else ()


def rules(document: Document) -> tuple[Rule, ...]:
    """The ingress rules of a document."""
    rows = (document.get(KEY) or {}).get("ingress") or []
    return tuple(
        Rule(
            host=str(row.get("host") or "").lower(),
            path=str(row.get("path") or "/"),
            exact=row.get("path_type") == "Exact",
            service=str(row["service"]),
            port=row.get("port"),
            tls=bool(row.get("tls")),
        )
        for row in rows
    )


def is_cluster(document: Document) -> bool:
    """Whether an orchestrator runs it: what ends is started again, and nothing waits in order."""
    return KEY in document


def owner(services: Mapping[str, Document], name: str) -> str:
    """The service whose network namespace a service is in: its own, or that of its pod."""
    mode = str((services.get(name) or {}).get("network_mode") or "")
    return mode.removeprefix("service:") if mode.startswith("service:") else name


def addresses(names: Sequence[str]) -> dict[str, str]:
    """A made-up address for each name, the same wherever and whenever it is asked for."""
    found: dict[str, str] = {}
    size = ADDRESSES.num_addresses - 2
    for name in sorted(names):
        start = int(hashlib.sha256(name.encode()).hexdigest(), 16) % size
        taken = found.values()
        spots = (str(ADDRESSES[1 + (start + step) % size]) for step in range(size))
        found[name] = next(spot for spot in spots if spot not in taken)
    return found


def _service(row: Mapping[str, Any]) -> Service:
    name = str(row["name"])
    return Service(
        name=name,
        names=tuple(dict.fromkeys(str(n).lower().rstrip(".") for n in row.get("names") or [name])),
        ports=tuple(map(_port, row.get("ports") or [])),
        backends=tuple(map(str, row.get("backends") or [])),
        headless=bool(row.get("headless")),
        external=str(row.get("external") or "").lower().rstrip("."),
    )


def _port(row: Mapping[str, Any]) -> Port:
    port = int(row["port"])
    return Port(
        port=port,
        target=int(row.get("target") or port),
        protocol=str(row.get("protocol") or "tcp").lower(),
        name=str(row.get("name") or ""),
    )
