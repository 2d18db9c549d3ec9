"""UDP and ICMP attempts become records."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest

from parity.stack.gateway_image.gateway import sniff
from parity.stack.gateway_image.gateway.allow import AllowList
from parity.stack.gateway_image.gateway.record import Recorder
from parity.stack.gateway_image.gateway.settings import Network, allowance

from .test_bpf import ICMP, ICMP6, TCP, UDP, ipv4, ipv6, udp

NETWORK = Network(
    "back",
    IPv4Network("10.231.4.0/24"),
    IPv4Address("10.231.4.1"),
    IPv6Network("fd00:4::/64"),
    IPv6Address("fd00:4::1"),
)


@pytest.fixture
def lines():
    return []


def sniffer(version, lines, monkeypatch):
    monkeypatch.setattr(sniff, "open_filtered", lambda *_: None)
    hosts = AllowList((allowance("api.example.com"),))
    return sniff.Sniffer(NETWORK, "eth1", version, hosts, Recorder(lines.append))


@pytest.mark.parametrize(
    ("version", "packet", "expected"),
    [
        (4, ipv4("198.51.100.1", UDP, udp(123)), ("udp", "198.51.100.1", 123, None)),
        (4, ipv4("198.18.0.1", UDP, udp(443)), ("udp", "198.18.0.1", 443, "api.example.com")),
        (4, ipv4("198.51.100.1", ICMP, b"\x08\x00"), ("icmp", "198.51.100.1", None, None)),
        (6, ipv6("2001:db8::1", UDP, udp(443)), ("udp", "2001:db8::1", 443, None)),
        (6, ipv6("2001:db8::1", ICMP6, b"\x80\x00"), ("icmp", "2001:db8::1", None, None)),
        (6, ipv6("fd00:4::1", UDP, udp(8125)), ("udp", "fd00:4::1", 8125, None)),
    ],
)
def test_attempts_are_recorded(version, packet, expected, lines, monkeypatch):
    """With protocol, destination and port, and the name behind a synthetic address."""
    sniffer(version, lines, monkeypatch).add(packet)
    (line,) = lines
    assert (line["protocol"], line["address"], line["port"], line["name"]) == expected
    assert line["event"] == "refused"


@pytest.mark.parametrize(
    ("version", "packet"),
    [
        (6, ipv6("fd00:4::9", UDP, udp(443))),
        (4, ipv4("198.51.100.1", TCP, bytes(20))),
        (4, ipv4("198.51.100.1", UDP, b"\x00")),
        (4, ipv4("198.51.100.1", UDP, b"", options=bytes(40))),
        (4, b"\x4f"),
        (6, b"\x60"),
        (4, ipv6("2001:db8::1", UDP, udp(443))),
        (6, ipv4("198.51.100.1", UDP, udp(443)) + bytes(40)),
    ],
)
def test_everything_else_is_silent(version, packet, lines, monkeypatch):
    """Traffic inside the network, and packets that are cut."""
    sniffer(version, lines, monkeypatch).add(packet)
    assert lines == []


def test_a_service_s_datagrams_are_no_attempts(lines, monkeypatch):
    """Its other ports are."""
    monkeypatch.setattr(sniff, "open_filtered", lambda *_: None)
    hosts, served = AllowList(()), {("198.19.0.7", 53)}
    one = sniff.Sniffer(NETWORK, "eth1", 4, hosts, Recorder(lines.append), served=served)
    one.add(ipv4("198.19.0.7", UDP, udp(53)))
    assert lines == []
    one.add(ipv4("198.19.0.7", UDP, udp(54)))
    assert [line["port"] for line in lines] == [54]
