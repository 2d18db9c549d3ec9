"""The stack as it is."""

import json

from parity.actions.ps import ps
from parity.stack import labels


def row(service, role, **more):
    mine = {labels.STACK: "shop-abc123", labels.SERVICE: service, labels.ROLE: role}
    return {
        "Id": f"id-{service}",
        "Names": [f"/{service}"],
        "State": "running",
        "Status": "Up",
        "Labels": mine,
        **more,
    }


def test_addresses_come_from_the_gateway_that_runs(engine, session):
    ports = [{"IP": "127.0.0.1", "PrivatePort": 20000, "PublicPort": 8080, "Type": "tcp"}]
    engine.answers["/containers/json"] = [
        row("web", "service", Status="Up (healthy)"),
        row("job", "service", State="exited", Status="Exited (3) 1 s ago"),
        row("parity-gateway", "gateway", Ports=ports),
    ]
    settings = {"publish": [{"listen": 20000, "protocol": "tcp", "service": "web", "port": 80}]}
    engine.answers["/containers/id-parity-gateway/json"] = {
        "Config": {"Env": ["A=1", "PARITY_GATEWAY=" + json.dumps(settings)]}
    }
    rows = {found["service"]: found for found in ps(session())}
    assert (rows["web"]["state"], rows["web"]["address"]) == ("running (healthy)", "127.0.0.1:8080")
    assert (rows["job"]["state"], rows["job"]["address"]) == ("exited (3)", "")
    assert [len(rows[one]["urls"]) for one in ("web", "job")] == [1, 0]


def test_a_job_whose_work_is_in_the_start_state_is_done(engine, session):
    made = row("job", "service", State="created", Status="Created")
    never = row("web", "service", State="created", Status="Created")
    made["Labels"][labels.DONE] = "4f9a"
    engine.answers["/containers/json"] = [made, never]
    states = {found["service"]: found["state"] for found in ps(session())}
    assert states["job"].startswith("done")
    assert states["web"] == "created"


def test_a_stack_that_is_not_up_has_no_rows(engine, session):
    assert ps(session()) == []


def test_the_ingress_answers_at_the_gateway(engine, session):
    ports = [{"IP": "127.0.0.1", "PrivatePort": 20001, "PublicPort": 80, "Type": "tcp"}]
    engine.answers["/containers/json"] = [row("parity-gateway", "gateway", Ports=ports)]
    settings = {"publish": [], "ingress": {"entries": [{"listen": 20001, "tls": False}]}}
    engine.answers["/containers/id-parity-gateway/json"] = {
        "Config": {"Env": ["PARITY_GATEWAY=" + json.dumps(settings)]}
    }
    assert [found["address"] for found in ps(session())] == ["127.0.0.1:80"]
