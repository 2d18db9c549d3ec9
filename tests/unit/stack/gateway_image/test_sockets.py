"""Listening, resetting, and accepting under a limit."""

import asyncio
import socket

import pytest

from parity.stack.gateway_image.gateway.sockets import (
    Acceptor,
    listen,
    original_destination,
    reset,
)


def connected_to(listener):
    return socket.create_connection(listener.getsockname()[:2], timeout=2)


@pytest.fixture
def listener():
    with listen("127.0.0.1", 0) as sock:
        yield sock


def test_reset_is_seen_as_a_reset(listener):
    """Not as an orderly end."""
    with connected_to(listener) as client:
        listener.setblocking(True)
        reset(listener.accept()[0])
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_reset_of_a_closed_socket_is_harmless():
    """Both ends of a pump may fail at once."""
    sock = socket.socket()
    sock.close()
    reset(sock)


def test_without_a_redirect_the_destination_is_the_local_address(listener):
    """A client that means the router itself."""
    with connected_to(listener):
        listener.setblocking(True)
        with listener.accept()[0] as accepted:
            assert original_destination(accepted) == listener.getsockname()


def test_no_more_than_the_limit_is_served(listener):
    """One connection too many is reset; afterwards there is room again."""

    async def scenario():
        served, release = [], asyncio.Event()

        async def handle(sock, peer):
            served.append(peer)
            await release.wait()
            raise BrokenPipeError  # Concerns nobody else.

        acceptor = Acceptor(listener, handle, 1)
        task = asyncio.ensure_future(acceptor.serve())
        address = listener.getsockname()
        reader, writer = await asyncio.open_connection(*address)
        reader2, writer2 = await asyncio.open_connection(*address)
        with pytest.raises(ConnectionResetError):
            await reader2.read(1)
        release.set()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        reader3, writer3 = await asyncio.open_connection(*address)
        with pytest.raises(ConnectionResetError):
            await reader3.read(1)
        for each in (writer, writer2, writer3):
            each.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return served

    assert len(asyncio.run(asyncio.wait_for(scenario(), 5))) == 2
