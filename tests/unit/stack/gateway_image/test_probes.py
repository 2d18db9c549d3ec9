"""What counts as ready, protocol by protocol."""

import contextlib
import socket
import threading

import pytest

from parity.stack.gateway_image.gateway.probes import PROBES, NotReadyError


def postgres_error(code, message):
    fields = b"SFATAL\0C" + code + b"\0M" + message + b"\0\0"
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields


AMQP_START = b"\x01\x00\x00\x00\x00\x01\xf4\x00\x0a\x00\x0a\x00\x09"


def probe(kind, answer, chunk=None):
    """Ask a server on the other end of a TCP connection that says this and closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            # The probe may hang up as soon as it has heard enough.
            with server.accept()[0] as theirs, contextlib.suppress(OSError):
                theirs.recv(1000)
                for start in range(0, len(answer), chunk or len(answer) or 1):
                    theirs.sendall(answer[start : start + (chunk or len(answer))])
                theirs.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=serve)
        thread.start()
        with socket.create_connection(server.getsockname(), 5) as ours:
            try:
                return PROBES[kind](ours)
            finally:
                ours.close()
                thread.join(5)


READY = [
    ("tcp", b"", "connected"),
    ("http", b"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK"),
    ("http", b"HTTP/1.0 404 Not Found\r\n", "HTTP/1.0 404 Not Found"),
    ("postgres", b"R\x00\x00\x00\x08\x00\x00\x00\x03", "asks for authentication"),
    ("postgres", postgres_error(b"28000", b"no pg_hba.conf entry"), "28000 no pg_hba.conf entry"),
    ("redis", b"+PONG\r\n", "+PONG"),
    ("redis", b"-NOAUTH Authentication required.\r\n", "-NOAUTH Authentication required."),
    (
        "redis",
        b"-DENIED Redis is running in protected mode\r\n",
        "-DENIED Redis is running in protected mode",
    ),
    ("amqp", AMQP_START, "Connection.Start"),
]


@pytest.mark.parametrize(("kind", "answer", "said"), READY)
@pytest.mark.parametrize("chunk", [None, 1])
def test_ready(kind, answer, said, chunk):
    """Also when the answer comes byte by byte."""
    assert probe(kind, answer, chunk) == said


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        ("http", b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "503"),
        ("http", b"SSH-2.0-OpenSSH\r\n", "SSH"),
        ("http", b"HTTP/1.1 abc\r\n", "abc"),
        ("http", b"", "closed without an answer"),
        ("http", b"HTTP/1.1", "closed after"),
        (
            "postgres",
            postgres_error(b"57P03", b"the database system is starting up"),
            "starting up",
        ),
        ("postgres", postgres_error(b"53300", b"too many clients"), "too many"),
        ("postgres", b"N1234", "N1234"),
        ("postgres", b"E\xff\xff\xff\xffx", "closed after"),
        ("postgres", b"E\x00\x00\x00\x04", "^$"),
        ("redis", b"-LOADING Redis is loading the dataset in memory\r\n", "LOADING"),
        ("redis", b"-LOADING\x1b[31m\r\n", r"\?\[31m"),
        ("amqp", b"AMQP\x00\x00\x09\x01\x00\x00\x00", "AMQP"),
        ("amqp", b"\x01\x00", "closed after"),
    ],
)
def test_not_ready(kind, answer, said):
    """The refusal shows what was answered, printable and short."""
    with pytest.raises(NotReadyError, match=said):
        probe(kind, answer)
