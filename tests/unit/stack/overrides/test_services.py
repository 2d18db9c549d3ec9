"""Services: further names of a container, or an address where the gateway relays."""

import pytest

from parity.stack.hostnames import local_names
from parity.stack.overrides import services


def service(name="web", port=80, target=80, backends=("web",), **more):
    ports = [{"port": port, "target": target, "protocol": more.pop("protocol", "tcp")}]
    return {
        "name": name,
        "names": [name, f"{name}.shop.svc"],
        "ports": ports,
        "backends": list(backends),
        **more,
    }


def run(draft, context, entries, bodies=None, **changes):
    known = {"web": {"networks": {"default": None}}, "db": {"networks": {"default": None}}}
    known = bodies or {**known, **changes}
    one = draft(known, networks={"default": {}}, **{"x-parity": {"services": entries}})
    services.apply(one, context())
    return one


def aliases(one, name):
    return (one.get(("services", name, "networks", "default")) or {}).get("aliases") or []


def test_equal_ports_of_one_container_are_a_further_name(draft, context, overrides_of):
    one = run(draft, context, [service("store", backends=["db"])])
    assert aliases(one, "db") == ["store", "store.shop.svc"]
    assert one.relay.services == ()
    row = overrides_of(one)["x-parity.services.store"]
    assert (row.production, row.local) == ("db: 80/tcp", "names of db")


def test_another_port_is_relayed_by_the_gateway(draft, context, overrides_of):
    one = run(draft, context, [service("store", 6380, 6379, ["db"])])
    (told,) = one.relay.services
    assert told["names"] == ["store", "store.shop.svc"]
    assert told["ports"] == [{"port": 6380, "protocol": "tcp", "target": 6379, "backends": ["db"]}]
    assert aliases(one, "db") == []
    row = overrides_of(one)["x-parity.services.store"]
    assert row.production == "db: 6380/tcp to 6379"
    assert row.local == f"relayed by the gateway at {told['address']}"


@pytest.mark.parametrize(
    "web", [{"scale": 2}, {"deploy": {"replicas": 2}}], ids=["scale", "replicas"]
)
def test_replicas_are_spread_by_the_gateway(draft, context, web):
    one = run(draft, context, [service("front")], web={"networks": {"default": None}, **web})
    assert [told["name"] for told in one.relay.services] == ["front"]


def test_several_services_behind_one_are_spread(draft, context):
    one = run(draft, context, [service("all", backends=["web", "db"])])
    assert one.relay.services[0]["ports"][0]["backends"] == ["web", "db"]


def test_a_companion_is_reached_at_the_owner_of_its_namespace(draft, context):
    bodies = {
        "web": {"networks": {"default": None}},
        "side": {"network_mode": "service:web"},
    }
    one = run(draft, context, [service("side-door", 81, 9001, ["web", "side"])], bodies)
    assert one.relay.services[0]["ports"][0]["backends"] == ["web"]


def test_names_that_the_engine_gives_itself_go_into_the_hosts_files(draft, context, overrides_of):
    one = run(draft, context, [service("web", 80, 8000)])
    address = one.relay.services[0]["address"]
    for name in ("web", "db"):
        assert one.get(("services", name, "extra_hosts")) == [f"web={address}"]
    assert "`web`" in overrides_of(one)["services.db.extra_hosts"].reason


def test_names_that_nobody_else_has_need_no_entry(draft, context):
    one = run(draft, context, [service("front", 80, 8000)])
    assert not one.get(("services", "web", "extra_hosts"))


def test_a_service_named_like_another_workload_has_an_address(draft, context):
    one = run(draft, context, [service("db", backends=["web"])])
    (told,) = one.relay.services
    assert one.get(("services", "web", "extra_hosts")) == [f"db={told['address']}"]


def test_names_given_by_the_source_are_taken_back_where_the_gateway_answers(draft, context):
    web = {"networks": {"default": {"aliases": ["web", "web.shop.svc", "other"]}}}
    one = run(draft, context, [service("web", 80, 8000)], web=web)
    assert aliases(one, "web") == ["other", "web"]


def test_a_headless_service_has_no_ports_to_map(draft, context, overrides_of):
    web = {"networks": {"default": None}, "scale": 2}
    one = run(draft, context, [service("peers", 80, 8000, headless=True)], web=web)
    assert one.relay.services == ()
    assert aliases(one, "web") == ["peers", "peers.shop.svc"]
    assert "headless" in overrides_of(one)["x-parity.services.peers"].reason


def test_a_name_of_one_pod_is_not_given_to_the_others(draft, context):
    bodies = {name: {"networks": {"default": None}} for name in ("db", "db-r2")}
    entry = service("dbs", backends=["db"], headless=True)
    entry["names"] += ["db-0.dbs"]
    one = run(draft, context, [entry], bodies)
    assert aliases(one, "db") == aliases(one, "db-r2") == ["dbs", "dbs.shop.svc"]


def test_a_service_without_containers_refuses_as_in_a_cluster(draft, context):
    one = run(draft, context, [service("nobody", backends=[])])
    assert one.relay.services[0]["ports"][0]["backends"] == []


def test_an_outside_host_is_an_alias_of_the_gateway_s(draft, context, overrides_of):
    one = run(draft, context, [{"name": "bank", "names": ["bank"], "external": "pay.example.com"}])
    assert one.relay.aliases == {"bank": "pay.example.com"}
    row = overrides_of(one)["x-parity.services.bank"]
    assert row.production == "ExternalName pay.example.com"
    assert "refused" in row.reason


def test_an_outside_host_with_a_stand_in_is_that_one(draft, context):
    db = {"networks": {"default": {"aliases": ["pay.example.com"]}}}
    entry = {"name": "bank", "names": ["bank"], "external": "pay.example.com"}
    one = run(draft, context, [entry], db=db)
    assert one.relay.aliases == {}
    assert aliases(one, "db") == ["pay.example.com", "bank"]


def test_a_protocol_that_is_not_relayed_is_a_loss(draft, context):
    one = run(draft, context, [service("sig", 80, 8000, protocol="sctp")])
    assert one.relay.services[0]["ports"] == []
    (loss,) = one.losses
    assert (loss.path, loss.value) == ("x-parity.services.sig.ports.80", "sctp")


def test_names_of_services_are_inside(draft, context):
    one = run(draft, context, [service("front", 80, 8000), service("db2", backends=["db"])])
    assert {"front.shop.svc", "db2.shop.svc"} <= local_names(one.document)


def test_other_documents_are_left_alone(draft, context):
    one = draft({"web": {"networks": {"default": None}}}, networks={"default": {}})
    services.apply(one, context())
    assert one.overrides == ()
    assert one.relay.services == ()
