"""What a ready service answers, by protocol; each probe returns the answer or raises NotReadyError."""

import socket
from collections.abc import Callable, Mapping
from types import MappingProxyType

MAX_ANSWER = 4096


class NotReadyError(Exception):
    """The service answered, but not as a ready one does."""


def tcp(_sock: socket.socket) -> str:
    """A connection is enough."""
    return "connected"


def http(sock: socket.socket) -> str:
    """Any status below 500: a missing page still shows a server at work."""
    host = sock.getpeername()[0]
    sock.sendall(f"GET / HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    line = _receive(sock, until=b"\n").partition(b"\n")[0].strip()
    words = line.split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        raise NotReadyError(_shown(line))
    if int(words[1]) >= 500:
        raise NotReadyError(_shown(line))
    return _shown(line)


def postgres(sock: socket.socket) -> str:
    """A start-up message is answered; an error is an answer too, unless it is "cannot connect now"."""
    body = (3 << 16).to_bytes(4, "big") + b"user\0parity\0database\0postgres\0\0"
    sock.sendall((len(body) + 4).to_bytes(4, "big") + body)
    answer = _receive(sock, count=5)
    if answer[:1] == b"R":
        return "asks for authentication"
    if answer[:1] != b"E":
        raise NotReadyError(_shown(answer))
    length = min(int.from_bytes(answer[1:5], "big") + 1, MAX_ANSWER)
    answer += _receive(sock, count=length - len(answer))
    fields = {part[:1]: part[1:] for part in answer[5:].split(b"\0") if part}
    said = _shown(b" ".join((fields.get(b"C", b""), fields.get(b"M", b""))))
    # 57P03 starting up or shutting down, 53300 no free connection.
    if fields.get(b"C", b"57P03") in (b"57P03", b"53300"):
        raise NotReadyError(said)
    return said


def redis(sock: socket.socket) -> str:
    """PING is answered, or refused for want of a password or of trust; a server that still loads says
    -LOADING.
    """
    sock.sendall(b"*1\r\n$4\r\nPING\r\n")
    line = _receive(sock, until=b"\n").partition(b"\r")[0]
    if not line.startswith((b"+PONG", b"-NOAUTH", b"-DENIED", b"-NOPERM")):
        raise NotReadyError(_shown(line))
    return _shown(line)


def amqp(sock: socket.socket) -> str:
    """The server opens with its Connection.Start method."""
    sock.sendall(b"AMQP\x00\x00\x09\x01")
    frame = _receive(sock, count=11)
    if frame[:3] != b"\x01\x00\x00" or frame[7:11] != b"\x00\x0a\x00\x0a":
        raise NotReadyError(_shown(frame))
    return "Connection.Start"


PROBES: Mapping[str, Callable[[socket.socket], str]] = MappingProxyType(
    {"tcp": tcp, "http": http, "postgres": postgres, "redis": redis, "amqp": amqp}
)


def _receive(sock: socket.socket, *, until: bytes | None = None, count: int = MAX_ANSWER) -> bytes:
    data = b""
    while len(data) < count and (until is None or until not in data):
        piece = sock.recv(count - len(data))
        if not piece:
            raise NotReadyError(
                f"closed after {_shown(data)}" if data else "closed without an answer"
            )
        data += piece
    return data


def _shown(answer: bytes) -> str:
    text = answer.decode("ascii", "replace")
    return "".join(c if " " <= c <= "~" else "?" for c in text).strip()[:200]
