"""Networks with the aliases that were given, and ports."""

import pytest

from parity.sources.docker_network import networks, ports, shared
from parity.sources.ledger import Ledger


def read(mode="shop_back", endpoints=None, service=None):
    record = {
        "Id": "0123456789abcdef",
        "Name": "/shop-web-1",
        "Config": {"Hostname": "0123456789ab", "Labels": {"com.docker.compose.service": "web"}},
        "HostConfig": {"NetworkMode": mode},
        "NetworkSettings": {"Networks": endpoints or {}, "SandboxID": "x", "Ports": {}},
    }
    ledger = Ledger(record)
    service, document = service or {}, {}
    networks(ledger.root, service, document, "shop_", {"c1": "db"})
    lost = {loss.path for loss in ledger.losses() if loss.path.startswith("NetworkSettings")}
    return service, document, lost


def test_names_that_the_engine_and_compose_give_are_left_out():
    aliases = ["shop-web-1", "web", "0123456789ab", "b.test", "a.test", "a.test"]
    endpoint = {
        "Aliases": aliases,
        "NetworkID": "n",
        "IPAMConfig": None,
        "DriverOpts": None,
        "Links": None,
    }
    service, document, lost = read(endpoints={"shop_back": endpoint, "foreign": {"Aliases": None}})
    assert service["networks"] == {"back": {"aliases": ["a.test", "b.test"]}, "foreign": None}
    assert document["networks"] == {"back": {"name": "shop_back"}, "foreign": {"name": "foreign"}}
    assert lost == set()


def test_fixed_addresses_and_options_are_kept():
    ipam = {"IPv4Address": "10.0.0.5", "IPv6Address": "fd00::5", "LinkLocalIPs": ["169.254.1.1"]}
    service, _, lost = read(
        endpoints={"n": {"IPAMConfig": ipam, "DriverOpts": {"a": "b"}, "New": 1}}
    )
    assert service["networks"]["n"] == {
        "ipv4_address": "10.0.0.5", "ipv6_address": "fd00::5", "link_local_ips": ["169.254.1.1"],
        "driver_opts": {"a": "b"},
    }  # fmt: skip
    assert lost == {"NetworkSettings.Networks.n.New"}
    assert read(endpoints={"n": {"Links": ["/a:/b"]}})[2] == {"NetworkSettings.Networks.n.Links"}


@pytest.mark.parametrize(
    ("mode", "found"),
    [("host", "host"), ("none", "none"), ("container:c1", "service:db"), ("container:c9", "container:c9"),
     ("default", "bridge"), ("bridge", "bridge")],
)  # fmt: skip
def test_modes(mode, found):
    service, document, _ = read(mode=mode, endpoints={"bridge": {}} if found == "bridge" else {})
    assert service == {"network_mode": found}
    assert document == {}


def test_other_shared_namespaces():
    service, _, _ = read(
        endpoints={"shop_back": {}}, service={"pid": "container:c1", "ipc": "host"}
    )
    assert (service["pid"], service["ipc"]) == ("service:db", "host")
    assert shared("container:c9", {}) == "container:c9"


def published(bindings, exposed=(), image=()):
    record = {
        "HostConfig": {"PortBindings": bindings},
        "Config": {"ExposedPorts": {name: {} for name in exposed}},
        "_Image": {"Config": {"ExposedPorts": {name: {} for name in image}}},
    }
    service = {}
    ports(Ledger(record).root, service)
    return service


def test_ports_as_they_were_asked_for():
    both = [{"HostIp": "0.0.0.0", "HostPort": "80"}, {"HostIp": "::", "HostPort": "80"}]
    assert published({"80/tcp": both, "53/udp": [{"HostIp": "127.0.0.1", "HostPort": "0"}]}) == {
        "ports": [
            {"mode": "ingress", "target": 80, "protocol": "tcp", "published": "80"},
            {"mode": "ingress", "target": 53, "protocol": "udp", "host_ip": "127.0.0.1"},
        ]
    }
    assert published(None) == {}
    assert published({"80/tcp": None}) == {}


def test_exposed_is_what_neither_the_image_nor_a_published_port_says():
    found = published({"80/tcp": [{}]}, ["80/tcp", "90/tcp", "91", "92/udp", "70/tcp"], ["70/tcp"])
    assert found["expose"] == ["90", "91", "92/udp"]
