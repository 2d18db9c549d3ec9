"""Sees UDP and ICMP attempts as they arrive, through a kernel filter that lets nothing else up here."""

import socket
from collections.abc import Container
from ipaddress import IPv6Address, IPv6Network

from .allow import AllowList
from .bpf import SNAP, Jumped, attach, filter4, filter6
from .record import Attempt, Recorder
from .settings import Network
from .sockets import Address

ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86DD
BATCH = 128

# Protocol, source, destination, port.
Seen = tuple[str, str, str, int | None]


def parse4(packet: bytes) -> Seen | None:
    """Protocol, source, destination and port of an IPv4 packet."""
    if len(packet) < 20 or packet[0] >> 4 != 4:
        return None
    ends = [socket.inet_ntop(socket.AF_INET, packet[at : at + 4]) for at in (12, 16)]
    return _parsed(packet[9], socket.IPPROTO_ICMP, ends, packet[(packet[0] & 15) * 4 :])


def parse6(packet: bytes) -> Seen | None:
    """Protocol, source, destination and port of an IPv6 packet without extension headers."""
    if len(packet) < 40 or packet[0] >> 4 != 6:
        return None
    ends = [socket.inet_ntop(socket.AF_INET6, packet[at : at + 16]) for at in (8, 24)]
    return _parsed(packet[6], socket.IPPROTO_ICMPV6, ends, packet[40:])


def _parsed(protocol: int, icmp: int, ends: list[str], payload: bytes) -> Seen | None:
    if protocol == icmp:
        return "icmp", ends[0], ends[1], None
    if protocol == socket.IPPROTO_UDP and len(payload) >= 4:
        return "udp", ends[0], ends[1], int.from_bytes(payload[2:4], "big")
    return None


class Sniffer:
    """Records the attempts of one stack network in one family."""

    def __init__(
        self,
        network: Network,
        device: str,
        version: int,
        allow: AllowList,
        recorder: Recorder,
        *,
        served: Container[Address] = (),
    ) -> None:
        self._served = served
        self._skip: IPv6Network | None = network.subnet6 if version == 6 else None
        self._gateway6 = str(network.address6)
        self._parse = parse4 if version == 4 else parse6
        self._allow = allow
        self._recorder = recorder
        program = filter4(network.subnet, int(network.address)) if version == 4 else filter6()
        self.sock = open_filtered(device, ETH_P_IP if version == 4 else ETH_P_IPV6, program)

    def ready(self) -> None:
        """Record what waits, a batch at a time."""
        for _ in range(BATCH):
            try:
                packet = self.sock.recv(SNAP)
            except OSError:
                return  # Nothing left, or the interface went away.
            self.add(packet)

    def add(self, packet: bytes) -> None:
        """Record one packet."""
        found = self._parse(packet)
        if found is None:
            return
        protocol, source, address, port = found
        if protocol == "udp" and (address, port) in self._served:
            return
        if self._skip and _inside(address, self._skip) and address != self._gateway6:
            return
        name = self._allow.name_of(address)
        origin = "allow" if name else None
        self._recorder.add(Attempt("refused", protocol, source, address, port, name, origin))


def _inside(address: str, subnet: IPv6Network) -> bool:
    return IPv6Address(address) in subnet


def open_filtered(device: str, protocol: int, program: list[Jumped]) -> socket.socket:
    """A packet socket on one interface whose filter is in place before it is bound."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    attach(sock, program)
    sock.setblocking(False)
    sock.bind((device, protocol))
    return sock
