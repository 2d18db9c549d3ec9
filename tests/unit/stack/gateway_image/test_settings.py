"""PARITY_GATEWAY is read whole or refused with one clear sentence."""

import json
from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest

from parity.stack.gateway_image.gateway.settings import (
    ROUTER_PORT,
    Allowance,
    Publication,
    SettingsError,
    allowance,
    parse,
)

NETWORK = {"name": "back", "subnet": "10.231.4.0/24", "address": "10.231.4.1"}


def document(**changes):
    return json.dumps({"networks": [NETWORK], **changes})


def test_everything_is_read():
    """A full document becomes records, names in lower case without a final dot."""
    settings = parse(
        document(
            networks=[{**NETWORK, "subnet6": "fd00:4::/64", "address6": "fd00:4::1"}],
            publish=[{"listen": 20000, "protocol": "udp", "service": "proxy", "port": 8443}],
            allow=["API.example.com.:443", "*.cdn.example.com"],
            names=["db", "Web."],
        )
    )
    assert settings.networks[0].subnet6 == IPv6Network("fd00:4::/64")
    assert settings.publish == (Publication(20000, "udp", "proxy", 8443),)
    assert settings.allow == (
        Allowance("api.example.com", 443),
        Allowance("cdn.example.com", None, wildcard=True),
    )
    assert settings.names == {"db", "web"}


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("192.0.2.7:5432", IPv4Address("192.0.2.7"), 5432),
        ("192.0.2.7", IPv4Address("192.0.2.7"), None),
        ("[2001:db8::7]:443", IPv6Address("2001:db8::7"), 443),
        ("2001:db8::7", IPv6Address("2001:db8::7"), None),
    ],
)
def test_addresses_may_be_allowed(text, address, port):
    """An address entry keeps its address, and covers no name."""
    entry = allowance(text)
    assert (entry.address, entry.port) == (address, port)
    assert not entry.covers(text)


@pytest.mark.parametrize(
    ("entry", "name", "covered"),
    [
        ("a.example.com", "a.example.com", True),
        ("a.example.com", "b.a.example.com", False),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "b.a.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "badexample.com", False),
    ],
)
def test_wildcards_cover_what_is_below(entry, name, covered):
    """A wildcard means every name below, not the name itself."""
    assert allowance(entry).covers(name) is covered


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "must be a JSON object"),
        ("{}", "at least one network"),
        (document(networks="back"), "networks must be a list"),
        (document(networks=[{"name": "back"}]), r"networks\[0\]: subnet must be"),
        (document(networks=[{**NETWORK, "subnet": "10.231.4.7/24"}]), "host bits"),
        (document(networks=[{**NETWORK, "address": "10.0.0.1"}]), "is not in"),
        (document(networks=[{**NETWORK, "subnet6": "fd00::/64"}]), "go together"),
        (document(networks=[NETWORK, {**NETWORK, "name": "b"}]), "back and b overlap"),
        (document(publish=[{"listen": 0, "service": "a", "port": 1}]), r"publish\[0\]: listen"),
        (document(publish=[{"listen": True, "service": "a", "port": 1}]), "listen"),
        (document(publish=[{"listen": ROUTER_PORT, "service": "a", "port": 1}]), "itself"),
        (document(publish=[{"listen": 1, "service": "", "port": 1}]), "service"),
        (document(publish=[{"listen": 1, "protocol": "sctp", "service": "a", "port": 1}]), "tcp"),
        (document(publish=[{"listen": 1, "service": "a", "port": 1}] * 2), "twice"),
        (document(allow=["a b"]), r"allow\[0\]: 'a b' is neither"),
        (document(allow=["a:99999"]), "not a port"),
        (document(allow=["a:"]), "not a port"),
        (document(allow=["*.*.example.com"]), "neither"),
        (document(allow=[7]), "must be a string"),
        (document(names=[""]), r"names\[0\]"),
    ],
)
def test_wrong_settings_are_refused(text, message):
    """Each mistake is named with its place."""
    with pytest.raises(SettingsError, match=message):
        parse(text)


def test_services_aliases_and_ingress_are_part_of_the_settings():
    """And absent ones are empty."""
    network = {"name": "back", "subnet": "10.231.4.0/24", "address": "10.231.4.1"}
    plain = parse(json.dumps({"networks": [network]}))
    assert (plain.services, plain.aliases, plain.ingress.routes) == ((), {}, ())
    document = {
        "networks": [network],
        "services": [{"name": "web", "names": ["web"], "address": "198.19.0.7", "ports": []}],
        "aliases": {"bank": "pay.example.com"},
        "ingress": {"entries": [{"listen": 20000, "public": 80}], "routes": []},
    }
    found = parse(json.dumps(document))
    assert found.services[0].name == "web"
    assert found.aliases == {"bank": "pay.example.com"}
    assert found.ingress.entries[0].listen == 20000


def test_the_ingress_cannot_listen_where_a_port_is_published():
    """Each inner port is one thing's."""
    document = {
        "networks": [{"name": "back", "subnet": "10.231.4.0/24", "address": "10.231.4.1"}],
        "publish": [{"listen": 20000, "service": "web", "port": 80}],
        "ingress": {"entries": [{"listen": 20000, "public": 80}]},
    }
    with pytest.raises(SettingsError, match="twice"):
        parse(json.dumps(document))


def test_a_published_port_may_have_a_name_in_production():
    """A wrong one is told with its place."""
    origin = {"scheme": "https", "host": "shop.example", "port": 8443}
    row = {"listen": 20000, "service": "web", "port": 8080, "origin": origin}
    networks = [{"name": "back", "subnet": "10.231.4.0/24", "address": "10.231.4.1"}]
    (found,) = parse(json.dumps({"networks": networks, "publish": [row]})).publish
    assert (found.origin.host, found.origin.port) == ("shop.example", 8443)
    row["origin"] = {"scheme": "https"}
    with pytest.raises(SettingsError, match=r"publish\[0\]: host"):
        parse(json.dumps({"networks": networks, "publish": [row]}))
