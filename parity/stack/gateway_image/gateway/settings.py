"""What `run` is told through PARITY_GATEWAY, checked before anything is touched."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeVar

ROUTER_PORT = 15001
DNS_PORT = 15053
# Nobody listens here, and it is outside the range the kernel hands out: UDP sent to it is refused at once.
CLOSED_PORT = 9
INNER_PORTS = frozenset({ROUTER_PORT, DNS_PORT, CLOSED_PORT})

_NAME = re.compile(
    r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)

T = TypeVar("T")


class SettingsError(ValueError):
    """The settings can't be used; the message says which one and why."""


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


def parse(text: str) -> Settings:
    """Read the settings or raise SettingsError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"PARITY_GATEWAY is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise SettingsError("PARITY_GATEWAY must be a JSON object")
    settings = Settings(
        networks=_each(document, "networks", _network),
        publish=_each(document, "publish", _publication),
        allow=_each(document, "allow", allowance),
        names=frozenset(_each(document, "names", _own_name)),
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
    return host, None if text is None else _port(text, item)


def _port(value: object, where: str) -> int:
    number = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,5}", value) else value
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= 65535:
        raise SettingsError(f"{where}: not a port number from 1 to 65535")
    return number


def _each(document: dict[str, object], key: str, read: Callable[[object], T]) -> tuple[T, ...]:
    items = document.get(key, [])
    if not isinstance(items, list):
        raise SettingsError(f"{key} must be a list")
    result = []
    for index, item in enumerate(items):
        try:
            result.append(read(item))
        except SettingsError as error:
            raise SettingsError(f"{key}[{index}]: {error}") from error
    return tuple(result)


def _network(item: object) -> Network:
    table = _table(item)
    name, subnet, address = (_text(table, key) for key in ("name", "subnet", "address"))
    subnet6, address6 = table.get("subnet6"), table.get("address6")
    if (subnet6 is None) != (address6 is None):
        raise SettingsError("subnet6 and address6 go together")
    try:
        network = Network(name, IPv4Network(subnet), IPv4Address(address))
        if subnet6 is not None:
            network = Network(
                name, network.subnet, network.address, IPv6Network(subnet6), IPv6Address(address6)
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
    table = _table(item)
    protocol = table.get("protocol", "tcp")
    if protocol not in ("tcp", "udp"):
        raise SettingsError("protocol must be tcp or udp")
    listen = _port(table.get("listen"), "listen")
    if listen in INNER_PORTS:
        raise SettingsError(f"listen: port {listen} is used by the gateway itself")
    return Publication(
        listen, str(protocol), _text(table, "service"), _port(table.get("port"), "port")
    )


def _own_name(item: object) -> str:
    if not isinstance(item, str) or not item:
        raise SettingsError("must be a name")
    return item.rstrip(".").lower()


def _table(item: object) -> dict[str, object]:
    if not isinstance(item, dict):
        raise SettingsError("must be an object")
    return item


def _text(table: dict[str, object], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{key} must be a non-empty string")
    return value


def _check_together(settings: Settings) -> None:
    if not settings.networks:
        raise SettingsError("networks must name at least one network")
    for index, network in enumerate(settings.networks):
        for other in settings.networks[:index]:
            if network.subnet.overlaps(other.subnet):
                raise SettingsError(f"networks {other.name} and {network.name} overlap")
    listens = [(p.protocol, p.listen) for p in settings.publish]
    if len(set(listens)) != len(listens):
        raise SettingsError("publish: the same port is listed twice")
