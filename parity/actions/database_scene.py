"""The database servers among an environment's containers, and the connections that others have to them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from parity.actions import connections
from parity.engine.client import translated
from parity.errors import ParityError
from parity.probes.database import logins, registry
from parity.probes.database.contract import Login
from parity.state.engines import reading

if TYPE_CHECKING:
    from docker import DockerClient

_FILES = 16
_SUFFIX = "_FILE"
_JOINED = "container:"


@dataclass(frozen=True)
class Scene:
    """What runs. `records` are the engine's, of one container of each service; they hold secrets."""

    client: "DockerClient"
    records: Mapping[str, Mapping[str, Any]]

    @cached_property
    def databases(self) -> Mapping[str, connections.Database]:
        """The servers that parity has questions for, by service."""
        found = ((name, connections.database(name, each)) for name, each in self.records.items())
        return {n: d for n, d in found if d is not None and registry.probe_of(d.engine.name)}

    @cached_property
    def logins(self) -> Mapping[str, list[Login]]:
        """The connections that applications have to each server."""
        known = logins.Known(
            {name: self._variables(name) for name in self.records},
            self._hosts,
            self._engines,
            self._beside,
        )
        found: dict[str, list[Login]] = {}
        for target, login in logins.logins(known):
            server = target if target in self._engines else self._behind(login.engine)
            # A server's variables are there for itself and its tools.
            if server and login.service not in self._engines:
                found.setdefault(server, []).append(login)
        return found

    def own(self, server: str) -> Login | None:
        """A server's own credentials, for its own network."""
        found = self.databases[server]
        try:
            url = connections.url(self.client, found, "127.0.0.1", found.engine.port)
        except ParityError:
            return None
        login = logins.from_url(url)
        return login and replace(login, service=server, whose=f"{server}.environment")

    def network(self, service: str) -> str:
        """The container whose network a service is in: its own, but where it joins another's."""
        record = self.records[service]
        mode = str((record.get("HostConfig") or {}).get("NetworkMode") or "")
        return mode.removeprefix(_JOINED) if mode.startswith(_JOINED) else str(record["Id"])

    @cached_property
    def _engines(self) -> Mapping[str, str]:
        return {name: each.engine.name for name, each in self.databases.items()}

    def _behind(self, engine: str) -> str:
        """The server behind what is none, such as a pooler: the only one of its kind, or nobody knows."""
        servers = [name for name, each in self._engines.items() if each == engine]
        return servers[0] if len(servers) == 1 else ""

    def _variables(self, service: str) -> dict[str, str]:
        """The variables of a service; with those that are given as files, as far as they may matter."""
        record = self.records[service]
        found = reading.environment(record)
        settings = connections.Settings(self.client, str(record["Id"]), dict(found))
        files = [name for name in found if logins.in_file(name)]
        for name in [n.removesuffix(_SUFFIX) for n in files][:_FILES]:
            if name not in found:
                with suppress(ParityError, OSError, ValueError):
                    found[name] = settings[name]
        return found

    @cached_property
    def _hosts(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for service, record in self.records.items():
            for name in _names(record):
                found.setdefault(name.lower(), service)
        return {**found, **{name.lower(): name for name in self.records}}

    @cached_property
    def _beside(self) -> Mapping[str, frozenset[str]]:
        places = {name: self.network(name) for name in self.records}
        return {
            name: frozenset(other for other, its in places.items() if its == own)
            for name, own in places.items()
        }


def records(
    client: "DockerClient", containers: Mapping[str, tuple[str, ...]]
) -> dict[str, Mapping[str, Any]]:
    """The engine's record of each service's first container, if it is still there. EngineError."""
    from docker.errors import NotFound

    api: Any = client.api
    found = {}
    for service, ids in containers.items():
        with translated(), suppress(NotFound):
            if ids:
                found[service] = api.inspect_container(ids[0])
    return found


def _names(record: Mapping[str, Any]) -> Iterator[str]:
    """What others on its networks may call a container, and its addresses."""
    yield str(record.get("Name") or "").lstrip("/")
    yield str((record.get("Config") or {}).get("Hostname") or "")
    networks = (record.get("NetworkSettings") or {}).get("Networks") or {}
    for network in networks.values():
        yield from (str(name) for name in network.get("Aliases") or ())
        yield from (str(network[k]) for k in ("IPAddress", "GlobalIPv6Address") if network.get(k))
