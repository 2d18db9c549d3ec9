"""Allowed hosts: synthetic addresses and verdicts."""

from ipaddress import IPv4Address

import pytest

from parity.stack.gateway_image.gateway import allow
from parity.stack.gateway_image.gateway.allow import SYNTHETIC, AllowList, Target
from parity.stack.gateway_image.gateway.hello import Spoken
from parity.stack.gateway_image.gateway.settings import allowance


def allow_list(*entries):
    return AllowList(tuple(allowance(entry) for entry in entries))


def test_addresses_follow_the_order_of_the_list():
    """The same list gives the same addresses after a restart; ports share their host's."""
    hosts = allow_list("a.example:443", "*.b.example", "c.example", "a.example:80")
    assert hosts.address_of("a.example") == IPv4Address("198.18.0.1")
    assert hosts.address_of("c.example") == IPv4Address("198.18.0.2")


def test_wildcard_names_get_addresses_on_demand():
    """One each, kept."""
    hosts = allow_list("*.b.example")
    first = hosts.address_of("x.b.example")
    assert first in SYNTHETIC
    assert hosts.address_of("y.b.example") != first
    assert hosts.address_of("x.b.example") == first
    assert hosts.name_of(str(first)) == "x.b.example"


def test_a_full_table_refuses(monkeypatch):
    """An address is never given to a second name."""
    monkeypatch.setattr(allow, "MAX_WILDCARD_NAMES", 2)
    hosts = allow_list("*.b.example")
    assert [hosts.address_of(f"{n}.b.example") is None for n in range(3)] == [False, False, True]


def test_other_names_have_no_address():
    """Nothing is made up for a name that isn't allowed."""
    assert allow_list("a.example").address_of("b.example") is None


@pytest.mark.parametrize(
    ("port", "spoken", "target"),
    [
        (443, None, Target("a.example", 443)),
        (443, Spoken("A.Example.", "sni"), Target("a.example", 443)),
        (443, Spoken("b.example", "sni"), None),
        (443, Spoken("a.example,b.example", "http"), None),
        (80, None, None),
        (80, Spoken("a.example", "http"), None),
    ],
)
def test_name_and_port_must_fit(port, spoken, target):
    """A connection to a synthetic address goes to its host only, on its port only."""
    hosts = allow_list("a.example:443", "b.example")
    assert hosts.target("198.18.0.1", port, spoken) == target


def test_several_ports_of_one_host():
    """Each entry opens its own port."""
    hosts = allow_list("a.example:443", "a.example:80")
    assert hosts.target("198.18.0.1", 80, None) == Target("a.example", 80)


def test_addresses_are_matched_as_they_are():
    """An address entry opens that address; a name spoken there doesn't matter."""
    hosts = allow_list("192.0.2.7:5432", "[2001:db8::7]")
    spoken = Spoken("any.example", "sni")
    assert hosts.target("192.0.2.7", 5432, spoken) == Target("192.0.2.7", 5432)
    assert hosts.target("192.0.2.7", 5433, None) is None
    assert hosts.target("192.0.2.8", 5432, None) is None
    assert hosts.target("2001:db8::7", 1, None) == Target("2001:db8::7", 1)


def test_unassigned_synthetic_addresses_lead_nowhere():
    """Guessing one that no name has yet is refused."""
    assert allow_list("a.example").target("198.18.0.9", 443, None) is None
