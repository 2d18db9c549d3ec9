"""The first bytes of a connection, from honest and from hostile clients."""

import random
import ssl

import pytest

from parity.stack.gateway_image.gateway.hello import (
    MAX_HELLO,
    IncompleteError,
    Spoken,
    spoken_name,
)


def client_hello(name="pay.example.com"):
    """What a real TLS client sends first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def test_server_name_of_a_real_client():
    """The name in a ClientHello is found."""
    assert spoken_name(client_hello()) == Spoken("pay.example.com", "sni")


def test_hello_without_server_name():
    """A client may leave the name out."""
    assert spoken_name(client_hello(name=None)) is None


def test_every_cut_hello_asks_for_more():
    """However the bytes are split on the way, nothing is decided too early."""
    hello = client_hello()
    for size in range(len(hello)):
        with pytest.raises(IncompleteError):
            spoken_name(hello[:size])


def test_hello_in_many_records():
    """A handshake message may be spread over TLS records of one byte each."""
    message = client_hello()[5:]
    records = b"".join(b"\x16\x03\x01\x00\x01" + bytes([byte]) for byte in message)
    assert spoken_name(records) == Spoken("pay.example.com", "sni")


def test_twisted_hellos_never_fail():
    """Any byte of a hello may lie; the parser answers or asks for more, and nothing else."""
    hello = client_hello()
    chance = random.Random(7)
    for _ in range(3000):
        twisted = bytearray(hello)
        for _ in range(chance.randint(1, 6)):
            twisted[chance.randrange(len(twisted))] = chance.randrange(256)
        try:
            found = spoken_name(bytes(twisted))
        except IncompleteError:
            continue
        assert found is None or isinstance(found.name, str)


def test_noise_never_fails():
    """Nor does anything else that a client may send."""
    chance = random.Random(11)
    for start in (b"", b"\x16\x03\x01", b"\x16", b"GET / HTTP/1.1\r\n", b"POST "):
        for _ in range(500):
            try:
                spoken_name(start + chance.randbytes(chance.randrange(64)))
            except IncompleteError:
                continue


def test_a_huge_hello_is_given_up():
    """A length that no honest client sends is not waited for."""
    assert spoken_name(b"\x16\x03\x01\x00\x04\x01\xff\xff\xff") is None


@pytest.mark.parametrize(
    ("request_bytes", "host"),
    [
        (b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "a.example"),
        (b"GET / HTTP/1.1\r\nAccept: */*\r\nhost:a.example:8080 \r\n\r\n", "a.example"),
        (b"GET / HTTP/1.0\nHost: a.example\n\n", "a.example"),
        (b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n", "a.example"),
        (b"GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", "[2001:db8::1]"),
        (b"GET / HTTP/1.1\r\nHost: 2001:db8::1\r\n\r\n", "2001:db8::1"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "a,b"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "a"),
    ],
)
def test_host_of_a_request(request_bytes, host):
    """The host is found without its port; two different ones can't pass for either."""
    assert spoken_name(request_bytes) == Spoken(host, "http")


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\nHost: not-a-header\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x00\x00\x00\x08\x04\xd2\x16\x2f",
        b"*1\r\n$4\r\nPING\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x01\x00",
        b"GET " + b"a" * MAX_HELLO,
    ],
)
def test_no_name(data):
    """Other protocols, and requests without a host, are decided at once."""
    assert spoken_name(data) is None


@pytest.mark.parametrize("data", [b"", b"GET", b"GET /", b"GET / HTTP/1.1\r\nHost: a.exam"])
def test_unfinished_requests_ask_for_more(data):
    """A request may arrive in pieces."""
    with pytest.raises(IncompleteError):
        spoken_name(data)
