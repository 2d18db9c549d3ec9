"""Tells neighbours who has the gateway addresses now: they may remember an earlier container."""

import socket
import struct
from ipaddress import IPv4Address, IPv6Address

from .checksum import internet_checksum

BROADCAST = b"\xff" * 6
ALL_NODES = IPv6Address("ff02::1")
ALL_NODES_HARDWARE = b"\x33\x33\x00\x00\x00\x01"
NEIGHBOUR_ADVERTISEMENT = 136
ROUTER_AND_OVERRIDE = 0xA0000000


def announce(device: str, address: IPv4Address | IPv6Address) -> None:
    """Send one unasked announcement on an interface."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind((device, 0))
        hardware: bytes = sock.getsockname()[4]
        if isinstance(address, IPv4Address):
            sock.send(gratuitous_arp(hardware, address))
        else:
            sock.send(unasked_advertisement(hardware, address))


def gratuitous_arp(hardware: bytes, address: IPv4Address) -> bytes:
    """An ARP request for one's own address, which every neighbour's table takes over."""
    ethernet = BROADCAST + hardware + b"\x08\x06"
    header = b"\x00\x01\x08\x00\x06\x04\x00\x01"
    return ethernet + header + hardware + address.packed + bytes(6) + address.packed


def unasked_advertisement(hardware: bytes, address: IPv6Address) -> bytes:
    """The same in IPv6: a neighbour advertisement to all, overriding what they knew."""
    option = b"\x02\x01" + hardware
    body = struct.pack("!I", ROUTER_AND_OVERRIDE) + address.packed + option
    bare = struct.pack("!BBH", NEIGHBOUR_ADVERTISEMENT, 0, 0) + body
    pseudo = struct.pack("!II", len(bare), socket.IPPROTO_ICMPV6)
    total = internet_checksum(address.packed + ALL_NODES.packed + pseudo + bare)
    message = struct.pack("!BBH", NEIGHBOUR_ADVERTISEMENT, 0, total) + body
    header = struct.pack("!IHBB", 6 << 28, len(message), socket.IPPROTO_ICMPV6, 255)
    packet = header + address.packed + ALL_NODES.packed + message
    return ALL_NODES_HARDWARE + hardware + b"\x86\xdd" + packet
