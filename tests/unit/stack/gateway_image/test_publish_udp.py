"""Published UDP ports: sessions, their bounds and their end."""

import asyncio
import socket

import pytest

from parity.stack.gateway_image.gateway import publish_udp
from parity.stack.gateway_image.gateway.publish import Backends
from parity.stack.gateway_image.gateway.publish_udp import PublishedUdp
from parity.stack.gateway_image.gateway.settings import Publication
from parity.stack.gateway_image.gateway.sockets import listen

from .test_publish import CountingResolver


def datagram_socket():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


async def answer_all(service):
    loop = asyncio.get_running_loop()
    while True:
        data, peer = await loop.sock_recvfrom(service, 1000)
        await loop.sock_sendto(service, b"re: " + data, peer)


def play(scenario, *, idle=60.0, answers=(["127.0.0.1"],)):
    """Run a scenario with a published port whose service answers everything."""

    async def run():
        with datagram_socket() as service, listen("127.0.0.1", 0, socket.SOCK_DGRAM) as edge:
            publication = Publication(1, "udp", "log", service.getsockname()[1])
            found = Backends(publication, CountingResolver(*answers), lambda _: True)
            published = PublishedUdp(edge, found, idle)
            published.start()
            task = asyncio.ensure_future(answer_all(service))
            try:
                await asyncio.wait_for(scenario(published, edge.getsockname()), 5)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                for client in list(published._sessions):
                    published._close(client)
                asyncio.get_running_loop().remove_reader(edge)

    asyncio.run(run())


async def ask(sock, address, data):
    loop = asyncio.get_running_loop()
    await loop.sock_sendto(sock, data, address)
    return await loop.sock_recv(sock, 1000)


def test_each_client_hears_its_own_answers():
    """Two clients, two sessions."""

    async def scenario(published, address):
        with datagram_socket() as first, datagram_socket() as second:
            assert await ask(first, address, b"one") == b"re: one"
            assert await ask(second, address, b"two") == b"re: two"
            assert await ask(first, address, b"three") == b"re: three"
            assert len(published._sessions) == 2

    play(scenario)


def test_idle_sessions_end():
    """And a client that comes back gets a new one."""

    async def scenario(published, address):
        with datagram_socket() as client:
            await ask(client, address, b"one")
            await asyncio.sleep(0.02)
            published.tick()
            assert not published._sessions
            assert await ask(client, address, b"two") == b"re: two"

    play(scenario, idle=0.01)


def test_the_oldest_session_makes_room(monkeypatch):
    """Their number is bounded."""
    monkeypatch.setattr(publish_udp, "MAX_SESSIONS", 2)

    async def scenario(published, address):
        clients = [datagram_socket() for _ in range(4)]
        for client in clients:
            await ask(client, address, b"x")
        assert len(published._sessions) == 2
        for client in clients:
            client.close()

    play(scenario)


@pytest.mark.parametrize("answers", [([],)])
def test_an_absent_service_keeps_nothing(answers):
    """Datagrams to nobody are dropped."""

    async def scenario(published, address):
        with datagram_socket() as client:
            await asyncio.get_running_loop().sock_sendto(client, b"x", address)
            await asyncio.sleep(0.05)
        assert not published._sessions

    play(scenario, answers=answers)
