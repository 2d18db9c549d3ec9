"""What a fork is copied from."""

from parity.state import blueprint
from parity.state.blueprint import Blueprint


def plan(*attrs, services=None):
    return Blueprint("s", attrs, services or {}, {}, ())


def test_the_graph_follows_the_definitions_and_everything_starts_after_the_gateway(
    db, web, gateway
):
    services = {
        "web": {"depends_on": {"db": {"condition": "service_healthy"}}},
        "db": {},
        "parity-gateway": {},
        "gone": {},
    }
    graph = plan(db, web, gateway, services=services).graph()
    assert graph["web"] == {"db": "service_healthy", "parity-gateway": "service_started"}
    assert "gone" not in graph


def test_services_bring_what_they_need():
    graph = {"web": {"db": ""}, "db": {"net": ""}, "net": {}, "other": {}}
    assert blueprint.with_what_they_need(["web"], graph) == {"web", "db", "net"}


def test_the_gateways_settings_are_read_and_written(gateway):
    told = blueprint.settings(gateway)
    assert told["publish"][0]["service"] == "web"
    again = blueprint.environment(gateway, {**told, "allow": ["x"]})
    assert again[0] == "PATH=/bin"
    assert blueprint.settings({"Config": {"Env": again}})["allow"] == ["x"]
    assert blueprint.settings({"Config": {"Env": None}}) == {}


def test_ports_are_those_the_container_exposes(db):
    assert blueprint.ports(db) == ((5432, "tcp"),)
