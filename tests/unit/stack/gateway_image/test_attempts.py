"""What counts as having got out."""

import errno
import socket
import threading

import pytest

from parity.stack.gateway_image.gateway import attempts
from parity.stack.gateway_image.gateway.sockets import reset


def serve_once(handle):
    """A server that treats its one connection like this; returns the outcome and detail."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: handle(server.accept()[0]))
        thread.start()
        result = attempts.tcp("127.0.0.1", server.getsockname()[1])
        thread.join(5)
    return result


def answer(sock):
    sock.recv(1000)
    sock.sendall(b"HTTP/1.0 200 OK\r\n\x1b")
    sock.close()


def close(sock):
    sock.recv(1000)
    sock.close()


@pytest.mark.parametrize(
    ("handle", "outcome"),
    [
        (answer, ("connected", "HTTP/1.0 200 OK")),
        (close, ("reset", "accepted, then closed without an answer")),
    ],
)
def test_tcp(handle, outcome):
    """Data counts; a connection that is ended at once doesn't."""
    assert serve_once(handle) == outcome


def test_tcp_that_is_reset_at_once():
    """Whether the reset comes before or after the request."""
    assert serve_once(reset)[0] == "reset"


def test_tcp_that_stays_open(monkeypatch):
    """A silent connection was a way out all the same."""
    monkeypatch.setattr(attempts, "LIMIT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert attempts.tcp("127.0.0.1", server.getsockname()[1])[0] == "connected"


def test_nobody_listens():
    """Refused, over TCP and UDP, in both families."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert attempts.tcp("127.0.0.1", port)[0] == "refused"
    assert attempts.udp("127.0.0.1", port)[0] == "refused"
    assert attempts.tcp("::1", port)[0] in ("refused", "unreachable")


def test_udp(monkeypatch):
    """A reply counts, silence is a timeout."""
    monkeypatch.setattr(attempts, "LIMIT", 1.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def reply():
            data, peer = server.recvfrom(100)
            server.sendto(data, peer)

        thread = threading.Thread(target=reply)
        thread.start()
        assert attempts.udp(*server.getsockname())[0] == "answered"
        thread.join(5)
        monkeypatch.setattr(attempts, "LIMIT", 0.05)
        assert attempts.udp(*server.getsockname())[0] == "timeout"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), "nxdomain"),
        (socket.gaierror(socket.EAI_AGAIN, "no server"), "timeout"),
    ],
)
def test_names_that_are_not_found(error, outcome, monkeypatch):
    """A server that doesn't answer is not the same as one that says no."""

    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert attempts.dns("db.prod.invalid", 0)[0] == outcome
    assert attempts.tcp("db.prod.invalid", 443)[0] == "nxdomain"
    assert attempts.udp("db.prod.invalid", 443)[0] == "nxdomain"
    assert attempts.icmp("db.prod.invalid", 0)[0] == "nxdomain"


def test_a_name_that_is_found():
    """With its addresses."""
    assert attempts.dns("127.0.0.1", 0) == ("answered", "127.0.0.1")


@pytest.mark.parametrize("code", [errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL])
def test_no_way_there(code):
    """Routing errors have one outcome."""
    assert attempts._failure(OSError(code, "no route"))[0] == "unreachable"


def test_ping():
    """Loopback answers where this process may ping at all."""
    outcome, _ = attempts.icmp("127.0.0.1", 0)
    assert outcome in ("answered", "unreachable")
