"""A stack's addresses as environment variables, for programs that run beside it."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from parity.actions import connections
from parity.actions.doors import Door, doors
from parity.engine import observe
from parity.model.stack import Container

if TYPE_CHECKING:
    from docker import DockerClient

_TLS = (443, 8443)


def exports(client: "DockerClient", stack: str) -> dict[str, str]:
    """`PARITY_HOST`, `PARITY_SERVICE_HOST`, `_PORT`, `_PORT_n`, `_URL`, and the usual names of databases.

    `DATABASE_URL`, `REDIS_URL`, … are there where one service alone is meant by them. The values
    hold passwords.
    """
    containers = observe.of_stack(stack)
    found: dict[str, str] = {"PARITY_STACK": stack}
    usual: dict[str, list[str]] = {}
    running = {c.service for c in containers if c.state == "running"}
    for service, own in _by_service(doors(containers)).items():
        if service not in running:
            continue  # a job that has ended answers nowhere
        known = _database(containers, service)
        main = _main(own, known)
        url = _url(client, known, main)
        found.setdefault("PARITY_HOST", main.host)
        prefix = f"PARITY_{variable(service)}"
        found |= {f"{prefix}_HOST": main.host, f"{prefix}_PORT": str(main.host_port)}
        found |= {f"{prefix}_PORT_{door.port}": str(door.host_port) for door in own}
        if url:
            found[f"{prefix}_URL"] = url
        if known and url:
            usual.setdefault(known.engine.variable, []).append(url)
    return found | {name: urls[0] for name, urls in usual.items() if len(urls) == 1}


def variable(service: str) -> str:
    """A service's name as a part of a variable's."""
    return re.sub(r"\W", "_", service, flags=re.ASCII).upper()


def _by_service(found: Sequence[Door]) -> dict[str, list[Door]]:
    by_service: dict[str, list[Door]] = {}
    for door in sorted(found, key=lambda door: (door.service, door.protocol == "udp", door.port)):
        by_service.setdefault(door.service, []).append(door)
    return by_service


def _database(containers: Sequence[Container], service: str) -> connections.Database | None:
    first = next((c for c in containers if c.service == service and c.state == "running"), None)
    if first is None:
        return None
    attrs: Mapping[str, object] = observe.get(f"/containers/{first.id}/json")
    return connections.database(service, attrs)


def _main(own: Sequence[Door], known: connections.Database | None) -> Door:
    """The port that is meant where one is: the database's own, else the lowest."""
    usual = known.engine.port if known else 0
    return next((door for door in own if door.port == usual), own[0])


def _url(client: "DockerClient", known: connections.Database | None, door: Door) -> str:
    if known:
        return connections.url(client, known, door.host, door.host_port)
    if door.protocol != "tcp":
        return ""
    return f"{'https' if door.port in _TLS else 'http'}://{door.host}:{door.host_port}"
