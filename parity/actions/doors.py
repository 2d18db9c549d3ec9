"""Where the services of a stack or fork answer on this machine: asked of its gateway."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from parity.engine import observe
from parity.model.stack import Container

_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound


@dataclass(frozen=True)
class Door:
    """A port of a service's container, and where it answers here."""

    service: str
    port: int
    protocol: str
    host: str
    host_port: int


def doors(containers: Iterable[Container]) -> tuple[Door, ...]:
    """All published ports, of the gateways among a stack's containers."""
    return tuple(
        door for gateway in containers if gateway.role == "gateway" for door in _of(gateway)
    )


def _of(gateway: Container) -> Iterable[Door]:
    behind = _behind(observe.get(f"/containers/{gateway.id}/json"))
    seen = set()
    for text in gateway.ports:
        public, _, inner = text.partition("->")
        host, _, number = public.rpartition(":")
        if inner in behind and inner not in seen:
            seen.add(inner)  # an engine lists IPv4 and IPv6 apart
            service, port, protocol = behind[inner]
            here = "127.0.0.1" if host in _EVERYWHERE else host
            yield Door(service, port, protocol, here, int(number))


def _behind(attrs: Mapping[str, Any]) -> dict[str, tuple[str, int, str]]:
    """By the gateway's inner port and protocol, the service's own."""
    for line in attrs["Config"].get("Env") or ():
        if line.startswith("PARITY_GATEWAY="):
            rows = json.loads(line.partition("=")[2]).get("publish") or ()
            return {
                f"{row['listen']}/{row['protocol']}": (row["service"], row["port"], row["protocol"])
                for row in rows
            }
    return {}
