"""The gateway joins the stack."""

import json

import pytest

from parity.errors import DefinitionError
from parity.model.project import EgressTable
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
