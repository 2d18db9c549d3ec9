"""Where it listens: `listening.PORT/tcp` is `everywhere`, `loopback`, `ipv6` or the one address.

Source: proc_net(5), tcp and tcp6.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.inside._tables import rows
from parity.probes.inside.contract import Seen, Wants

LAYER = Layer.RUNNING
NAMES: tuple[str, ...] = ("listening",)

_TCP, _TCP6 = "/proc/1/net/tcp", "/proc/1/net/tcp6"
_LISTENS = "0A"
_RESOLVER = ipaddress.ip_address("127.0.0.11")
"""The engine's own, in every container."""
_MOST = 200
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def wants(record: Mapping[str, Any]) -> Wants:
    """The kernel's tables of sockets."""
    del record
    return Wants(files=(_TCP, _TCP6))


def read(seen: Seen) -> Facts:
    """Each port once, with the widest of its addresses."""
    places: dict[int, list[_Address]] = {}
    for path in (_TCP, _TCP6):
        for address, port in _listening(seen.files.get(path, "")):
            places.setdefault(port, []).append(address)
    if len(places) > _MOST:
        return Facts(unread={"listening": f"more than {_MOST} ports"})
    told = {f"{port}/tcp": _where(found) for port, found in sorted(places.items())}
    return Facts({"listening": told} if told else {})


def _listening(text: str) -> Iterator[tuple[_Address, int]]:
    for words in rows(text):
        if words[3:4] == [_LISTENS]:
            digits, _, port = words[1].partition(":")
            address = _address(digits)
            if address is not None and address != _RESOLVER:
                yield address, int(port, 16)


def _address(digits: str) -> _Address | None:
    """Words of four bytes, each in the machine's order, which is little-endian where parity runs."""
    try:
        data = bytes.fromhex(digits)
        turned = b"".join(data[at : at + 4][::-1] for at in range(0, len(data), 4))
        address = ipaddress.ip_address(turned)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _where(addresses: list[_Address]) -> str:
    every = [address for address in addresses if address.is_unspecified]
    if every:
        # One for IPv6 alone cannot be told from one for both: the kernel's switch says both.
        return "everywhere"
    if all(address.is_loopback for address in addresses):
        return "loopback"
    return ", ".join(sorted(str(a) for a in addresses if not a.is_loopback)[:4])
