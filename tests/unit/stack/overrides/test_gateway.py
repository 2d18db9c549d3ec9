"""The gateway joins the stack."""

import json

import pytest

from parity.errors import ConfigError, DefinitionError
from parity.model.project import EgressTable, LocalTable
from parity.model.stack import GATEWAY
from parity.stack import labels
from parity.stack.overrides import gateway, networks, ports


def joined(draft, context, **tables):
    web = {"networks": {"back": None}, "ports": [{"target": 80, "published": "8080"}]}
    one, about = draft({"web": web}, networks={"back": {}}), context(**tables)
    for apply in (networks.apply, ports.apply, gateway.apply):
        apply(one, about)
    return one


def test_it_alone_publishes_and_on_this_machine_only(draft, context):
    one = joined(draft, context)
    body = one.document["services"][GATEWAY]
    assert [(p["host_ip"], p["published"]) for p in body["ports"]] == [("127.0.0.1", "8080")]
    assert "ports" not in one.document["services"]["web"]
    assert set(body["networks"]) == {"back", gateway.EDGE}


def test_it_is_told_networks_ports_names_and_what_may_be_reached(draft, context):
    one = joined(draft, context, egress=EgressTable(("api.example.com:443",)))
    settings = json.loads(one.document["services"][GATEWAY]["environment"]["PARITY_GATEWAY"])
    assert settings["allow"] == ["api.example.com:443"]
    assert settings["names"] == ["web"]
    (network,) = settings["networks"]
    assert network["address"] == one.document["networks"]["back"]["ipam"]["config"][0]["gateway"]
    (port,) = settings["publish"]
    assert (port["service"], port["port"]) == ("web", 80)
    assert port["listen"] == one.document["services"][GATEWAY]["ports"][0]["target"]


def test_it_has_no_more_rights_than_it_needs(draft, context):
    body = joined(draft, context).document["services"][GATEWAY]
    assert body["cap_drop"] == ["ALL"]
    assert set(body["cap_add"]) == {"NET_ADMIN", "NET_RAW"}
    assert "privileged" not in body
    assert "volumes" not in body


def test_it_is_parity_s_own_and_no_override_of_production(draft, context):
    one = joined(draft, context)
    assert GATEWAY not in {row.service for row in one.overrides}
    assert one.document["services"][GATEWAY]["labels"][labels.ROLE] == "gateway"


def test_its_edge_has_an_ordinary_way_out(draft, context):
    edge = joined(draft, context).document["networks"][gateway.EDGE]
    assert "driver_opts" not in edge
    assert edge["name"] == "shop-abc123-edge"


def test_a_service_with_the_gateways_name_is_refused_rather_than_replaced(draft, context):
    with pytest.raises(DefinitionError, match="parity's own"):
        gateway.apply(draft({GATEWAY: {"image": "x"}}), context())


def published(draft, context, url, *declared):
    rows = [{"target": target, "published": str(number)} for number, target in declared]
    one, about = draft({"web": {"ports": rows}}), context(local=LocalTable(hosts={"web": url}))
    for apply in (networks.apply, ports.apply, gateway.apply):
        apply(one, about)
    told = json.loads(one.document["services"][GATEWAY]["environment"]["PARITY_GATEWAY"])
    return [row.get("origin") for row in told["publish"]]


def test_a_web_server_with_a_name_in_production_is_asked_by_that(draft, context):
    shop = {"scheme": "https", "host": "shop.example", "port": 8443}
    found = published(draft, context, "https://shop.example/", (80, 8080), (443, 8443))
    assert found == [shop, shop]
    assert published(draft, context, "https://shop.example", (444, 8443)) == [shop]
    plain = {"scheme": "http", "host": "shop.example:81", "port": 8080}
    assert published(draft, context, "http://shop.example:81", (80, 8080)) == [plain]


def test_services_without_one_are_published_as_they_are(draft, context):
    one = joined(draft, context, local=LocalTable(hosts={"other": "https://shop.example"}))
    told = json.loads(one.document["services"][GATEWAY]["environment"]["PARITY_GATEWAY"])
    assert "origin" not in told["publish"][0]


@pytest.mark.parametrize(
    "url", ["shop.example", "ftp://shop.example", "https://shop.example/x", "https://a b"]
)
def test_a_name_that_is_no_url_of_a_host_is_refused(draft, context, url):
    with pytest.raises(ConfigError, match=r"local\.hosts\.web"):
        published(draft, context, url, (80, 8080))
