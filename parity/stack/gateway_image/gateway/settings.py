"""What `run` is told through PARITY_GATEWAY, checked before anything is touched."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from .cluster import ClusterService, read_aliases, read_services
from .fields import SettingsError, each, name, port_number, protocol, table, text
from .origin import Origin, read_origin
from .routes import Ingress, read_ingress

ROUTER_PORT = 15001
DNS_PORT = 15053
# Nobody listens here, and it is outside the range the kernel hands out: UDP sent to it is refused at once.
CLOSED_PORT = 9
INNER_PORTS = frozenset({ROUTER_PORT, DNS_PORT, CLOSED_PORT})

_NAME = re.compile(
    r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)


@dataclass(frozen=True, slots=True)
class Network:
    """A stack network and the gateway's address on it."""

    name: str
    subnet: IPv4Network
    address: IPv4Address
    subnet6: IPv6Network | None = None
    address6: IPv6Address | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """A port on the edge that leads to a service."""

    listen: int
    protocol: str
    service: str
    port: int
    more: tuple[str, ...] = ()
    """Further services that the same port leads to."""
    origin: Origin | None = None
    """What requests by a local name are turned into."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """A host that may be reached: by name (perhaps all names below one) or by address."""

    host: str
    port: int | None = None
    wildcard: bool = False
    address: IPv4Address | IPv6Address | None = None

    def covers(self, name: str) -> bool:
        """Whether a lower-case name without final dot is meant by this entry."""
        if self.address is not None:
            return False
        return name.endswith("." + self.host) if self.wildcard else name == self.host


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything `run` needs to know."""

    networks: tuple[Network, ...]
    publish: tuple[Publication, ...] = ()
    allow: tuple[Allowance, ...] = ()
    names: frozenset[str] = frozenset()
    services: tuple[ClusterService, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Names that stand for an outside host."""
    ingress: Ingress = field(default_factory=Ingress)


def parse(written: str) -> Settings:
    """Read the settings or raise SettingsError."""
    try:
        document = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"PARITY_GATEWAY is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise SettingsError("PARITY_GATEWAY must be a JSON object")
    settings = Settings(
        networks=each(document, "networks", _network),
        publish=each(document, "publish", _publication),
        allow=each(document, "allow", allowance),
        names=frozenset(each(document, "names", name)),
        services=read_services(document),
        aliases=read_aliases(document),
        ingress=read_ingress(document),
    )
    _check_together(settings)
    return settings


def allowance(item: object) -> Allowance:
    """Read one `allow` entry: name, *.name, address, each with an optional port."""
    if not isinstance(item, str):
        raise SettingsError("must be a string")
    host, port = _split_port(item)
    try:
        return Allowance(host, port, address=ip_address(host))
    except ValueError:
        wildcard = host.startswith("*.")
        name = host.removeprefix("*.").rstrip(".").lower()
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise SettingsError(f"{item!r} is neither a host name nor an address")
    return Allowance(name, port, wildcard=wildcard)


def _split_port(item: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"\[(.+)\](?::(.*))?", item)
    if bracketed:
        host, text = bracketed[1], bracketed[2]
    elif item.count(":") == 1:
        host, text = item.split(":")
    else:
        return item, None
    return host, None if text is None else port_number(text, item)


def _network(item: object) -> Network:
    fields = table(item)
    key, subnet, address = (text(fields, field) for field in ("name", "subnet", "address"))
    subnet6, address6 = fields.get("subnet6"), fields.get("address6")
    if (subnet6 is None) != (address6 is None):
        raise SettingsError("subnet6 and address6 go together")
    try:
        network = Network(key, IPv4Network(subnet), IPv4Address(address))
        if subnet6 is not None:
            network = Network(
                key, network.subnet, network.address, IPv6Network(subnet6), IPv6Address(address6)
            )
    except ValueError as error:
        raise SettingsError(str(error)) from error
    _check_inside(network)
    return network


def _check_inside(network: Network) -> None:
    if network.address not in network.subnet:
        raise SettingsError(f"address {network.address} is not in {network.subnet}")
    if network.subnet6 and network.address6 and network.address6 not in network.subnet6:
        raise SettingsError(f"address6 {network.address6} is not in {network.subnet6}")


def _publication(item: object) -> Publication:
    fields = table(item)
    listen = port_number(fields.get("listen"), "listen")
    if listen in INNER_PORTS:
        raise SettingsError(f"listen: port {listen} is used by the gateway itself")
    port = port_number(fields.get("port"), "port")
    origin = read_origin(fields["origin"]) if fields.get("origin") else None
    return Publication(listen, protocol(fields), text(fields, "service"), port, origin=origin)


def _check_together(settings: Settings) -> None:
    if not settings.networks:
        raise SettingsError("networks must name at least one network")
    for index, network in enumerate(settings.networks):
        for other in settings.networks[:index]:
            if network.subnet.overlaps(other.subnet):
                raise SettingsError(f"networks {other.name} and {network.name} overlap")
    listens = [(p.protocol, p.listen) for p in settings.publish]
    listens += [("tcp", entry.listen) for entry in settings.ingress.entries]
    if len(set(listens)) != len(listens):
        raise SettingsError("publish: the same port is listed twice")
