"""Which ports answer under a host's name, as far as a definition says so for certain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from parity.diff.view import Service, Side
from parity.model.document import Path
from parity.model.facts import ROOTS
from parity.rules._values import Endpoint, is_shared, names_of

_DEFAULTS = {
    "http": "80",
    "ws": "80",
    "https": "443",
    "wss": "443",
    "postgres": "5432",
    "postgresql": "5432",
    "mysql": "3306",
    "redis": "6379",
    "amqp": "5672",
    "mongodb": "27017",
}
"""Where a client goes that is told no port."""
_STORES = {
    "postgres": {"5432"},
    "redis": {"6379"},
    "valkey": {"6379"},
    "mysql": {"3306", "33060"},
    "mariadb": {"3306"},
    "memcached": {"11211"},
    "mongo": {"27017"},
}
"""Official images by the last part of their names; other packagings choose ports of their own."""
_HARMLESS = re.compile(r"^/(?:docker-entrypoint-initdb\.d|var/lib|data|backups?|dev/shm)(?:/|$)")
_NUMBER = re.compile(r"\d{2,5}")
_NAMED = frozenset({"", "compose", "docker", "swarm"})
"""Notations in which a service's name leads to its containers, whatever they listen on."""


@dataclass(frozen=True)
class Target:
    """What stands behind a name: the ports that answer, and the setting that says so."""

    name: str
    ports: frozenset[str]
    setting: tuple[str, Path]
    inside: str = ""
    """The container's port that the first of them leads to, where it is another one."""
    sure: bool = True


def port_of(endpoint: Endpoint) -> str:
    """The port that a client of this address uses; empty where nobody knows."""
    return endpoint.port or _DEFAULTS.get(endpoint.scheme, "")


def refuses(side: Side, endpoint: Endpoint) -> Target | None:
    """What stands behind the address, if it is certain that nothing answers there on its port."""
    port = port_of(endpoint)
    if not port:
        return None
    if side.source == "kubernetes":
        target = _services(side).get(endpoint.host)
        return None if target is None or port in target.ports else target
    if side.source not in _NAMED:
        return None
    found = [_listens(side, service, port) for service in _called(side, endpoint.host)]
    return found[0] if found and all(found) else None


def answers(side: Side, endpoint: Endpoint) -> bool:
    """Whether the definition itself says that this port answers under this name."""
    port = port_of(endpoint)
    if side.source == "kubernetes":
        target = _services(side).get(endpoint.host)
        return target is not None and port in target.ports
    return any(
        port in _told(service) | _numbers(service) | _store(service)
        for service in _called(side, endpoint.host)
    )


def leads_to(side: Side, host: str) -> str:
    """The service of this side that a host name leads to; empty where it leads elsewhere."""
    for row in _rows(side):
        if host in (row.get("names") or (row.get("name"),)):
            return str(next(iter(row.get("backends") or ()), row.get("name")))
    return next((service.name for service in _called(side, host)), "")


def _called(side: Side, host: str) -> list[Service]:
    return _by_host(side).get(host, [])


@lru_cache(maxsize=4)
def _by_host(side: Side) -> dict[str, list[Service]]:
    found: dict[str, list[Service]] = {}
    for service in side.services.values():
        for host in names_of(service):
            found.setdefault(host, []).append(service)
    return found


@lru_cache(maxsize=4)
def _hosts(side: Side) -> frozenset[str]:
    rows = (row.get("names") or (row.get("name"),) for row in _rows(side))
    return frozenset(_by_host(side)) | {str(host) for names in rows for host in names}


def is_inside(side: Side, host: str) -> bool:
    """Whether a host name is one of the environment's own."""
    return host in _hosts(side)


def _rows(side: Side) -> Iterator[dict[str, Any]]:
    rows = (side.document.get("x-parity") or {}).get("services") or ()
    yield from (row for row in rows if isinstance(row, dict))


@lru_cache(maxsize=4)
def _services(side: Side) -> dict[str, Target]:
    """Service objects with an address of their own: they answer on their ports and on no other."""
    found: dict[str, Target] = {}
    unsure: set[str] = set()
    for number, row in enumerate(_rows(side)):
        ports = [port for port in row.get("ports") or () if isinstance(port, dict)]
        for host in map(str, row.get("names") or (row.get("name"),)):
            if row.get("headless") or not ports or host in found:
                unsure.add(host)  # names of pods lead to whatever they listen on
                continue
            first, inside = str(ports[0].get("port")), str(ports[0].get("target"))
            at: Path = ("x-parity", "services", number, "ports", 0, "port")
            numbers = frozenset(str(port.get("port")) for port in ports)
            found[host] = Target(
                str(row.get("name")), numbers, ("", at), "" if inside == first else inside
            )
    return {host: target for host, target in found.items() if host not in unsure}


_NO_PORTS = frozenset({"ports", "image", "deploy", *ROOTS})
"""Published ports and amounts; and facts, among whose thousands any number is one."""


def _listens(side: Side, service: Service, port: str) -> Target | None:
    """Where the service listens, if that is known and is another port than this."""
    told = _told(service)
    if port in told | _numbers(service) or is_shared(side, service.name):
        return None
    for path, value in service.under("ports").items():
        if path[-1] == "published" and port in ((value,) if isinstance(value, str) else value):
            inside = str(path[1]).partition("/")[0]
            return Target(service.name, frozenset({inside}), (service.name, path))
    store = _store(service)
    if store and port not in store and not _configured(service):
        at: Path = ("image", "repository")
        return Target(service.name, frozenset(store), (service.name, at))
    own = service.env("PORT") or ""
    if own.isdigit() and own in told and not store:
        at = ("environment", "PORT")
        return Target(service.name, frozenset(told), (service.name, at), sure=False)
    return None


def _told(service: Service) -> set[str]:
    """The container's ports that it publishes or exposes, and those that are open in it."""
    return service.once(_open)


def _open(service: Service) -> set[str]:
    found = {str(path[1]).partition("/")[0] for path in service.under("ports") if len(path) > 1}
    found |= {str(path[2]).partition("/")[0] for path in service.under("running", "listening")}
    exposed = service.get("expose")
    return found | {
        str(text).partition("/")[0] for text in (exposed if isinstance(exposed, tuple) else ())
    }


def _store(service: Service) -> set[str]:
    repository = str(service.settings.get(("image", "repository")) or "")
    return _STORES.get(repository.rpartition("/")[2], set())


def _numbers(service: Service) -> set[str]:
    """Every number that the service's definition or image mentions: it may listen there."""
    return service.once(_mentioned)


def _mentioned(service: Service) -> set[str]:
    values = [
        " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for path, value in service.settings.items()
        if path[0] not in _NO_PORTS and isinstance(value, str | int | tuple)
    ]
    return set(_NUMBER.findall(" ".join(values)))


def _configured(service: Service) -> bool:
    """Whether a file that nobody has read may say another port."""
    return any(
        path[0] in ("volumes", "configs", "build") and not _HARMLESS.match(str(path[1]))
        for path in service.settings
        if len(path) > 1
    )
