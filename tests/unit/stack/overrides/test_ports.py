"""Published ports move to the gateway and answer on this machine alone."""

from parity.model.document import ABSENT
from parity.stack.overrides import ports


def test_each_port_gets_a_host_port_and_a_place_in_the_gateway(draft, context):
    one = draft(
        {
            "web": {
                "ports": [
                    {"target": 80, "published": "8080", "protocol": "tcp", "host_ip": "0.0.0.0"},
                    {"target": 53, "protocol": "udp"},
                ]
            },
            "db": {},
        }
    )
    about = context()
    ports.apply(one, about)
    web, dns = one.ports
    assert (web.service, web.target, web.host_ip, web.host_port, web.declared) == (
        "web", 80, "127.0.0.1", 8080, "8080",
    )  # fmt: skip
    assert (dns.protocol, dns.declared) == ("udp", "")
    assert web.listen != dns.listen
    assert one.get(("services", "web", "ports")) is ABSENT
    assert "80" in one.overrides[0].reason
    assert one.get(("services", "db")) == {}
    assert len(one.overrides) == 1


def test_a_port_at_several_host_addresses_is_one_port_here(draft, context):
    entry = {"target": 80, "published": "80", "protocol": "tcp"}
    entries = [{**entry, "host_ip": ip} for ip in ("0.0.0.0", "::", "10.0.0.1")]
    other = {"target": 80, "published": "81"}
    one = draft({"web": {"ports": [*entries, {**entry, "protocol": "udp"}, other]}})
    ports.apply(one, context())
    assert [(p.protocol, p.declared) for p in one.ports] == [
        ("tcp", "80"), ("udp", "80"), ("tcp", "81"),
    ]  # fmt: skip
    assert len({p.listen for p in one.ports}) == 3


def test_a_port_of_a_shared_namespace_is_its_owners(draft, context):
    one = draft({"web": {}, "side": {"network_mode": "service:web", "ports": [{"target": 9000}]}})
    ports.apply(one, context())
    assert one.ports[0].service == "web"


def test_a_range_asks_for_its_first_port(draft, context):
    one = draft({"web": {"ports": [{"target": 80, "published": "8000-8010"}]}})
    ports.apply(one, context())
    assert one.ports[0].host_port == 8000
