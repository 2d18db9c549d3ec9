import json

import pytest

from parity.actions.exports import exports, variable

PG = ["POSTGRES_USER=shop", "POSTGRES_PASSWORD=pw", "POSTGRES_DB=orders"]


def row(service, role="service", state="running", ports=()):
    return {
        "Id": service,
        "Names": [f"/{service}-1"],
        "State": state,
        "Status": "Up",
        "Labels": {"dev.parity.service": service, "dev.parity.role": role},
        "Ports": [
            {"IP": "127.0.0.1", "PublicPort": public, "PrivatePort": inner, "Type": kind}
            for inner, public, kind in ports
        ],
    }


def attrs(name, image, *env):
    return {"Id": name, "Config": {"Image": image, "Env": list(env)}, "Path": "x.sh", "Args": []}


@pytest.fixture
def stack(engine):
    """A stack of services: name -> (image, env, [(port, host port, protocol)])."""

    def make(**services):
        rows, publish, ports = [], [], []
        for name, (image, env, own, *state) in services.items():
            rows.append(row(name, state=state[0] if state else "running"))
            engine.answers[f"/containers/{name}/json"] = attrs(name, image, *env)
            for port, host, protocol in own:
                listen = 20000 + len(publish)
                publish.append(
                    {"listen": listen, "protocol": protocol, "service": name, "port": port}
                )
                ports.append((listen, host, protocol))
        engine.answers["/containers/json"] = [*rows, row("parity-gateway", "gateway", ports=ports)]
        told = "PARITY_GATEWAY=" + json.dumps({"publish": publish})
        engine.answers["/containers/parity-gateway/json"] = attrs("g", "gateway", told)
        return exports(None, "shop-f1")

    return make


def test_every_service_has_its_address(stack):
    found = stack(**{"web-app": ("app", [], [(8000, 30000, "tcp"), (9000, 30001, "tcp")])})
    assert found == {
        "PARITY_STACK": "shop-f1",
        "PARITY_HOST": "127.0.0.1",
        "PARITY_WEB_APP_HOST": "127.0.0.1",
        "PARITY_WEB_APP_PORT": "30000",
        "PARITY_WEB_APP_PORT_8000": "30000",
        "PARITY_WEB_APP_PORT_9000": "30001",
        "PARITY_WEB_APP_URL": "http://127.0.0.1:30000",
    }


def test_databases_have_their_usual_names(stack):
    found = stack(
        db=("postgres", PG, [(5432, 30000, "tcp")]), cache=("redis", [], [(6379, 30001, "tcp")])
    )
    assert found["DATABASE_URL"] == "postgresql://shop:pw@127.0.0.1:30000/orders"
    assert found["PARITY_DB_URL"] == found["DATABASE_URL"]
    assert found["REDIS_URL"] == "redis://127.0.0.1:30001/0"


def test_the_databases_own_port_is_meant_whatever_else_it_publishes(stack):
    found = stack(db=("postgres", PG, [(80, 30000, "tcp"), (5432, 30001, "tcp")]))
    assert found["PARITY_DB_PORT"] == "30001"


def test_of_two_databases_none_is_the_usual_one(stack):
    found = stack(
        one=("postgres", PG, [(5432, 30000, "tcp")]), two=("postgres", PG, [(5432, 30001, "tcp")])
    )
    assert "DATABASE_URL" not in found
    assert found["PARITY_TWO_URL"].endswith(":30001/orders")


def test_schemes_and_protocols(stack):
    found = stack(
        proxy=("nginx", [], [(8443, 30000, "tcp")]), dns=("dns", [], [(53, 30001, "udp")])
    )
    assert found["PARITY_PROXY_URL"] == "https://127.0.0.1:30000"
    assert found["PARITY_DNS_PORT"] == "30001"
    assert "PARITY_DNS_URL" not in found


def test_what_has_ended_answers_nowhere(stack):
    found = stack(job=("redis", [], [(6379, 30000, "tcp")], "exited"))
    assert found == {"PARITY_STACK": "shop-f1"}


@pytest.mark.parametrize(
    ("service", "name"), [("web", "WEB"), ("my-db.1", "MY_DB_1"), ("größe", "GR__E")]
)
def test_names(service, name):
    assert variable(service) == name
