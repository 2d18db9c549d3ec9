"""A published port on loopback, asked by a local name, by another one, and in another protocol."""

import asyncio
import contextlib
import ssl

import pytest

from parity.stack import certificates
from parity.stack.gateway_image.gateway import named as module
from parity.stack.gateway_image.gateway.named import Named
from parity.stack.gateway_image.gateway.origin import Origin
from parity.stack.gateway_image.gateway.publish import Backends, Published
from parity.stack.gateway_image.gateway.pump import new_buffer
from parity.stack.gateway_image.gateway.settings import Publication
from parity.stack.gateway_image.gateway.sockets import Acceptor, listen

HERE = "web.main.localhost:20587"


class Loopback:
    def __init__(self, *found):
        self.found = list(found)

    async def addresses(self, name):
        return self.found


async def service(reader, writer):
    """Answers every request with the head it got, and sends clients to production."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            fields = b"Location: https://shop.example/x\r\nContent-Length: %d\r\n\r\n" % len(head)
            writer.write(b"HTTP/1.1 302 Found\r\n" + fields + head)
            await writer.drain()
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def run(client, *, scheme="http", tls=None, found=("127.0.0.1",)):
    async def scenario():
        server = await asyncio.start_server(service, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        resolver = Loopback(*found)
        behind = Backends(Publication(1, "tcp", "web", port), resolver, lambda _: True)
        carrier = Published(behind, new_buffer())
        handler = Named(Origin(scheme, "shop.example", port), behind, carrier)
        sock = listen("127.0.0.1", 0)
        accepting = asyncio.ensure_future(Acceptor(sock, handler.handle, 9).serve())
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        try:
            return await asyncio.wait_for(client(reader, writer), 10)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            accepting.cancel()
            server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            if others:
                await asyncio.wait(others, timeout=3)
            sock.close()
            await asyncio.sleep(0.01)

    return asyncio.run(scenario())


async def answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
    return head, await reader.readexactly(int(length or 0))


def asking(*requests):
    async def client(reader, writer):
        found = []
        for request in requests:
            writer.write(request)
            found.append(await answer(reader))
        return found

    return client


def get(host=HERE):
    return f"GET /x HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def test_by_a_local_name_the_service_sees_productions_and_its_answer_leads_back():
    """And the connection may go on."""
    for head, seen in run(asking(get(), get())):
        assert b"Host: shop.example\r\n" in seen
        assert f"Location: http://{HERE}/x\r\n".encode() in head
        assert b"Connection: keep-alive" in head


@pytest.mark.parametrize("host", ["127.0.0.1:20587", "shop.example", "localhost:1"])
def test_by_another_name_it_sees_what_was_sent(host):
    ((head, seen),) = run(asking(get(host)))
    assert seen == get(host)
    assert b"Location: https://shop.example/x" in head


def test_https_is_spoken_to_the_service(tmp_path):
    """Whatever certificate it has."""
    from parity.paths import StackPaths, ensure_state

    files = StackPaths(tmp_path / ".parity" / "shop")
    ensure_state(files.folder)
    chain, key = certificates.issue(files, ["shop.example"])
    (tmp_path / "chain.pem").write_text(chain)
    (tmp_path / "key.pem").write_text(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
    ((_, seen),) = run(asking(get()), scheme="https", tls=context)
    assert b"Host: shop.example\r\n" in seen


def test_a_service_that_does_not_answer_is_told():
    ((head, body),) = run(asking(get()), found=())
    assert head.startswith(b"HTTP/1.1 502 ")
    assert body.startswith(b"parity: the service does not answer")


def test_one_that_speaks_no_tls_is_told(monkeypatch):
    """It does not have to say so."""
    monkeypatch.setattr(module, "HANDSHAKE", 0.2)
    ((head, _),) = run(asking(get()), scheme="https")
    assert head.startswith(b"HTTP/1.1 502 ")


def test_what_is_no_request_is_told():
    """A second one on the same connection: the first one's name said whose it is."""
    (_, (head, _)) = run(asking(get(), b"nonsense\r\n\r\n"))
    assert head.startswith(b"HTTP/1.1 400 ")


def test_another_protocol_is_carried_as_it_is():
    """After a moment in which a client could have said a name."""

    async def client(reader, writer):
        writer.write(b"\x00\x01 no http\r\n\r\n")
        return await answer(reader)

    assert run(client)[1] == b"\x00\x01 no http\r\n\r\n"
