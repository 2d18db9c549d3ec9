"""Published TCP ports: turns, failures and resets."""

import asyncio

import pytest

from parity.stack.gateway_image.gateway import publish
from parity.stack.gateway_image.gateway.publish import Backends, Published
from parity.stack.gateway_image.gateway.pump import new_buffer
from parity.stack.gateway_image.gateway.settings import Publication
from parity.stack.gateway_image.gateway.sockets import Acceptor, listen


class CountingResolver:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    async def addresses(self, name):
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def backends(*answers, port=80, is_inside=lambda _: True):
    resolver = CountingResolver(*answers)
    return Backends(Publication(1, "tcp", "web", port), resolver, is_inside), resolver


def test_containers_take_turns_and_a_burst_asks_once():
    """Three connections, two containers, one question."""

    async def scenario():
        found, resolver = backends(["10.0.0.2", "10.0.0.3"])
        firsts = [(await found.in_turn())[0] for _ in range(3)]
        return firsts, resolver.asked

    assert asyncio.run(scenario()) == ([("10.0.0.2", 80), ("10.0.0.3", 80), ("10.0.0.2", 80)], 1)


def test_an_answer_is_used_for_a_moment_only(monkeypatch):
    """A container that moved is found again."""
    monkeypatch.setattr(publish, "FRESH", 0.0)

    async def scenario():
        found, _ = backends(["10.0.0.2"], ["10.0.0.3"])
        return [(await found.in_turn())[0][0] for _ in range(2)]

    assert asyncio.run(scenario()) == ["10.0.0.2", "10.0.0.3"]


def test_addresses_outside_the_stack_are_never_used():
    """A stopped service's name may be answered by somebody else."""

    async def scenario():
        found, _ = backends(["203.0.113.9"], is_inside=lambda _: False)
        return await found.in_turn()

    assert asyncio.run(scenario()) == []


async def echo_once(listener, found):
    published = Published(found, new_buffer())
    task = asyncio.ensure_future(Acceptor(listener, published.handle, 10).serve())
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    try:
        writer.write(b"hello")
        writer.write_eof()
        return await asyncio.wait_for(reader.read(), 3)
    finally:
        writer.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    "answers",
    [(["127.0.0.1"],), (["127.0.0.9", "127.0.0.1"],), ([], ["127.0.0.1"])],
)
def test_the_next_container_is_tried(answers):
    """And the name server once more, when none answers."""

    async def scenario():
        async def echo(reader, writer):
            writer.write(await reader.read())
            await writer.drain()
            writer.close()

        service = await asyncio.start_server(echo, "127.0.0.1", 0)
        found, _ = backends(*answers, port=service.sockets[0].getsockname()[1])
        with listen("127.0.0.1", 0) as listener:
            answer = await echo_once(listener, found)
        service.close()
        return answer

    assert asyncio.run(scenario()) == b"hello"


def test_an_unreachable_service_is_a_reset():
    """The client is told at once."""

    async def scenario():
        with listen("127.0.0.1", 0) as unused:
            port = unused.getsockname()[1]
        found, resolver = backends(["127.0.0.1"], port=port)
        with listen("127.0.0.1", 0) as listener, pytest.raises(ConnectionResetError):
            await echo_once(listener, found)
        return resolver.asked

    assert asyncio.run(scenario()) == 2


def test_several_services_take_turns_as_one():
    """The first that does not answer is passed over."""

    async def scenario():
        asked = []

        class Naming:
            async def addresses(self, name):
                asked.append(name)
                return {"web": ["10.0.0.2"], "api": ["10.0.0.3"]}.get(name, [])

        publication = Publication(1, "tcp", "web", 80, ("api", "gone"))
        found = Backends(publication, Naming(), lambda _: True)
        return [address for address, _ in await found.in_turn()], asked

    assert asyncio.run(scenario()) == (["10.0.0.2", "10.0.0.3"], ["web", "api", "gone"])


def test_nothing_behind_a_port_is_no_connection():
    """A Service without containers."""

    async def scenario():
        found = Backends(
            Publication(1, "tcp", "", 80), CountingResolver(["10.0.0.2"]), lambda _: True
        )
        return await publish.connect_in_turn(found)

    assert asyncio.run(scenario()) is None
