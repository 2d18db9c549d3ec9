"""One question of gRPC's health protocol, by the few HTTP/2 frames it takes."""

import socket
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
ACK, END_STREAM, END_HEADERS, PADDED = 1, 1, 4, 8
SERVING = 1
MAX_FRAME = 1 << 20


class GrpcError(Exception):
    """The server answered, but not as a healthy one does."""


def check(sock: socket.socket, service: str) -> str:
    """`SERVING`, or GrpcError with what was said instead."""
    message = _field(1, service.encode()) if service else b""
    body = b"\0" + struct.pack("!I", len(message)) + message
    sock.sendall(
        PREFACE
        + _frame(SETTINGS, 0, 0, b"")
        + _frame(HEADERS, END_HEADERS, 1, _headers(sock))
        + _frame(DATA, END_STREAM, 1, body)
    )
    status = _status(_answer(sock))
    if status != SERVING:
        raise GrpcError(f"status {status}")
    return "SERVING"


def _headers(sock: socket.socket) -> bytes:
    """The request's header block, without compression: every HPACK decoder takes literals."""
    host, port = sock.getpeername()[:2]
    fields = (
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/grpc.health.v1.Health/Check"),
        (":authority", f"{host}:{port}"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    )
    return b"".join(b"\0" + _string(name) + _string(value) for name, value in fields)


def _string(text: str) -> bytes:
    data = text.encode()
    return bytes([len(data)]) + data  # all of them are shorter than 127


def _field(number: int, data: bytes) -> bytes:
    length, size = len(data), b""
    while length > 127:
        size, length = size + bytes([length & 127 | 128]), length >> 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + data


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def _answer(sock: socket.socket) -> bytes:
    """The message in the answer's data frames."""
    data = b""
    while True:
        size = int.from_bytes(_exactly(sock, 3), "big")
        kind, flags, stream = struct.unpack("!BBI", _exactly(sock, 6))
        payload = _exactly(sock, size)
        if kind == SETTINGS and not flags & ACK:
            sock.sendall(_frame(SETTINGS, ACK, 0, b""))
        elif kind == PING and not flags & ACK:
            sock.sendall(_frame(PING, ACK, 0, payload))
        elif kind in (RESET, GOAWAY):
            raise GrpcError("the server ended the call")
        elif kind == DATA and stream == 1:
            data += payload[1 : len(payload) - payload[0]] if flags & PADDED else payload
        if len(data) >= 5 and len(data) >= 5 + int.from_bytes(data[1:5], "big"):
            return data[5:]
        if stream == 1 and flags & END_STREAM and kind in (DATA, HEADERS):
            raise GrpcError("no status: the health service is not there, or knows no such name")


def _status(message: bytes) -> int:
    """Field 1 of the answer: a number below 128; left out where it is 0."""
    return message[1] if len(message) >= 2 and message[0] == 8 else 0


def _exactly(sock: socket.socket, size: int) -> bytes:
    if size > MAX_FRAME:
        raise GrpcError("not HTTP/2")
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        if not piece:
            raise GrpcError("closed without an answer")
        data += piece
    return data
