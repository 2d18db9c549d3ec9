"""Connections that would leave: refused and recorded, or carried to an allowed host."""

import asyncio
import socket

import pytest

from parity.stack.gateway_image.gateway import router
from parity.stack.gateway_image.gateway.allow import AllowList
from parity.stack.gateway_image.gateway.pump import new_buffer
from parity.stack.gateway_image.gateway.record import Recorder
from parity.stack.gateway_image.gateway.router import Route, Router
from parity.stack.gateway_image.gateway.settings import allowance
from parity.stack.gateway_image.gateway.sockets import Acceptor, listen


class FixedResolver:
    def __init__(self, *addresses):
        self._addresses = list(addresses)

    async def addresses(self, name):
        return self._addresses


async def exchange(listener, request):
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    try:
        writer.write(request)
        return await asyncio.wait_for(reader.read(), 3)
    finally:
        writer.close()


def run(request, destination, *, entries=(), is_inside=lambda _: False, resolved="127.0.0.1"):
    """Send a request as if to a destination; the internet is one echo server on loopback."""
    lines = []

    async def scenario():
        async def echo(reader, writer):
            writer.write(b"internet: " + await reader.read(1000))
            await writer.drain()
            writer.close()

        internet = await asyncio.start_server(echo, "127.0.0.1", 0)
        port = internet.sockets[0].getsockname()[1]
        handler = Router(
            AllowList(tuple(allowance(entry.format(port=port)) for entry in entries)),
            Recorder(lines.append),
            FixedResolver(resolved),
            Route(None, is_inside),
            buffer=new_buffer(),
            original=lambda _: (destination[0], destination[1] or port),
        )
        with listen("127.0.0.1", 0) as listener:
            acceptor = asyncio.ensure_future(Acceptor(listener, handler.handle, 10).serve())
            try:
                return await exchange(listener, request)
            except ConnectionResetError:
                return "reset"
            finally:
                acceptor.cancel()
                await asyncio.gather(acceptor, return_exceptions=True)
                internet.close()

    answer = asyncio.run(scenario())
    (line,) = lines
    return answer, line


GET = b"GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "name", "origin"),
    [
        (GET, "api.example.com", "http"),
        (b"GET / HTTP/1.0\r\nHost: 198.51.100.1\r\n\r\n", None, None),
        (b"\x00\x01binary", None, None),
    ],
)
def test_refused(request_bytes, name, origin):
    """Reset at once, with what was known written down."""
    answer, line = run(request_bytes, ("198.51.100.1", 443))
    assert answer == "reset"
    assert (line["event"], line["protocol"], line["source"]) == ("refused", "tcp", "127.0.0.1")
    assert (line["address"], line["port"]) == ("198.51.100.1", 443)
    assert (line["name"], line["name_from"]) == (name, origin)


def test_a_silent_client_is_refused_too():
    """After the time for its first bytes."""
    assert run(b"", ("198.51.100.1", 3306))[0] == "reset"


def test_allowed_by_name():
    """The first bytes reach the host, and its answer comes back."""
    answer, line = run(GET, ("198.18.0.1", 0), entries=("api.example.com:{port}",))
    assert answer == b"internet: " + GET
    assert (line["event"], line["name"], line["name_from"]) == (
        "allowed",
        "api.example.com",
        "http",
    )


def test_allowed_by_address():
    """Without any name."""
    answer, line = run(b"hello", ("127.0.0.1", 0), entries=("127.0.0.1:{port}",))
    assert answer == b"internet: hello"
    assert (line["event"], line["name"], line["name_from"]) == ("allowed", None, None)


def test_allowed_name_without_words():
    """A protocol that speaks no name goes by the synthetic address alone."""
    answer, line = run(b"hello", ("198.18.0.1", 0), entries=("api.example.com",))
    assert answer == b"internet: hello"
    assert (line["name"], line["name_from"]) == ("api.example.com", "allow")


def test_another_name_at_an_allowed_address():
    """Refused, and the record tells the name that was spoken."""
    answer, line = run(GET, ("198.18.0.1", 0), entries=("other.example.com",))
    assert answer == "reset"
    assert (line["event"], line["name"]) == ("refused", "api.example.com")


def test_an_allowed_name_must_not_lead_inside():
    """An outside name server can't open a way to the stack or to this container."""
    answer, line = run(
        GET, ("198.18.0.1", 0), entries=("api.example.com",), is_inside=lambda _: True
    )
    assert (answer, line["event"]) == ("reset", "refused")


def test_overflow_is_recorded():
    """A flood can't hide what it tried."""
    lines = []
    handler = Router(
        AllowList(()),
        Recorder(lines.append),
        FixedResolver(),
        Route(None, lambda _: False),
        buffer=new_buffer(),
        original=lambda _: ("198.51.100.1", 443),
    )
    handler.overflow(socket.socket(), ("10.231.4.5", 1))
    assert lines[0]["address"] == "198.51.100.1"


def test_endless_first_bytes_are_cut(monkeypatch):
    """No more than a hello's worth is kept."""
    monkeypatch.setattr(
        router, "spoken_name", lambda data: (_ for _ in ()).throw(router.IncompleteError)
    )

    async def scenario():
        near, far = socket.socketpair()
        with near, far:
            near.setblocking(False)
            far.setblocking(False)
            loop = asyncio.get_running_loop()
            sender = asyncio.ensure_future(loop.sock_sendall(far, b"x" * 100_000))
            data, spoken = await router.read_first(near)
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            return len(data), spoken

    assert asyncio.run(scenario()) == (router.MAX_HELLO, None)


def test_a_service_s_port_is_carried_and_is_no_attempt_to_leave():
    """Another port of the same address is, and is refused."""
    lines = []

    class Carrier:
        async def handle(self, client, peer):
            client.sendall(b"carried")
            client.close()

    def handler(port):
        return Router(
            AllowList(()),
            Recorder(lines.append),
            FixedResolver(),
            Route(None, lambda _: False),
            buffer=new_buffer(),
            original=lambda _: ("198.19.0.7", port),
            services={("198.19.0.7", 80): Carrier()},
        )

    async def scenario(port):
        with listen("127.0.0.1", 0) as listener:
            acceptor = asyncio.ensure_future(Acceptor(listener, handler(port).handle, 10).serve())
            try:
                return await exchange(listener, GET)
            except ConnectionResetError:
                return "reset"
            finally:
                acceptor.cancel()
                await asyncio.gather(acceptor, return_exceptions=True)

    assert asyncio.run(scenario(80)) in (b"carried", "reset")
    assert lines == []
    assert asyncio.run(scenario(81)) == "reset"
    assert [line["port"] for line in lines] == [81]
