"""Observe: the stack's containers as the engine lists them.

`up` with nothing to do is mostly this one request. Importing the SDK would cost more than the whole
rest of it, so for an engine behind a local socket the standard library asks.
"""

import http.client
import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from parity.engine.address import Address, find
from parity.engine.client import connect, silent, translated
from parity.errors import EngineError
from parity.model.stack import Container, Network
from parity.stack import labels

_HEALTH = re.compile(r"\((healthy|unhealthy|health: starting)\)")
_SECONDS = ContextVar("seconds", default=60.0)
_EXIT = re.compile(r"^Exited \((\d+)\)")


def containers(label: str, address: Address | None = None) -> tuple[Container, ...]:
    """All containers, running or not, that carry `label` (`key` or `key=value`)."""
    filters = {"label": [label]}
    rows = get(f"/containers/json?all=1&filters={quote(json.dumps(filters))}", address)
    found = [_unless_paused(_container(row), address) for row in rows]
    return tuple(sorted(found, key=lambda c: (c.service, c.number, c.name)))


def of_stack(stack: str, address: Address | None = None) -> tuple[Container, ...]:
    """The containers of one stack."""
    return containers(f"{labels.STACK}={stack}", address)


def networks(address: Address | None = None) -> tuple[Network, ...]:
    """Every network of the engine, with its IPv4 and IPv6 subnets."""
    return tuple(_network(row) for row in get("/networks", address))


def version(address: Address | None = None) -> dict[str, Any]:
    """The engine's `/version`."""
    answer: dict[str, Any] = get("/version", address)
    return answer


def get(path: str, address: Address | None = None) -> Any:
    """One GET request, answered as JSON."""
    address = address or find()
    if not address.socket:
        api: Any = connect(address).api
        with translated():
            return api._result(api._get(api._url(path)), json=True)  # noqa: SLF001
    connection = _LocalConnection(address.socket)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise silent(address, reason) from error
    finally:
        connection.close()
    if answer.status >= http.client.BAD_REQUEST:
        raise EngineError(
            f"the engine refused: {body.decode(errors='replace').strip()}",
            next_step="`parity doctor` looks at the engine",
        )
    try:
        return json.loads(body)
    except ValueError as error:
        raise EngineError(
            f"what answers at {address.url} ({address.source}) is no Docker Engine",
            next_step="point DOCKER_HOST or `docker context use` at one",
        ) from error


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let a local engine take so long for an answer, and no longer, while this holds."""
    before = _SECONDS.set(seconds)
    try:
        yield
    finally:
        _SECONDS.reset(before)


class _LocalConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_SECONDS.get())
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _unless_paused(container: Container, address: Address | None) -> Container:
    """A pause makes a container `unhealthy` until its next check, though none has failed."""
    if container.health != "unhealthy":
        return container
    state = get(f"/containers/{container.id}/json", address).get("State") or {}
    streak = (state.get("Health") or {}).get("FailingStreak")
    return replace(container, health="starting") if streak == 0 else container


def _network(row: Mapping[str, Any]) -> Network:
    mine: dict[str, str] = row.get("Labels") or {}
    configs = (row.get("IPAM") or {}).get("Config") or []
    return Network(
        name=str(row["Name"]),
        stack=mine.get(labels.STACK, ""),
        key=mine.get("com.docker.compose.network", ""),
        subnets=tuple(str(config["Subnet"]) for config in configs if config.get("Subnet")),
    )


def _container(row: Mapping[str, Any]) -> Container:
    mine: dict[str, str] = row.get("Labels") or {}
    status = str(row.get("Status", ""))
    health = _HEALTH.search(status)
    ended = _EXIT.match(status)
    return Container(
        id=row["Id"],
        name=str(row["Names"][0]).lstrip("/") if row.get("Names") else row["Id"][:12],
        service=mine.get(labels.SERVICE, ""),
        number=int(mine.get("com.docker.compose.container-number", "1")),
        state=row["State"],
        health=health[1].removeprefix("health: ") if health else "",
        exit_code=int(ended[1]) if ended else 0,
        hash=mine.get(labels.HASH, ""),
        role=mine.get(labels.ROLE, ""),
        image=row.get("Image", ""),
        image_id=row.get("ImageID", ""),
        labels=mine,
        ports=tuple(_port(port) for port in row.get("Ports") or [] if port.get("PublicPort")),
        networks=tuple((row.get("NetworkSettings") or {}).get("Networks") or {}),
        created=int(row.get("Created") or 0),
    )


def _port(port: Mapping[str, Any]) -> str:
    return f"{port.get('IP', '')}:{port['PublicPort']}->{port['PrivatePort']}/{port['Type']}"
