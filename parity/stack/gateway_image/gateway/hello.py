"""The name a client speaks first: TLS server name or HTTP Host, from bytes that may be hostile."""

import re
from dataclasses import dataclass

MAX_HELLO = 16384

_REQUEST = re.compile(rb"[A-Z]{1,20} [^\r\n]* HTTP/1\.[01]\r?\n")
_REQUEST_START = re.compile(rb"[A-Z]{1,20}( [^\r\n]*\r?)?\Z")


class IncompleteError(Exception):
    """More bytes may still reveal a name."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A name and where it stood: `sni` or `http`."""

    name: str
    origin: str


def spoken_name(data: bytes) -> Spoken | None:
    """The name in a client's first bytes, None if they can't hold one; raises IncompleteError."""
    if not data:
        raise IncompleteError
    if data[0] == 0x16:
        name = server_name(data)
        return None if name is None else Spoken(name, "sni")
    host = http_host(data)
    return None if host is None else Spoken(host, "http")


class _Reader:
    """A cursor over bytes; running out of them raises IncompleteError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise IncompleteError
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def block(self, size: int) -> "_Reader":
        """A length-prefixed block as a cursor of its own."""
        return _Reader(self.take(self.number(size)))

    def left(self) -> int:
        return len(self._data) - self._at


def server_name(data: bytes) -> str | None:
    """The server name of a ClientHello, if it has one; raises IncompleteError."""
    body = _handshake(data)
    if body is None:
        return None
    try:
        return _name_of_hello(body)
    except IncompleteError:
        # The message is whole, so a length inside it lies: it is not a hello.
        return None


def _handshake(data: bytes) -> _Reader | None:
    """The first handshake message, which may be spread over several TLS records."""
    records, message = _Reader(data), b""
    while True:
        kind, version, _minor = records.take(3)
        if kind != 0x16 or version != 3:
            return None
        message += records.take(records.number(2))
        if len(message) >= 4:
            if message[0] != 1:
                return None
            length = int.from_bytes(message[1:4], "big")
            if length > MAX_HELLO:
                return None
            if len(message) >= 4 + length:
                return _Reader(message[4 : 4 + length])


def _name_of_hello(body: _Reader) -> str | None:
    body.take(2 + 32)
    for size in (1, 2, 1):  # session id, cipher suites, compression methods
        body.block(size)
    if not body.left():
        return None
    extensions = body.block(2)
    while extensions.left():
        kind = extensions.number(2)
        extension = extensions.block(2)
        if kind == 0:
            return _host_of_extension(extension)
    return None


def _host_of_extension(extension: _Reader) -> str | None:
    names = extension.block(2)
    while names.left():
        kind = names.number(1)
        name = names.block(2)
        if kind == 0:
            return name.take(name.left()).decode("ascii", "replace")
    return None


def http_host(data: bytes) -> str | None:
    """The Host of an HTTP/1 request, without its port; raises IncompleteError."""
    request = _REQUEST.match(data)
    if request is None:
        if len(data) < MAX_HELLO and _REQUEST_START.match(data):
            raise IncompleteError
        return None
    head, end, _ = data[request.end() - 1 :].replace(b"\r\n", b"\n").partition(b"\n\n")
    hosts = re.findall(rb"(?im)^host[ \t]*:[ \t]*([^\n]*?)[ \t]*$", head)
    if not end and len(data) < MAX_HELLO:
        raise IncompleteError
    if not hosts:
        return None
    # Two different hosts are a trick: joined they equal no allowed name.
    return ",".join(_without_port(host) for host in dict.fromkeys(hosts))


def _without_port(host: bytes) -> str:
    # A bare IPv6 address has colons of its own.
    named = re.fullmatch(rb"(\[[^\]]*\]|[^:]*):[0-9]*", host)
    return (named[1] if named else host).decode("ascii", "replace")
