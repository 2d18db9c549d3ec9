"""Where services answer, and the names that a browser is given."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from parity.actions import addresses as module
from parity.actions.addresses import of_resolved, of_stack
from parity.model.stack import GATEWAY, Container, Identity, PublishedPort, Resolved

TREE = Path("/somewhere/shop")


@pytest.fixture(autouse=True)
def near(monkeypatch):
    made = SimpleNamespace(is_local=True)
    monkeypatch.setattr(module, "find", lambda: made)
    monkeypatch.setattr(module.worktrees, "label", lambda root: "feature-x")
    return made


def port(target, service="web", protocol="tcp", host="127.0.0.1"):
    return PublishedPort(service, target, protocol, host, 20587, 20000, str(target))


def of_port(one, **settings):
    environment = {"PARITY_GATEWAY": json.dumps(settings)}
    document = {"services": {GATEWAY: {"environment": environment}} if settings else {}}
    identity = Identity("shop", "shop", str(TREE))
    return of_resolved(Resolved(identity, "prod", document, (), (), {}, (one,)))


def url(*arguments, **more):
    return of_port(port(*arguments, **more))[0].url


def test_a_web_server_has_a_name_of_its_worktree():
    assert url(8000) == "http://web.feature-x.localhost:20587"
    assert url(8000, "My_Web") == "http://my-web.feature-x.localhost:20587"


def test_a_certificate_is_for_no_such_name():
    assert url(443) == "https://127.0.0.1:20587"


@pytest.mark.parametrize("one", [port(5432), port(8000, protocol="udp")])
def test_what_is_no_web_server_has_an_address(one):
    (found,) = of_port(one)
    assert (found.url, found.shown) == ("", "127.0.0.1:20587")


def test_names_lead_to_this_machine_only(near):
    assert url(8000, host="192.0.2.7") == "http://192.0.2.7:20587"
    assert url(8000, host="0.0.0.0") == "http://web.feature-x.localhost:20587"
    near.is_local = False
    assert url(8000) == "http://127.0.0.1:20587"


def gateway(ports):
    return Container(
        "g", "shop-parity-gateway-1", "parity-gateway", 1, "running", "", 0, "", "gateway", "",
        ports=ports,
    )  # fmt: skip


def asked(monkeypatch, settings):
    told = {
        "Config": {"Env": ["A=1", f"PARITY_GATEWAY={json.dumps(settings)}"] if settings else None}
    }
    monkeypatch.setattr(module.observe, "get", lambda path: told)


def test_a_stack_that_runs_is_asked_for_its_ports(monkeypatch):
    rows = [{"listen": 20000, "protocol": "tcp", "service": "web", "port": 80}]
    asked(monkeypatch, {"publish": rows})
    both = ("0.0.0.0:80->20000/tcp", ":::80->20000/tcp", "0.0.0.0:9->20009/tcp")
    (found,) = of_stack([gateway(both)], TREE)
    assert (found.service, found.host, found.port) == ("web", "127.0.0.1", 80)
    assert found.url == "http://web.feature-x.localhost:80"


def test_the_ingress_is_asked_by_the_name_of_its_host(monkeypatch):
    ingress = {
        "entries": [{"listen": 20001, "tls": False}, {"listen": 20002, "tls": True}],
        "routes": [{"host": ""}, {"host": "shop.example"}],
    }
    asked(monkeypatch, {"ingress": ingress})
    found = of_stack([gateway(("127.0.0.1:80->20001/tcp", "127.0.0.1:443->20002/tcp"))], TREE)
    assert [one.url for one in found] == [
        "http://shop.example.feature-x.localhost:80",
        "https://127.0.0.1:443",
    ]


def test_before_it_runs_it_is_the_same():
    ingress = {"routes": [{"host": "shop.example"}]}
    (found,) = of_port(port(80, "ingress"), ingress=ingress)
    assert found.url == "http://shop.example.feature-x.localhost:20587"
    (found,) = of_port(port(80, "ingress"), ingress={"routes": [{"host": ""}]})
    assert found.url == "http://feature-x.localhost:20587"


def test_a_stack_without_a_gateway_or_settings_answers_nowhere(monkeypatch):
    asked(monkeypatch, {})
    assert of_stack([], TREE) == ()
    assert of_stack([gateway(("127.0.0.1:80->20000/tcp",))], TREE) == ()
