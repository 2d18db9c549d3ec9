"""One way out each: TCP, UDP, a name lookup, a ping. Returns an outcome and what was seen."""

import os
import socket
import struct
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from .checksum import internet_checksum

LIMIT = 2.0

Result = tuple[str, str]


class _Deadline:
    """What is left of an attempt's time."""

    def __init__(self) -> None:
        self._end = time.monotonic() + LIMIT

    def left(self) -> float:
        return max(0.01, self._end - time.monotonic())


def tcp(address: str, port: int) -> Result:
    """Connect and speak HTTP: only data, or a connection that stays open, counts as connected."""
    deadline = _Deadline()
    found = _find(address, port, socket.SOCK_STREAM)
    if isinstance(found, str):
        return "nxdomain", found
    family, target = found
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        try:
            sock.settimeout(deadline.left())
            sock.connect(target)
        except OSError as error:
            return _failure(error)
        return _speak(sock, address, deadline)


def _speak(sock: socket.socket, host: str, deadline: _Deadline) -> Result:
    try:
        sock.settimeout(deadline.left())
        named = f"[{host}]" if ":" in host else host
        sock.sendall(f"GET / HTTP/1.1\r\nHost: {named}\r\nConnection: close\r\n\r\n".encode())
        sock.settimeout(deadline.left())
        data = sock.recv(256)
    except TimeoutError:
        return "connected", "open, no answer in time"
    except (ConnectionResetError, BrokenPipeError):
        return "reset", "accepted, then reset"
    except OSError as error:
        return _failure(error)
    if not data:
        return "reset", "accepted, then closed without an answer"
    return "connected", _shown(data.splitlines()[0])


def udp(address: str, port: int) -> Result:
    """Send a datagram and wait for a reply or a refusal."""
    deadline = _Deadline()
    found = _find(address, port, socket.SOCK_DGRAM)
    if isinstance(found, str):
        return "nxdomain", found
    family, target = found
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(target)
            sock.send(b"parity\n")
            sock.settimeout(deadline.left())
            return "answered", f"{len(sock.recv(2048))} bytes"
        except OSError as error:
            return _failure(error)


def dns(address: str, _port: int) -> Result:
    """Look a name up as any program in this container would."""
    try:
        found = socket.getaddrinfo(address, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        unsure = error.errno == socket.EAI_AGAIN
        return ("timeout" if unsure else "nxdomain"), error.strerror or str(error)
    except UnicodeError as error:
        return "nxdomain", str(error)
    return "answered", ", ".join(sorted({str(item[4][0]) for item in found}))


def icmp(address: str, _port: int) -> Result:
    """Send one echo request."""
    deadline = _Deadline()
    found = _find(address, 0, socket.SOCK_DGRAM)
    if isinstance(found, str):
        return "nxdomain", found
    family, target = found
    try:
        with _ping_socket(family) as sock:
            sock.connect(target)
            sock.send(_echo_request(family))
            return _await_reply(sock, family, deadline)
    except OSError as error:
        return _failure(error)


def _ping_socket(family: socket.AddressFamily) -> socket.socket:
    protocol = socket.IPPROTO_ICMPV6 if family == socket.AF_INET6 else socket.IPPROTO_ICMP
    try:
        return socket.socket(family, socket.SOCK_DGRAM, protocol)
    except PermissionError:
        return socket.socket(family, socket.SOCK_RAW, protocol)


def _echo_request(family: socket.AddressFamily) -> bytes:
    kind = 128 if family == socket.AF_INET6 else 8
    body = struct.pack("!HH", os.getpid() & 0xFFFF, 1) + b"parity"
    total = internet_checksum(struct.pack("!BBH", kind, 0, 0) + body)
    return struct.pack("!BBH", kind, 0, total) + body


def _await_reply(sock: socket.socket, family: socket.AddressFamily, deadline: _Deadline) -> Result:
    end = time.monotonic() + deadline.left()
    while True:
        left = end - time.monotonic()
        if left <= 0:
            return "timeout", "no answer in time"
        sock.settimeout(left)
        data = sock.recv(2048)
        # A raw IPv4 socket hands the IP header over as well, and sees other programs' messages.
        raw4 = family == socket.AF_INET and data[:1] and data[0] >> 4 == 4
        body = data[(data[0] & 15) * 4 :] if raw4 else data
        if body[:1] in (b"\x00", b"\x81") and body.endswith(b"parity"):
            return "answered", f"{len(body)} bytes"


ATTEMPTS: Mapping[str, Callable[[str, int], Result]] = MappingProxyType(
    {"tcp": tcp, "udp": udp, "dns": dns, "icmp": icmp}
)


def _find(
    address: str, port: int, kind: socket.SocketKind
) -> tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]] | str:
    """Family and socket address, or why there is none."""
    try:
        found = socket.getaddrinfo(address, port, type=kind)
    except (socket.gaierror, UnicodeError) as error:
        return str(error)
    family, _, _, _, target = found[0]
    return family, target  # type: ignore[return-value]


def _failure(error: OSError) -> Result:
    if isinstance(error, TimeoutError):
        return "timeout", "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "refused", "connection refused"
    if isinstance(error, ConnectionResetError):
        return "reset", "connection reset"
    return "unreachable", error.strerror or str(error)


def _shown(data: bytes) -> str:
    text = data.decode("ascii", "replace")
    return "".join(c if " " <= c <= "~" else "?" for c in text)[:120]
