"""Copying between two connections: whole, both ways, and with the right kind of end."""

import asyncio
import contextlib
import socket
import threading

import pytest

from parity.stack.gateway_image.gateway.pump import Pump, new_buffer
from parity.stack.gateway_image.gateway.sockets import reset


def tcp_pair():
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far = server.accept()[0]
    for sock in (near, far):
        sock.settimeout(5)
    return near, far


@contextlib.contextmanager
def pumping(first=b""):
    """A client's and a service's end, with a pump in between."""
    client, left = tcp_pair()
    service, right = tcp_pair()

    async def run():
        for sock in (left, right):
            sock.setblocking(False)
        await asyncio.wait_for(Pump(left, right, new_buffer()).run(first), 10)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    with client, service:
        yield client, service
    thread.join(10)
    assert not thread.is_alive()
    assert left.fileno() == right.fileno() == -1


def read_all(sock):
    pieces = []
    while piece := sock.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


def test_both_ways():
    """Question and answer, after the bytes that were read before."""
    with pumping(b"first ") as (client, service):
        client.sendall(b"question")
        client.shutdown(socket.SHUT_WR)
        assert read_all(service) == b"first question"
        service.sendall(b"answer")
        service.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"answer"


def test_one_direction_may_go_on_alone():
    """A client that has said everything still hears everything."""
    with pumping() as (client, service):
        client.shutdown(socket.SHUT_WR)
        assert service.recv(1) == b""
        service.sendall(b"late")
        assert client.recv(10) == b"late"


def test_a_slow_reader_gets_everything():
    """More than all buffers together, and in order."""
    data = bytes(range(256)) * (256 << 10)
    with pumping() as (client, service):

        def send():
            service.sendall(data)
            service.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        client.shutdown(socket.SHUT_WR)
        sender.join(0.2)
        assert sender.is_alive()  # The buffers are full, and the reader has not begun.
        assert read_all(client) == data
        sender.join(5)


@pytest.mark.parametrize("broken", [0, 1])
def test_a_reset_is_passed_on(broken):
    """An end that broke must not look like an orderly one."""
    with pumping() as ends:
        reset(ends[broken])
        with pytest.raises(ConnectionResetError):
            ends[1 - broken].recv(1)
