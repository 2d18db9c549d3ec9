"""The name server's answers, its records, and what it does with packets that are no questions."""

import asyncio
import random
import socket
from ipaddress import IPv4Address

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import pytest

from parity.stack.gateway_image.gateway.allow import AllowList
from parity.stack.gateway_image.gateway.names import Names
from parity.stack.gateway_image.gateway.record import Recorder
from parity.stack.gateway_image.gateway.settings import allowance
from parity.stack.gateway_image.gateway.sockets import listen


@pytest.fixture
def lines():
    return []


@pytest.fixture
def names(lines):
    hosts = AllowList((allowance("api.example.com:443"), allowance("*.cdn.example.com")))
    return Names(hosts, frozenset({"db", "web"}), Recorder(lines.append))


def ask(names, name, kind="A"):
    wire = names.answer(dns.message.make_query(name, kind).to_wire(), "10.231.4.5")
    return dns.message.from_wire(wire)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("api.example.com", "198.18.0.1"),
        ("API.Example.COM", "198.18.0.1"),
        ("img.cdn.example.com", "198.18.128.0"),
    ],
)
def test_allowed_names_get_synthetic_addresses(names, lines, name, address):
    """Never the real one, and no record: nothing was refused."""
    reply = ask(names, name)
    assert reply.rcode() == dns.rcode.NOERROR
    assert [rdata.to_text() for rrset in reply.answer for rdata in rrset] == [address]
    assert lines == []


@pytest.mark.parametrize("kind", ["AAAA", "HTTPS", "TXT", "MX"])
def test_allowed_names_have_nothing_else(names, lines, kind):
    """An empty answer, so that clients go on with the IPv4 address."""
    reply = ask(names, "api.example.com", kind)
    assert (reply.rcode(), reply.answer, lines) == (dns.rcode.NOERROR, [], [])


def test_other_names_are_refused_and_recorded(names, lines):
    """The record says who asked for what."""
    assert ask(names, "DB.Prod.example.com").rcode() == dns.rcode.NXDOMAIN
    (line,) = lines
    assert (line["event"], line["protocol"], line["source"]) == ("dns-refused", "dns", "10.231.4.5")
    assert (line["name"], line["name_from"], line["address"]) == (
        "db.prod.example.com",
        "dns",
        None,
    )


@pytest.mark.parametrize("name", ["db", "WEB.", "5.4.231.10.in-addr.arpa", "1.0.0.ip6.arpa"])
def test_own_names_and_reverse_lookups_are_not_news(names, lines, name):
    """They don't exist here, and nobody wants to read about it."""
    assert ask(names, name).rcode() == dns.rcode.NXDOMAIN
    assert lines == []


def test_hostile_names_are_made_safe(names, lines):
    """Control characters in a label don't reach the log."""
    wire = dns.message.make_query("xxxx.example", "A").to_wire().replace(b"xxxx", b"a\x1b\n\xff")
    assert names.answer(wire, "10.231.4.5") is not None
    assert all("!" <= c <= "~" for c in lines[0]["name"])


def test_services_have_their_addresses_and_aliases_their_host_s(lines):
    """An alias of a host that may be reached; another one is recorded by the host it stands for."""
    names = Names(
        AllowList((allowance("api.example.com:443"),)),
        frozenset({"web", "bank"}),
        Recorder(lines.append),
        services={"web.shop.svc": IPv4Address("198.19.0.7")},
        aliases={"api": "api.example.com", "bank": "pay.example.com"},
    )
    assert "198.19.0.7" in ask(names, "WEB.shop.svc").to_text()
    assert ask(names, "web.shop.svc", "AAAA").answer == []
    assert "198.18.0.1" in ask(names, "api").to_text()
    assert lines == []
    assert ask(names, "bank").rcode() == dns.rcode.NXDOMAIN
    assert [line["name"] for line in lines] == ["pay.example.com"]


def test_replies_are_ignored(names):
    """Answering an answer could go on for ever."""
    query = dns.message.make_query("a.example", "A")
    query.flags |= dns.flags.QR
    assert names.answer(query.to_wire(), "10.231.4.5") is None


def test_other_operations_are_not_implemented(names):
    """Nobody updates a zone here."""
    query = dns.message.make_query("a.example", "A")
    query.set_opcode(dns.opcode.STATUS)
    wire = names.answer(query.to_wire(), "10.231.4.5")
    assert dns.message.from_wire(wire).rcode() == dns.rcode.NOTIMP


def test_malformed_packets_never_fail(names):
    """Cut and twisted packets are answered or ignored."""
    whole = dns.message.make_query("host.example.com", "A", use_edns=0).to_wire()
    chance = random.Random(3)
    for size in range(len(whole)):
        names.answer(whole[:size], "10.231.4.5")
    for _ in range(3000):
        twisted = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            twisted[chance.randrange(len(twisted))] = chance.randrange(256)
        names.answer(bytes(twisted), "10.231.4.5")
        names.answer(chance.randbytes(chance.randrange(80)), "10.231.4.5")


def test_datagrams(names):
    """What waits on a socket is answered in one go, malformed packets in between or not."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
    ):
        server.bind(("127.0.0.1", 0))
        server.setblocking(False)
        client.settimeout(2)
        client.connect(server.getsockname())
        client.send(b"noise")
        client.send(dns.message.make_query("api.example.com", "A").to_wire())
        names.datagrams(server)
        assert dns.message.from_wire(client.recv(512)).rcode() == dns.rcode.NOERROR


def test_stream(names):
    """Over TCP messages have a length; a malformed one ends the connection."""

    async def talk():
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        task = asyncio.ensure_future(names.stream(ours, ("10.231.4.5", 1)))
        reader, writer = await asyncio.open_unix_connection(sock=theirs)
        wire = dns.message.make_query("api.example.com", "A").to_wire()
        for _ in range(2):
            writer.write(len(wire).to_bytes(2, "big") + wire)
            size = int.from_bytes(await reader.readexactly(2), "big")
            dns.message.from_wire(await reader.readexactly(size))
        writer.close()
        await task

    asyncio.run(asyncio.wait_for(talk(), 5))


@pytest.mark.parametrize("data", [b"\x00\x03bad", b"GET / HTTP/1.1\r\n"])
def test_a_stream_that_is_no_dns(names, lines, data):
    """Port 53 is no way to hide an attempt."""

    async def talk(listener):
        client = socket.create_connection(listener.getsockname())
        accepted, _ = await asyncio.get_running_loop().sock_accept(listener)
        with client, accepted:
            client.sendall(data)
            await names.stream(accepted, ("10.231.4.5", 1))
            return listener.getsockname()

    with listen("127.0.0.1", 0) as listener:
        host, port = asyncio.run(asyncio.wait_for(talk(listener), 5))
    (line,) = lines
    assert (line["event"], line["address"], line["port"]) == ("refused", host, port)
