"""Networks: production's names and memberships, the guard's options and addresses."""

import pytest

from parity.model.document import ABSENT
from parity.stack.overrides import names, networks


def applied(draft, context, services, nets, before=()):
    one, about = draft(services, networks=nets), context()
    for step in (*before, networks.apply):
        step(one, about)
    return one


def test_every_network_is_guarded_and_belongs_to_the_stack(draft, context):
    one = applied(
        draft,
        context,
        {"web": {"networks": {"front": None, "back": {}}}},
        {"front": None, "back": {}},
    )
    for key in ("front", "back"):
        body = one.document["networks"][key]
        assert body["driver_opts"] == networks.GUARD
        assert body["name"] == f"shop-abc123_{key}"
        config = body["ipam"]["config"][0]
        assert config["gateway"] == config["subnet"].replace("0/24", "1")
    assert set(one.document["services"]["web"]["networks"]) == {"front", "back"}
    assert one.get(("services", "web", "dns")) == ["10.231.0.1"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("external", True),
        ("driver", "overlay"),
        ("internal", True),
        ("attachable", True),
        ("enable_ipv6", True),
    ],
)
def test_what_needs_production_or_opens_a_way_out_is_taken(draft, context, field, value):
    one = applied(draft, context, {}, {"n": {field: value}})
    assert one.get(("networks", "n", field)) is ABSENT
    assert next(row for row in one.overrides if row.path[-1] == field).production == value


@pytest.mark.parametrize(
    ("field", "value"), [("driver", "bridge"), ("internal", False), ("labels", {"a": "b"})]
)
def test_what_fits_stays(draft, context, field, value):
    one = applied(draft, context, {}, {"n": {field: value}})
    assert one.get(("networks", "n", field)) == value
    assert field not in {row.path[2] for row in one.overrides}


def test_fixed_addresses_go_and_names_stay(draft, context):
    settings = {
        "ipv4_address": "10.0.0.9",
        "ipv6_address": "fd00::9",
        "link_local_ips": ["x"],
        "aliases": ["a"],
    }
    service = {
        "networks": {"n": settings},
        "container_name": "prod-web",
        "dns_search": ["x"],
        "dns_opt": ["y"],
    }
    one = applied(draft, context, {"web": service}, {"n": {}}, before=[names.apply])
    assert one.get(("services", "web", "networks", "n")) == {"aliases": ["a", "prod-web"]}
    assert one.get(("services", "web", "dns_search")) is ABSENT
    assert one.get(("services", "web", "dns_opt")) is ABSENT


def test_a_service_without_networks_of_its_own_is_left_alone(draft, context):
    one = applied(draft, context, {"side": {"network_mode": "service:web"}}, {})
    assert one.overrides == ()


def test_an_alias_is_added_once(draft):
    one = draft({"db": {"networks": {"n": {"aliases": ["x"]}}}}, networks={"n": {}})
    networks.add_alias(one, "db", "n", "x", "why")
    assert one.overrides == ()
    networks.add_alias(one, "db", "n", "y", "why")
    assert one.get(("services", "db", "networks", "n", "aliases")) == ["x", "y"]
