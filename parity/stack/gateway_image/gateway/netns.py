"""The container's own interfaces: which one is which, the gateway addresses, the default route."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv6Address

from .announce import announce
from .settings import Network

ATTACH_TIMEOUT = 10.0


class NetworkError(RuntimeError):
    """The container's network is not what the settings say."""


@dataclass(frozen=True, slots=True)
class Leg:
    """An interface with an IPv4 address."""

    device: str
    address: IPv4Interface


@dataclass(frozen=True, slots=True)
class Legs:
    """The interface of each stack network, and the edge if there is one."""

    stack: tuple[tuple[Network, str], ...]
    edge: Leg | None


def tool(*command: str, text: str | None = None) -> str:
    """Run a network tool of the image; its complaint becomes the error."""
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=10, check=False
    )
    if done.returncode:
        raise NetworkError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def read_legs() -> list[Leg]:
    """All IPv4 addresses of all interfaces but loopback."""
    return parse_legs(tool("ip", "-j", "-4", "address", "show"))


def parse_legs(text: str) -> list[Leg]:
    """Interfaces from what `ip -j address` prints."""
    return [
        Leg(link["ifname"], IPv4Interface(f"{info['local']}/{info['prefixlen']}"))
        for link in json.loads(text)
        for info in link.get("addr_info", ())
        if link.get("ifname", "lo") != "lo" and info.get("family") == "inet"
    ]


async def find_legs(
    networks: tuple[Network, ...],
    read: Callable[[], list[Leg]] = read_legs,
    patience: float = ATTACH_TIMEOUT,
) -> Legs:
    """Wait until every stack network is attached: an engine may connect them after the start."""
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        legs = read()
        missing = [n for n in networks if _device_of(n, legs) is None]
        if not missing:
            return match(networks, legs)
        if asyncio.get_running_loop().time() > deadline:
            names = ", ".join(f"{n.name} ({n.subnet})" for n in missing)
            raise NetworkError(f"not attached to network {names}")
        await asyncio.sleep(0.05)


def match(networks: tuple[Network, ...], legs: list[Leg]) -> Legs:
    """Sort interfaces into stack networks and the edge (the first one that is neither)."""
    stack = tuple((n, d) for n in networks if (d := _device_of(n, legs)) is not None)
    inside = {device for _, device in stack}
    outside = [leg for leg in legs if leg.device not in inside]
    return Legs(stack, outside[0] if outside else None)


def _device_of(network: Network, legs: list[Leg]) -> str | None:
    return next((leg.device for leg in legs if leg.address.ip in network.subnet), None)


def take_addresses(legs: Legs) -> None:
    """Become the gateway of every stack network; taking an address twice is no error."""
    for network, device in legs.stack:
        _take(device, network.address, network.subnet.prefixlen)
        if network.address6 is not None and network.subnet6 is not None:
            _take(device, network.address6, network.subnet6.prefixlen)


def _take(device: str, address: IPv4Address | IPv6Address, prefix: int) -> None:
    # Without `nodad` an IPv6 address would be unusable for a second.
    options = ("nodad",) if address.version == 6 else ()
    tool("ip", "address", "replace", f"{address}/{prefix}", "dev", device, *options)
    announce(device, address)


def leave_by_edge(legs: Legs) -> None:
    """Point the default route at the edge: the engine may have chosen a stack network, which is us."""
    if legs.edge is None:
        return
    routes = json.loads(tool("ip", "-j", "-4", "route", "show", "default"))
    if [route.get("dev") for route in routes] == [legs.edge.device]:
        return
    # Engines give a network's first address to its bridge unless they are told otherwise.
    first = legs.edge.address.network.network_address + 1
    tool("ip", "route", "replace", "default", "via", str(first), "dev", legs.edge.device)
