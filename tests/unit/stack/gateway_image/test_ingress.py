"""The ingress on loopback: routing, framing, keeping connections, and what it says of failures."""

import asyncio
import contextlib
import ssl

import pytest

from parity.stack.gateway_image.gateway.ingress import Door
from parity.stack.gateway_image.gateway.publish import Backends
from parity.stack.gateway_image.gateway.routes import Entry, Ingress, Route
from parity.stack.gateway_image.gateway.settings import Publication
from parity.stack.gateway_image.gateway.sockets import listen


class Loopback:
    async def addresses(self, name):
        return [] if name == "nobody" else ["127.0.0.1"]


async def backend(reader, writer):
    """Answers by what the path asks for; `/echo` with the head it got."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1]
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        body = await reader.readexactly(int(length or 0))
        if path == b"/silent":
            writer.close()
            return
        if path == b"/upgrade":
            writer.write(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
            while data := await reader.read(100):
                writer.write(data.upper())
        elif path == b"/end":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")
        elif path == b"/continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n")
        else:
            data = head + body
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data)
        await writer.drain()
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def run(client, *, tls=None):
    """Let `client(reader, writer)` talk to a door with one working route and one that leads nowhere."""

    async def scenario():
        server = await asyncio.start_server(backend, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        good = Route("shop.example", "/", False, ("web",), port)
        gone = Route("shop.example", "/gone", False, ("nobody",), port)
        ingress = Ingress((), (good, gone), *(tls or ("", "")))
        entry = Entry(1, bool(tls), 443 if tls else 80)
        found = {
            route: Backends(
                Publication(1, "tcp", route.backends[0], port), Loopback(), lambda _: True
            )
            for route in (good, gone)
        }
        sock = listen("127.0.0.1", 0)
        door = await Door(ingress, entry, found).open(sock)
        context = ssl.create_default_context() if tls else None
        if context:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        reader, writer = await asyncio.open_connection(*sock.getsockname(), ssl=context)
        try:
            return await asyncio.wait_for(client(reader, writer), 5)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            door.close()
            server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            if others:
                await asyncio.wait(others, timeout=3)
            await asyncio.sleep(0.01)  # transports close in the loop's next turns

    return asyncio.run(scenario())


async def answer(reader):
    """Head and body of the next answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
    return head, await reader.readexactly(int(length or 0))


def request(path="/echo", *fields, method="GET", body=b"", host="shop.example:8080", version="1.1"):
    lines = [f"{method} {path} HTTP/{version}", f"Host: {host}", *fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def once(data, **options):
    async def client(reader, writer):
        writer.write(data)
        return await answer(reader)

    return run(client, **options)


def test_a_service_sees_the_request_as_a_controller_passes_it_on():
    """What the client claims to be is replaced, the rest is as it was."""
    head, seen = once(request("/echo?q=1", "X-Forwarded-For: 203.0.113.9", "Cookie: a=b"))
    assert head.startswith(b"HTTP/1.1 200")
    assert seen.startswith(b"GET /echo?q=1 HTTP/1.1\r\nHost: shop.example:8080\r\nCookie: a=b\r\n")
    assert b"X-Forwarded-For: 127.0.0.1\r\n" in seen and b"203.0.113.9" not in seen
    assert b"X-Forwarded-Host: shop.example:8080\r\n" in seen
    assert b"X-Forwarded-Proto: http\r\n" in seen and b"X-Forwarded-Port: 80\r\n" in seen
    assert b"\r\nConnection: close\r\n" in seen


def test_a_connection_is_kept_for_the_next_request():
    """Each is routed by itself."""

    async def client(reader, writer):
        found = []
        for data in (request(method="POST", body=b"x" * 100_000), request("/gone"), request()):
            writer.write(data)
            try:
                found.append(await answer(reader))
            except (asyncio.IncompleteReadError, ConnectionError):
                found.append((b"", b""))
        return found

    (first, body), (second, _), (third, _) = run(client)
    assert b"Connection: keep-alive" in first and body.endswith(b"x" * 100_000)
    assert second.startswith(b"HTTP/1.1 503") and b"Connection: close" in second
    assert third == b"", "after an answer of its own the door closes"


@pytest.mark.parametrize("data", [request("/echo", "Connection: close"), request(version="1.0")])
def test_a_client_that_has_enough_is_not_kept(data):
    """By its own word, or by its age."""

    async def client(reader, writer):
        writer.write(data)
        head, _ = await answer(reader)
        return head, await reader.read()

    head, rest = run(client)
    assert b"Connection: close" in head and rest == b""


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (request(host="other.example"), b"404"),
        (request("/gone"), b"503"),
        (request("/silent"), b"502"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/2.0\r\n\r\n", b"400"),
        (request("/", "Content-Length: 1", "Content-Length: 2"), b"400"),
    ],
)
def test_what_cannot_be_answered_is_told(data, status):
    """In words, with the status a controller gives."""
    head, body = once(data)
    assert head.split(b" ")[1] == status
    assert body.startswith(b"parity: ")


def test_a_body_without_length_ends_with_the_connection():
    """And the client is told so."""

    async def client(reader, writer):
        writer.write(request("/end"))
        return await reader.read()

    said = run(client)
    assert b"Connection: close" in said and said.endswith(b"until the end")


def test_an_interim_answer_is_passed_on():
    """`100 Continue`, then the answer."""

    async def client(reader, writer):
        writer.write(request("/continue"))
        return [await reader.readuntil(b"\r\n\r\n") for _ in range(2)]

    first, second = run(client)
    assert first.startswith(b"HTTP/1.1 100") and second.startswith(b"HTTP/1.1 204")


def test_an_upgraded_connection_carries_bytes():
    """As a web socket's."""

    async def client(reader, writer):
        writer.write(request("/upgrade", "Connection: Upgrade", "Upgrade: x"))
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"hello")
        return head, await reader.readexactly(5)

    head, said = run(client)
    assert head.startswith(b"HTTP/1.1 101") and said == b"HELLO"


def test_a_request_for_a_whole_url_goes_by_its_host():
    """As proxies are asked."""
    head, _ = once(request("http://shop.example/echo", host="other.example"))
    assert head.startswith(b"HTTP/1.1 200")


def test_an_entry_with_a_certificate_speaks_tls(tmp_path):
    """And says so to the service."""
    import trustme

    leaf = trustme.CA().issue_cert("shop.example")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "pem"))
    file = str(tmp_path / "pem")
    _, seen = once(request(), tls=(file, file))
    assert b"X-Forwarded-Proto: https\r\n" in seen and b"X-Forwarded-Port: 443\r\n" in seen


def test_productions_name_in_one_of_this_machine_leads_to_production_s_rule():
    """The service is asked by its own name, and what it answers leads back."""
    host = "shop.example.feature-x.localhost:20080"
    head, seen = once(request(host=host))
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"Host: shop.example\r\n" in seen
    assert b"X-Forwarded-Host: shop.example\r\n" in seen
    assert b"X-Forwarded-Proto: http\r\n" in seen


def test_where_production_has_tls_a_local_name_is_as_good():
    """Or a service that insists on TLS would send the client round and round."""

    async def scenario():
        rules = Ingress((Entry(1, False, 80), Entry(2, True, 443)), ())
        door = Door(rules, rules.entries[0], {})
        return door._origin("shop.example.main.localhost"), door._origin("shop.example")

    origin, none = asyncio.run(scenario())
    assert (origin.scheme, origin.host, none) == ("https", "shop.example", None)
