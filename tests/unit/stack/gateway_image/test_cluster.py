"""Services as the settings list them."""

import pytest

from parity.stack.gateway_image.gateway.cluster import (
    FIRST_UDP_LISTEN,
    read_aliases,
    read_services,
)
from parity.stack.gateway_image.gateway.fields import SettingsError

WEB = {
    "name": "web",
    "names": ["web", "Web.shop.svc."],
    "address": "198.19.0.7",
    "ports": [{"port": 80, "target": 8000, "backends": ["web", "web-r2"]}],
}


def test_a_service_has_names_address_and_ports():
    """TCP needs no port of its own here."""
    (service,) = read_services({"services": [WEB]})
    assert service.names == ("web", "web.shop.svc")
    (port,) = service.ports
    assert (port.port, port.target, port.protocol, port.listen) == (80, 8000, "tcp", 0)
    assert port.backends == ("web", "web-r2")


def test_a_target_is_the_port_itself_where_none_is_named():
    """As in Kubernetes."""
    (service,) = read_services({"services": [{**WEB, "ports": [{"port": 80}]}]})
    assert service.ports[0].target == 80
    assert service.ports[0].backends == ()


def test_each_udp_port_has_an_inner_port_of_its_own():
    """Datagrams do not tell where they were meant to go."""
    udp = {"port": 53, "protocol": "udp"}
    other = {**WEB, "name": "dns", "address": "198.19.0.8", "ports": [udp, {"port": 53}, udp]}
    first, second = read_services({"services": [{**WEB, "ports": [udp]}, other]})
    listens = [port.listen for port in (*first.ports, *second.ports)]
    assert listens == [FIRST_UDP_LISTEN, FIRST_UDP_LISTEN + 1, 0, FIRST_UDP_LISTEN + 2]


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ({**WEB, "address": "10.0.0.1"}, "not in 198.19"),
        ({**WEB, "address": "nowhere"}, "nowhere"),
        ({**WEB, "ports": [{"port": 0}]}, "port"),
        ({"name": "web"}, "address"),
        ([], "object"),
    ],
)
def test_what_is_wrong_is_told(service, said):
    """An address of a real network above all."""
    with pytest.raises(SettingsError, match=said):
        read_services({"services": [service]})


def test_two_services_have_two_addresses():
    """Else one would get the other's connections."""
    with pytest.raises(SettingsError, match="twice"):
        read_services({"services": [WEB, WEB]})


def test_aliases_stand_for_outside_hosts():
    """Whatever their case."""
    assert read_aliases({"aliases": {"Bank": "Pay.Example."}}) == {"bank": "pay.example"}
    assert read_aliases({}) == {}
    with pytest.raises(SettingsError):
        read_aliases({"aliases": {"bank": ""}})
