import json

import pytest

from parity.actions.doors import Door, doors
from parity.engine import observe

PUBLISH = [
    {"listen": 20000, "protocol": "tcp", "service": "web", "port": 8000},
    {"listen": 20001, "protocol": "udp", "service": "dns", "port": 53},
    {"listen": 20002, "protocol": "tcp", "service": "db", "port": 5432},
]


def row(identity, service, role, ports=()):
    return {
        "Id": identity,
        "Names": [f"/{identity}"],
        "State": "running",
        "Status": "Up",
        "Labels": {"dev.parity.service": service, "dev.parity.role": role},
        "Ports": list(ports),
    }


def port(private, public, ip="127.0.0.1", kind="tcp"):
    return {"IP": ip, "PublicPort": public, "PrivatePort": private, "Type": kind}


@pytest.fixture
def gateway(engine):
    def make(ports, env=True):
        engine.answers["/containers/json"] = [
            row("g" * 64, "parity-gateway", "gateway", ports),
            row("w" * 64, "web", "service"),
        ]
        text = "PARITY_GATEWAY=" + json.dumps({"publish": PUBLISH})
        engine.answers[f"/containers/{'g' * 64}/json"] = {
            "Config": {"Env": ["PATH=/bin", text] if env else None}
        }
        return observe.of_stack("shop")

    return make


def test_each_port_of_the_gateway_is_a_door_of_a_service(gateway):
    found = doors(gateway([port(20000, 80), port(20001, 5353, kind="udp")]))
    assert found == (
        Door("web", 8000, "tcp", "127.0.0.1", 80),
        Door("dns", 53, "udp", "127.0.0.1", 5353),
    )


def test_every_address_is_this_machine_and_counts_once(gateway):
    found = doors(gateway([port(20002, 9000, "0.0.0.0"), port(20002, 9000, "::")]))
    assert found == (Door("db", 5432, "tcp", "127.0.0.1", 9000),)


def test_ports_that_are_not_of_a_service_are_no_doors(gateway):
    assert doors(gateway([port(21000, 9000)])) == ()
    assert doors(gateway([port(20000, 9000)], env=False)) == ()
    assert doors(gateway([])) == ()
