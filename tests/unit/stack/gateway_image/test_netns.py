"""Which interface is which, from what `ip -j` prints."""

import asyncio
import json
import sys
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from parity.stack.gateway_image.gateway import netns
from parity.stack.gateway_image.gateway.netns import Leg, Legs, NetworkError, find_legs, match
from parity.stack.gateway_image.gateway.settings import Network

BACK = Network("back", IPv4Network("10.231.4.0/24"), IPv4Address("10.231.4.1"))
LOOPBACK, STACK, EDGE = (
    {"ifname": name, "addr_info": [{"family": "inet", "local": local, "prefixlen": prefix}]}
    for name, local, prefix in (
        ("lo", "127.0.0.1", 8),
        ("eth1", "10.231.4.7", 24),
        ("eth0", "172.30.0.5", 16),
    )
)


def legs(*links):
    return netns.parse_legs(json.dumps(links))


def test_loopback_is_no_leg():
    """Only interfaces that lead somewhere count."""
    assert legs(LOOPBACK, EDGE) == [Leg("eth0", IPv4Interface("172.30.0.5/16"))]


def test_interfaces_are_found_by_subnet():
    """In whatever order the engine attached them."""
    for links in ((STACK, EDGE), (EDGE, STACK)):
        assert match((BACK,), legs(*links)) == Legs(
            ((BACK, "eth1"),), Leg("eth0", IPv4Interface("172.30.0.5/16"))
        )


def test_the_edge_may_be_missing():
    """A stack with nothing to publish."""
    assert match((BACK,), legs(STACK)).edge is None


def test_a_late_network_is_waited_for():
    """Old engines are told to connect it after the container has started."""
    answers = [legs(EDGE), legs(EDGE, STACK)]
    found = asyncio.run(find_legs((BACK,), lambda: answers.pop(0)))
    assert found.stack == ((BACK, "eth1"),)


def test_a_missing_network_is_named():
    """With its subnet."""
    with pytest.raises(NetworkError, match=r"back \(10.231.4.0/24\)"):
        asyncio.run(find_legs((BACK,), lambda: legs(EDGE), patience=0.01))


@pytest.mark.parametrize(
    ("route", "changed"),
    [
        ([{"dst": "default", "gateway": "172.30.0.1", "dev": "eth0"}], False),
        ([{"dst": "default", "gateway": "10.231.4.1", "dev": "eth1"}], True),
        ([], True),
    ],
)
def test_the_default_route_leaves_by_the_edge(route, changed, monkeypatch):
    """Engines choose by the networks' names, which know nothing of edges."""
    commands = []

    def tool(*command):
        commands.append(" ".join(command))
        return json.dumps(route)

    monkeypatch.setattr(netns, "tool", tool)
    netns.leave_by_edge(match((BACK,), legs(STACK, EDGE)))
    assert ("ip route replace default via 172.30.0.1 dev eth0" in commands) is changed


def test_addresses_are_taken_and_announced(monkeypatch):
    """`replace`, because they may be there already."""
    commands, announced = [], []
    monkeypatch.setattr(netns, "tool", lambda *command: commands.append(" ".join(command)))
    monkeypatch.setattr(netns, "announce", lambda *what: announced.append(what))
    netns.take_addresses(match((BACK,), legs(STACK, EDGE)))
    assert commands == ["ip address replace 10.231.4.1/24 dev eth1"]
    assert announced == [("eth1", IPv4Address("10.231.4.1"))]


def test_a_failing_tool_says_why():
    """The tool's own complaint is in the message."""
    with pytest.raises(NetworkError, match="nope"):
        netns.tool(sys.executable, "-c", "import sys; sys.exit('nope')")
