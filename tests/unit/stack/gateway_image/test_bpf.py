"""The packet filters, run by the kernel itself on a socket pair."""

import socket
import struct
from ipaddress import IPv4Address, IPv4Network, IPv6Address

import pytest

from parity.stack.gateway_image.gateway.bpf import attach, filter4, filter6

SUBNET, GATEWAY = IPv4Network("10.231.4.0/24"), IPv4Address("10.231.4.1")
UDP, TCP, ICMP, ICMP6 = 17, 6, 1, 58


def ipv4(destination, protocol, payload, *, options=b"", fragment=0):
    words = 5 + len(options) // 4
    start = struct.pack("!BBHHHBBH", 0x40 | words, 0, 0, 0, fragment, 64, protocol, 0)
    source = IPv4Address("10.231.4.5").packed
    return start + source + IPv4Address(destination).packed + options + payload


def ipv6(destination, protocol, payload):
    source = IPv6Address("fd00:4::5").packed
    header = struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64)
    return header + source + IPv6Address(destination).packed + payload


def udp(port):
    return struct.pack("!HHHH", 40000, port, 8, 0)


def passes(program, packet):
    receiver, sender = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with receiver, sender:
        attach(receiver, program)
        receiver.setblocking(False)
        # A datagram that the filter drops is an error for its sender on this kind of socket.
        try:
            sender.send(packet)
            return bool(receiver.recv(100))
        except (BlockingIOError, PermissionError):
            return False


@pytest.mark.parametrize(
    ("packet", "seen"),
    [
        (ipv4("198.51.100.1", UDP, udp(123)), True),
        (ipv4("198.51.100.1", UDP, udp(53)), False),
        (ipv4("198.51.100.1", UDP, udp(123), options=bytes(8)), True),
        (ipv4("198.51.100.1", UDP, udp(53), options=bytes(8)), False),
        (ipv4("198.51.100.1", UDP, udp(123), fragment=0x2000), True),
        (ipv4("198.51.100.1", UDP, udp(123), fragment=100), False),
        (ipv4("10.231.4.1", UDP, udp(8125)), True),
        (ipv4("10.231.4.7", UDP, udp(40000)), False),
        (ipv4("198.51.100.1", ICMP, b"\x08\x00xxxxxx"), True),
        (ipv4("10.231.4.1", ICMP, b"\x08\x00xxxxxx"), True),
        (ipv4("198.51.100.1", ICMP, b"\x03\x03xxxxxx"), False),
        (ipv4("198.51.100.1", TCP, bytes(20)), False),
        (ipv4("198.51.100.1", UDP, b"")[:12], False),
        (b"", False),
    ],
)
def test_ipv4(packet, seen):
    """UDP but DNS, and pings, that leave the subnet or mean the gateway."""
    assert passes(filter4(SUBNET, int(GATEWAY)), packet) is seen


@pytest.mark.parametrize(
    ("packet", "seen"),
    [
        (ipv6("2001:db8::1", UDP, udp(443)), True),
        (ipv6("2001:db8::1", UDP, udp(53)), False),
        (ipv6("2001:db8::1", ICMP6, b"\x80\x00xxxxxx"), True),
        (ipv6("2001:db8::1", ICMP6, b"\x87\x00xxxxxx"), False),
        (ipv6("2001:db8::1", TCP, bytes(20)), False),
    ],
)
def test_ipv6(packet, seen):
    """The same, and no neighbour discovery."""
    assert passes(filter6(), packet) is seen
