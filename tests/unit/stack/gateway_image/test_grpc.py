"""gRPC's health question against servers that speak just enough HTTP/2."""

import contextlib
import socket
import struct
import threading

import pytest

from parity.stack.gateway_image.gateway import grpc
from parity.stack.gateway_image.gateway.grpc import GrpcError, check


def frame(kind, flags, stream, payload=b""):
    head = struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream)
    return head + payload


def message(body):
    return b"\0" + struct.pack("!I", len(body)) + body


SETTINGS = frame(grpc.SETTINGS, 0, 0)
HEADERS = frame(grpc.HEADERS, grpc.END_HEADERS, 1, b"\x88")
TRAILERS = frame(grpc.HEADERS, grpc.END_HEADERS | grpc.END_STREAM, 1, b"\x88")


def ask(answer, service=""):
    """Put the question to a server that answers these bytes; returns what it was asked, too."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        got = []

        def serve():
            connection, _ = server.accept()
            # A client that leaves before it has read all resets the connection.
            with connection, contextlib.suppress(OSError):
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                while data := connection.recv(4096):
                    got.append(data)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with socket.create_connection(server.getsockname(), 3) as sock:
                said = check(sock, service)
        finally:
            thread.join()
    return said, b"".join(got)


def test_a_serving_server_is_ready():
    """Its name goes along with the question."""
    ping = frame(grpc.PING, 0, 0, b"12345678")
    data = frame(grpc.DATA, 0, 1, message(b"\x08\x01"))
    said, got = ask(SETTINGS + ping + HEADERS + data, service="shop.v1.Orders")
    assert said == "SERVING"
    assert got.startswith(grpc.PREFACE)
    assert b"/grpc.health.v1.Health/Check" in got and b"\x0a\x0eshop.v1.Orders" in got
    assert frame(grpc.PING, grpc.ACK, 0, b"12345678") in got


def test_an_answer_may_be_padded_and_in_pieces():
    """As HTTP/2 allows."""
    whole = message(b"\x08\x01")
    first = frame(grpc.DATA, grpc.PADDED, 1, b"\x02" + whole[:3] + b"\0\0")
    said, _ = ask(SETTINGS + HEADERS + first + frame(grpc.DATA, 0, 1, whole[3:]))
    assert said == "SERVING"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (SETTINGS + HEADERS + frame(grpc.DATA, 0, 1, message(b"\x08\x02")), "status 2"),
        (SETTINGS + HEADERS + frame(grpc.DATA, 0, 1, message(b"")), "status 0"),
        (SETTINGS + TRAILERS, "no status"),
        (SETTINGS + frame(grpc.RESET, 0, 1, b"\0\0\0\1"), "ended the call"),
        (frame(grpc.GOAWAY, 0, 0, b"\0" * 8), "ended the call"),
        (b"", "closed"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not HTTP/2"),
    ],
)
def test_a_server_that_does_not_serve_is_not_ready(answer, why):
    """Whatever it says instead."""
    with pytest.raises(GrpcError, match=why):
        ask(answer)


def test_a_long_name_has_a_long_length():
    """Its length takes two bytes then."""
    data = frame(grpc.DATA, 0, 1, message(b"\x08\x01"))
    _, got = ask(SETTINGS + HEADERS + data, service="s" * 200)
    assert b"\x0a\xc8\x01" + b"s" * 200 in got
