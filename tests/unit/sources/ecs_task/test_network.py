"""Ports, names and links by the task's network mode."""

import pytest

from parity.errors import DefinitionError

AWSVPC, BRIDGE, HOST = ({"networkMode": mode} for mode in ("awsvpc", "bridge", "host"))


def ports(body):
    return [
        (port["target"], port.get("published"), port["protocol"]) for port in body.get("ports", ())
    ]


@pytest.mark.parametrize(
    ("task", "row", "found"),
    [
        (AWSVPC, {"containerPort": 80}, (80, "80", "tcp")),
        (AWSVPC, {"containerPort": "53", "hostPort": "53", "protocol": "udp"}, (53, "53", "udp")),
        (BRIDGE, {"containerPort": 80, "hostPort": 8080}, (80, "8080", "tcp")),
        (BRIDGE, {"containerPort": 80, "hostPort": 0}, (80, None, "tcp")),
        (BRIDGE, {"containerPort": 80}, (80, None, "tcp")),
    ],
    ids=range(5),
)
def test_ports_are_published_as_the_mode_has_it(web, task, row, found):
    assert ports(web(task=task, portMappings=[row])) == [found]


def test_ports_of_a_host_network_are_open_anyway(web):
    found = web(task=HOST, portMappings=[{"containerPort": 80, "hostPort": 80}])
    assert (found["expose"], found["network_mode"]) == (["80"], "host")
    assert "ports" not in found


def test_names_and_ranges_of_ports(web, read, lost):
    found = web(portMappings=[{"containerPort": 80, "name": "http", "appProtocol": "http2"}])
    assert found["ports"][0]["name"] == "http"
    assert found["ports"][0]["app_protocol"] == "http2"
    assert [p for p, _, _ in ports(web(portMappings=[{"containerPortRange": "80-82"}]))] == [
        80,
        81,
        82,
    ]
    assert lost(read(portMappings=[{"containerPortRange": "1000-2000"}])) == {
        "containerDefinitions[0].portMappings[0].containerPortRange"
    }


def test_ports_of_a_sharer_are_opened_by_the_owner(read):
    proxy = {"name": "proxy", "image": "p:1", "portMappings": [{"containerPort": 443}]}
    found = read({"name": "web", "image": "w:1"}, proxy, task=AWSVPC).services
    assert ports(found["web"]) == [(443, "443", "tcp")]
    assert "ports" not in found["proxy"]


@pytest.mark.parametrize(
    "row", [{}, {"containerPort": 0}, {"containerPort": 70000}, {"containerPortRange": "a-b"}]
)
def test_odd_ports_are_told(web, row):
    with pytest.raises(DefinitionError):
        web(portMappings=[row])


def test_names_of_the_network(web):
    found = web(
        task=BRIDGE, hostname="web1", dnsServers=["10.0.0.2"], dnsSearchDomains=["x.test"],
        extraHosts=[{"hostname": "old", "ipAddress": "10.0.0.9"}],
    )  # fmt: skip
    assert found["hostname"] == "web1"
    assert (found["dns"], found["dns_search"], found["extra_hosts"]) == (
        ["10.0.0.2"],
        ["x.test"],
        ["old=10.0.0.9"],
    )
    assert found["networks"] == {"default": None}


def test_who_shares_a_network_has_its_names(read, lost):
    other = {"name": "b", "image": "b:1", "hostname": "x", "dnsServers": []}
    found = read({"name": "a", "image": "a:1"}, other, task=AWSVPC)
    assert "hostname" not in found.services["b"]
    assert lost(found) == {"containerDefinitions[1].hostname"}


def test_links_are_names_on_the_network(read, lost):
    web = {"name": "web", "image": "w:1", "links": ["db:database", "db"]}
    rows = (web, {"name": "db", "image": "d:1"})
    found = read(*rows, task=BRIDGE)
    assert found.services["db"]["networks"]["default"] == {"aliases": ["database"]}
    assert lost(read(*rows, task=AWSVPC)) == {
        "containerDefinitions[0].links[0]",
        "containerDefinitions[0].links[1]",
    }
    with pytest.raises(DefinitionError, match="a link to"):
        read({**web, "links": ["gone"]}, task=BRIDGE)


def test_no_network_at_all(web):
    assert web(disableNetworking=True)["network_mode"] == "none"
