"""Sees UDP and ICMP attempts as they arrive, through a kernel filter that lets nothing else up here."""

import ctypes
import socket
import struct
from ipaddress import IPv4Network, IPv6Network

from .allow import AllowList
from .record import Attempt, Recorder
from .settings import Network

ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86DD
SO_ATTACH_FILTER = 26
SNAP = 64
BATCH = 128

# Classic BPF: opcode, then where to go on true and false, then the operand.
LOAD_WORD, LOAD_HALF, LOAD_BYTE, LOAD_HALF_INDEXED = 0x20, 0x28, 0x30, 0x48
LOAD_BYTE_INDEXED, LOAD_HEADER_LENGTH = 0x50, 0xB1
AND, EQUAL, ANY_BIT, RETURN = 0x54, 0x15, 0x45, 0x06
PACKET_TYPE, PACKET_HOST = 0xFFFFF004, 0

Instruction = tuple[int, str | None, str | None, int]
Program = list[tuple[str | None, Instruction]]


def assemble(program: Program) -> list[tuple[int, int, int, int]]:
    """Turn labels into the relative jumps that the kernel expects."""
    places = {label: index for index, (label, _) in enumerate(program) if label}

    def jump(target: str | None, index: int) -> int:
        return 0 if target is None else places[target] - index - 1

    return [
        (code, jump(yes, index), jump(no, index), operand)
        for index, (_, (code, yes, no, operand)) in enumerate(program)
    ]


def filter4(subnet: IPv4Network, address: int) -> list[tuple[int, int, int, int]]:
    """UDP (but DNS) and ICMP echo requests to this host, for outside the subnet or the gateway."""
    return assemble(
        [
            (None, (LOAD_WORD, None, None, PACKET_TYPE)),
            (None, (EQUAL, None, "drop", PACKET_HOST)),
            (None, (LOAD_WORD, None, None, 16)),
            (None, (EQUAL, "meant", None, address)),
            (None, (AND, None, None, int(subnet.netmask))),
            (None, (EQUAL, "drop", None, int(subnet.network_address))),
            ("meant", (LOAD_HALF, None, None, 6)),
            (None, (ANY_BIT, "drop", None, 0x1FFF)),  # Only a datagram's first fragment has ports.
            (None, (LOAD_HEADER_LENGTH, None, None, 0)),
            (None, (LOAD_BYTE, None, None, 9)),
            (None, (EQUAL, "udp", None, socket.IPPROTO_UDP)),
            (None, (EQUAL, None, "drop", socket.IPPROTO_ICMP)),
            (None, (LOAD_BYTE_INDEXED, None, None, 0)),
            (None, (EQUAL, "keep", "drop", 8)),
            ("udp", (LOAD_HALF_INDEXED, None, None, 2)),
            (None, (EQUAL, "drop", None, 53)),
            ("keep", (RETURN, None, None, SNAP)),
            ("drop", (RETURN, None, None, 0)),
        ]
    )


def filter6() -> list[tuple[int, int, int, int]]:
    """UDP (but DNS) and ICMPv6 echo requests to this host; the subnet is looked at afterwards."""
    return assemble(
        [
            (None, (LOAD_WORD, None, None, PACKET_TYPE)),
            (None, (EQUAL, None, "drop", PACKET_HOST)),
            (None, (LOAD_BYTE, None, None, 6)),
            (None, (EQUAL, "udp", None, socket.IPPROTO_UDP)),
            (None, (EQUAL, None, "drop", socket.IPPROTO_ICMPV6)),
            (None, (LOAD_BYTE, None, None, 40)),
            (None, (EQUAL, "keep", "drop", 128)),
            ("udp", (LOAD_HALF, None, None, 42)),
            (None, (EQUAL, "drop", None, 53)),
            ("keep", (RETURN, None, None, SNAP)),
            ("drop", (RETURN, None, None, 0)),
        ]
    )


def parse4(packet: bytes) -> tuple[str, str, str, int | None] | None:
    """Protocol, source, destination and port of an IPv4 packet."""
    if len(packet) < 20 or packet[0] >> 4 != 4:
        return None
    ends = [socket.inet_ntop(socket.AF_INET, packet[at : at + 4]) for at in (12, 16)]
    return _parsed(packet[9], socket.IPPROTO_ICMP, ends, packet[(packet[0] & 15) * 4 :])


def parse6(packet: bytes) -> tuple[str, str, str, int | None] | None:
    """Protocol, source, destination and port of an IPv6 packet without extension headers."""
    if len(packet) < 40 or packet[0] >> 4 != 6:
        return None
    ends = [socket.inet_ntop(socket.AF_INET6, packet[at : at + 16]) for at in (8, 24)]
    return _parsed(packet[6], socket.IPPROTO_ICMPV6, ends, packet[40:])


def _parsed(
    protocol: int, icmp: int, ends: list[str], payload: bytes
) -> tuple[str, str, str, int | None] | None:
    if protocol == icmp:
        return "icmp", ends[0], ends[1], None
    if protocol == socket.IPPROTO_UDP and len(payload) >= 4:
        return "udp", ends[0], ends[1], int.from_bytes(payload[2:4], "big")
    return None


class Sniffer:
    """Records the attempts of one stack network in one family."""

    def __init__(
        self, network: Network, device: str, version: int, allow: AllowList, recorder: Recorder
    ) -> None:
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
        if self._skip and _inside(address, self._skip) and address != self._gateway6:
            return
        name = self._allow.name_of(address)
        origin = "allow" if name else None
        self._recorder.add(Attempt("refused", protocol, source, address, port, name, origin))


def _inside(address: str, subnet: IPv6Network) -> bool:
    from ipaddress import IPv6Address

    return IPv6Address(address) in subnet


def open_filtered(
    device: str, protocol: int, program: list[tuple[int, int, int, int]]
) -> socket.socket:
    """A packet socket on one interface whose filter is in place before it is bound."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    memory = ctypes.create_string_buffer(code)
    sock.setsockopt(
        socket.SOL_SOCKET,
        SO_ATTACH_FILTER,
        struct.pack("HL", len(program), ctypes.addressof(memory)),
    )
    sock.setblocking(False)
    sock.bind((device, protocol))
    return sock
