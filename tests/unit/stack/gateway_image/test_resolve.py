"""Questions to the container's own name server."""

import asyncio
import contextlib
import socket
import threading

import dns.message
import dns.rcode
import dns.rrset
import pytest

from parity.stack.gateway_image.gateway.resolve import Resolver, system_server


@contextlib.contextmanager
def name_server(*make_replies):
    """Answers one question with what each function makes of it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(5)

        def serve():
            wire, peer = sock.recvfrom(512)
            for make in make_replies:
                sock.sendto(make(dns.message.from_wire(wire)), peer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield Resolver("127.0.0.1", sock.getsockname()[1], timeout=0.5)
        thread.join(5)


def with_addresses(query):
    reply = dns.message.make_response(query)
    name = query.question[0].name
    reply.answer.append(dns.rrset.from_text(name, 1, "IN", "CNAME", "other.example."))
    reply.answer.append(dns.rrset.from_text("other.example.", 1, "IN", "A", "10.0.0.9", "10.0.0.2"))
    return reply.to_wire()


def without_addresses(query):
    reply = dns.message.make_response(query)
    reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


def with_another_id(query):
    query.id ^= 1
    return with_addresses(query)


@pytest.mark.parametrize(
    ("replies", "addresses"),
    [
        ((with_addresses,), ["10.0.0.2", "10.0.0.9"]),
        ((without_addresses,), []),
        ((lambda _: b"noise", with_another_id, with_addresses), ["10.0.0.2", "10.0.0.9"]),
        ((), []),
    ],
)
def test_addresses(replies, addresses):
    """All A records behind a name; noise is skipped, silence has a limit."""
    with name_server(*replies) as resolver:
        assert asyncio.run(resolver.addresses("web")) == addresses


def test_addresses_and_impossible_names_are_not_asked_for():
    """There is nobody to ask here."""
    resolver = Resolver("127.0.0.1", 9)
    assert asyncio.run(resolver.addresses("192.0.2.7")) == ["192.0.2.7"]
    assert asyncio.run(resolver.addresses("a..b")) == []
    assert asyncio.run(resolver.addresses("web")) == []


def test_the_first_ipv4_server_is_used(tmp_path):
    """As the C library would."""
    path = tmp_path / "resolv.conf"
    path.write_text("search x\nnameserver fd00::1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n")
    assert system_server(path) == "10.0.0.2"
    assert system_server(tmp_path / "missing") == "127.0.0.11"
