"""Classic BPF programs that let a packet socket see attempts to leave, and nothing else."""

import ctypes
import socket
import struct
from ipaddress import IPv4Network

SO_ATTACH_FILTER = 26
SNAP = 64

# Classic BPF: opcode, then where to go on true and false, then the operand.
LOAD_WORD, LOAD_HALF, LOAD_BYTE, LOAD_HALF_INDEXED = 0x20, 0x28, 0x30, 0x48
LOAD_BYTE_INDEXED, LOAD_HEADER_LENGTH = 0x50, 0xB1
AND, EQUAL, ANY_BIT, RETURN = 0x54, 0x15, 0x45, 0x06
PACKET_TYPE, PACKET_HOST = 0xFFFFF004, 0

Instruction = tuple[int, str | None, str | None, int]
Jumped = tuple[int, int, int, int]
Program = list[tuple[str | None, Instruction]]


def assemble(program: Program) -> list[Jumped]:
    """Turn labels into the relative jumps that the kernel expects."""
    places = {label: index for index, (label, _) in enumerate(program) if label}

    def jump(target: str | None, index: int) -> int:
        return 0 if target is None else places[target] - index - 1

    return [
        (code, jump(yes, index), jump(no, index), operand)
        for index, (_, (code, yes, no, operand)) in enumerate(program)
    ]


def filter4(subnet: IPv4Network, address: int) -> list[Jumped]:
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


def filter6() -> list[Jumped]:
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


def attach(sock: socket.socket, program: list[Jumped]) -> None:
    """Let the kernel drop what the program returns 0 for."""
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    memory = ctypes.create_string_buffer(code)
    where = struct.pack("HL", len(program), ctypes.addressof(memory))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, where)
