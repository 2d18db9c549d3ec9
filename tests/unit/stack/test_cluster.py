"""Services and ingress rules, as a document lists them."""

import pytest

from parity.stack import cluster
from parity.stack.cluster import Port, Rule, Service


def document(**sections):
    return {"services": {}, "x-parity": sections}


def test_services_are_read_with_their_defaults():
    row = {"name": "web", "names": ["web", "WEB", "web.shop.svc."], "ports": [{"port": 80}]}
    (service,) = cluster.services(document(services=[row]))
    assert service == Service("web", ("web", "web.shop.svc"), (Port(80, 80),))


def test_an_external_service_stands_for_a_host():
    (service,) = cluster.services(document(services=[{"name": "bank", "external": "Pay.Example."}]))
    assert (service.names, service.external) == (("bank",), "pay.example")


@pytest.mark.parametrize("found", [{}, {"x-parity": None}, {"x-parity": {"services": None}}])
def test_other_documents_have_none(found):
    assert cluster.services(found) == ()
    assert cluster.rules(found) == ()


def test_rules_are_read():
    row = {"host": "Shop.Example", "path": "/api", "path_type": "Exact", "service": "web",
           "port": "http", "tls": True}  # fmt: skip
    exact, prefix = cluster.rules(document(ingress=[row, {"service": "web", "port": 80}]))
    assert exact == Rule("shop.example", "/api", True, "web", "http", True)
    assert prefix == Rule("", "/", False, "web", 80, False)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(80, 80), ("80", 80), ("http", 80), ("side", 81), (82, None), (None, None)],
)
def test_a_port_is_found_by_number_or_name(wanted, found):
    service = Service("web", ("web",), (Port(80, 8000, name="http"), Port(81, 8001, name="side")))
    port = service.port(wanted)
    assert (port.port if port else None) == found


def test_the_only_port_needs_no_name():
    assert Service("web", ("web",), (Port(80, 8000),)).port(None) == Port(80, 8000)


def test_an_address_is_a_service_s_own_and_stays():
    found = cluster.addresses(["web", "db", "cache"])
    assert len(set(found.values())) == 3
    assert all(address.startswith("198.19.") for address in found.values())
    assert cluster.addresses(["web"])["web"] == found["web"]


def test_many_services_do_not_collide():
    names = [f"service-{number}" for number in range(2000)]
    assert len(set(cluster.addresses(names).values())) == 2000


def test_the_owner_of_a_namespace():
    services = {"side": {"network_mode": "service:web"}, "host": {"network_mode": "host"}}
    assert cluster.owner(services, "side") == "web"
    assert cluster.owner(services, "host") == "host"
    assert cluster.owner(services, "unknown") == "unknown"


def test_only_an_orchestrator_s_document_is_a_cluster():
    assert cluster.is_cluster({"services": {}, "x-parity": {}})
    assert not cluster.is_cluster({"services": {}, "x-other": {}})
