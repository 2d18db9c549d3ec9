"""Servers of a few lines on real sockets, that refuse, stall and lie, behind a bridge with short limits."""

import socket
import threading
from contextlib import suppress

import pytest

from parity.engine.bridge import Bridge, Limits


class Plain:
    """A remote that is a socket of this machine."""

    reason = ""

    def __init__(self, port, idle):
        self._socket = socket.create_connection(("127.0.0.1", port), idle)

    def read(self):
        return self._socket.recv(1 << 16)

    def write(self, data):
        self._socket.sendall(data)

    def close(self):
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def server():
    """Starts a server that treats each connection as it is told; returns its port."""
    listeners = []

    def start(behave):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve(peer):
            with peer, suppress(OSError):
                behave(peer)

        def accept():
            with suppress(OSError):
                while True:
                    peer, _ = listener.accept()
                    threading.Thread(target=serve, args=(peer,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return listener.getsockname()[1]

    yield start
    for listener in listeners:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.fixture
def bridge():
    """A bridge to a port of this machine."""

    def make(port, seconds=4.0, idle=1.0, size=1 << 20):
        return Bridge(lambda: Plain(port, idle), Limits(seconds, idle, size))

    return make
