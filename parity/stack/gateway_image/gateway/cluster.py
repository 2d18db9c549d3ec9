"""A cluster's Services: a made-up address for each, whose ports lead to containers in turn."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from .fields import SettingsError, each, name, port_number, protocol, table, text

ADDRESSES = IPv4Network("198.19.0.0/16")
"""Set aside for benchmarks (RFC 2544); the lower half stands for allowed hosts, see allow.py.

No network has them: what a service sends there goes to its gateway, which is this program.
"""
FIRST_UDP_LISTEN = 25000
"""TCP tells where a connection was meant to go; a datagram needs a port of its own here."""


@dataclass(frozen=True, slots=True)
class ClusterPort:
    """One port of a Service, and the port of the containers behind it."""

    port: int
    protocol: str
    target: int
    backends: tuple[str, ...]
    listen: int = 0
    """Of UDP: where the datagrams arrive in this container."""


@dataclass(frozen=True, slots=True)
class ClusterService:
    """A Service, the names it answers to and its address."""

    name: str
    names: tuple[str, ...]
    address: IPv4Address
    ports: tuple[ClusterPort, ...]


def read_services(document: dict[str, object]) -> tuple[ClusterService, ...]:
    """The `services` of the settings; raises SettingsError."""
    services = _numbered(each(document, "services", _service))
    addresses = [service.address for service in services]
    if len(set(addresses)) != len(addresses):
        raise SettingsError("services: the same address is listed twice")
    return services


def read_aliases(document: dict[str, object]) -> dict[str, str]:
    """The `aliases` of the settings: names that stand for an outside host."""
    aliases = table(document.get("aliases", {}))
    return {name(alias): name(host) for alias, host in aliases.items()}


def _service(item: object) -> ClusterService:
    fields = table(item)
    try:
        address = IPv4Address(text(fields, "address"))
    except ValueError as error:
        raise SettingsError(str(error)) from error
    if address not in ADDRESSES:
        raise SettingsError(f"address {address} is not in {ADDRESSES}")
    ports = each(fields, "ports", _port)
    return ClusterService(text(fields, "name"), each(fields, "names", name), address, ports)


def _port(item: object) -> ClusterPort:
    fields = table(item)
    port = port_number(fields.get("port"), "port")
    target = port_number(fields.get("target", port), "target")
    return ClusterPort(port, protocol(fields), target, each(fields, "backends", name))


def _numbered(services: tuple[ClusterService, ...]) -> tuple[ClusterService, ...]:
    """Give each UDP port its own inner one."""
    numbered, listen = [], FIRST_UDP_LISTEN
    for service in services:
        ports = []
        for port in service.ports:
            own = listen if port.protocol == "udp" else 0
            listen += 1 if own else 0
            ports.append(ClusterPort(port.port, port.protocol, port.target, port.backends, own))
        numbered.append(ClusterService(service.name, service.names, service.address, tuple(ports)))
    return tuple(numbered)
