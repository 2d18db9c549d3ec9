"""The rules as text, and loading them twice."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Network

import pytest

from parity.stack.gateway_image.gateway import firewall
from parity.stack.gateway_image.gateway.cluster import ClusterPort, ClusterService
from parity.stack.gateway_image.gateway.netns import Leg, Legs, NetworkError
from parity.stack.gateway_image.gateway.settings import Network, Publication

BACK = Network("back", IPv4Network("10.231.4.0/24"), IPv4Address("10.231.4.1"))
SIX = Network(
    "six",
    IPv4Network("10.231.5.0/24"),
    IPv4Address("10.231.5.1"),
    IPv6Network("fd00:5::/64"),
    IPv6Address("fd00:5::1"),
)
EDGE = Leg("eth0", IPv4Interface("172.30.0.5/16"))
LEGS = Legs(((BACK, "eth1"), (SIX, "eth2")), EDGE)
PUBLISH = (Publication(20000, "tcp", "web", 80), Publication(20001, "udp", "log", 514))


def accepts(text, device):
    return [
        line for line in text.splitlines() if f"-i {device} " in line and line.endswith("ACCEPT")
    ]


@pytest.mark.parametrize("version", [4, 6])
def test_nothing_is_forwarded_and_input_ends_closed(version):
    """Whatever happens to the rest."""
    text = firewall.rules(LEGS, PUBLISH, version=version)
    assert ":FORWARD DROP [0:0]" in text
    inputs = [line for line in text.splitlines() if line.startswith("-A PARITY-INPUT")]
    assert inputs[-1] == "-A PARITY-INPUT -j DROP"


def test_stack_networks_are_redirected_whole():
    """TCP and UDP of every stack network, to any destination; the edge is left alone."""
    text = firewall.rules(LEGS, PUBLISH, version=4)
    for device in ("eth1", "eth2"):
        for protocol in ("tcp", "udp"):
            assert f"-A PARITY-NAT -i {device} -p {protocol} -j REDIRECT" in text
    assert "-A PARITY-NAT -i eth0" not in text


def test_published_ports_are_open_on_the_edge_only():
    """A service can't come in by them."""
    text = firewall.rules(LEGS, PUBLISH, version=4)
    assert [line.split("-p ")[1] for line in accepts(text, "eth0")] == [
        "tcp --dport 20000 -j ACCEPT",
        "udp --dport 20001 -j ACCEPT",
    ]
    assert "20000" not in "".join(accepts(text, "eth1"))


def test_a_network_without_ipv6_gets_no_ipv6_answer():
    """Not even neighbour discovery."""
    text = firewall.rules(LEGS, PUBLISH, version=6)
    assert accepts(text, "eth1") == []
    assert len(accepts(text, "eth2")) == 6


def test_no_edge_is_possible():
    """A stack that publishes and allows nothing."""
    assert "eth0" not in firewall.rules(Legs(LEGS.stack, None), (), version=4)


def test_jumps_are_added_once(monkeypatch):
    """Loading again replaces the rules and leaves the jumps."""
    present, calls = set(), []

    def tool(*command, text=None):
        calls.append(command)
        if "-C" in command and command[-1] not in present:
            raise NetworkError("absent")
        if "-I" in command:
            present.add(command[-1])
        return ""

    monkeypatch.setattr(firewall, "tool", tool)
    firewall.install("iptables", "*filter\nCOMMIT\n")
    firewall.install("iptables", "*filter\nCOMMIT\n")
    assert sum("-I" in command for command in calls) == 2


def test_legacy_programs_are_used_where_needed(monkeypatch):
    """On a kernel without nf_tables."""
    calls = []

    def tool(*command, text=None):
        calls.append(command[0])
        if command[0] == "iptables":
            raise NetworkError("no nf_tables")
        return ""

    monkeypatch.setattr(firewall, "tool", tool)
    firewall.install("iptables", "")
    assert "iptables-legacy-restore" in calls


def test_forwarding_is_turned_off_where_possible(tmp_path):
    """And no error where it isn't: the rules don't rely on it."""
    switch = tmp_path / "ipv4" / "ip_forward"
    switch.parent.mkdir()
    switch.write_text("1\n")
    assert firewall.stop_forwarding(tmp_path)
    assert switch.read_text() == "0"
    assert firewall.stop_forwarding(tmp_path / "missing")


DNS = ClusterPort(53, "tcp", 53, ("dns",))
SERVICES = (
    ClusterService("dns", ("dns",), IPv4Address("198.19.0.7"), (DNS, replace(DNS, protocol="udp", listen=25000))),
    ClusterService("web", ("web",), IPv4Address("198.19.0.8"), (ClusterPort(80, "tcp", 8000, ("web",)),)),
)  # fmt: skip


def test_a_service_s_datagrams_have_an_inner_port_and_its_dns_is_not_ours():
    """Before the rules for all destinations; TCP needs no rule but where port 53 is meant."""
    nat = [
        line
        for line in firewall.rules(LEGS, PUBLISH, version=4, services=SERVICES).splitlines()
        if line.startswith("-A PARITY-NAT -i eth1")
    ]
    assert nat[:2] == [
        "-A PARITY-NAT -i eth1 -d 198.19.0.7 -p tcp --dport 53 -j REDIRECT --to-ports 15001",
        "-A PARITY-NAT -i eth1 -d 198.19.0.7 -p udp --dport 53 -j REDIRECT --to-ports 25000",
    ]
    assert not any("198.19.0.8" in line for line in nat)


def test_services_open_nothing_but_the_inner_ports_of_their_datagrams():
    """On the stack's networks, never on the edge."""
    plain = firewall.rules(LEGS, PUBLISH, version=4).splitlines()
    more = firewall.rules(LEGS, PUBLISH, version=4, services=SERVICES).splitlines()
    opened = {line for line in more if line.endswith("ACCEPT")} - set(plain)
    assert opened == {
        f"-A PARITY-INPUT -i {device} -p udp --dport 25000 -j ACCEPT" for device in ("eth1", "eth2")
    }
