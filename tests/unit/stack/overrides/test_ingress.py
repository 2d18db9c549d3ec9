"""The ingress: ports of this machine, rules for the gateway, and a certificate."""

import json

import pytest

from parity.model.stack import GATEWAY
from parity.stack.overrides import gateway, ingress, networks, ports, services

WEB = {
    "name": "web",
    "names": ["web"],
    "ports": [{"port": 80, "target": 8000, "name": "http"}],
    "backends": ["web"],
}


def rule(host="shop.example", path="/", *, service="web", port="http", tls=False, kind="Prefix"):
    return {
        "host": host, "path": path, "path_type": kind, "service": service, "port": port, "tls": tls
    }  # fmt: skip


def run(draft, context, *rules):
    body = {"networks": {"default": None}, "ports": [{"target": 9000, "published": "9000"}]}
    parity = {"services": [WEB], "ingress": list(rules)}
    one, about = draft({"web": body}, networks={"default": {}}, **{"x-parity": parity}), context()
    for apply in (networks.apply, ports.apply, services.apply, ingress.apply, gateway.apply):
        apply(one, about)
    return one, about


def for_host(draft, about, host):
    one = draft({"web": {}}, **{"x-parity": {"services": [WEB], "ingress": [rule(host, tls=True)]}})
    services.apply(one, about)
    ingress.apply(one, about)


def told(one):
    return json.loads(one.document["services"][GATEWAY]["environment"]["PARITY_GATEWAY"])


def test_the_gateway_takes_requests_and_is_told_the_rules(draft, context, overrides_of):
    one, _ = run(draft, context, rule(), rule(path="/api", kind="Exact", port=80))
    (door,) = told(one)["ingress"]["entries"]
    assert door == {"listen": 20001, "tls": False, "public": 80}
    first, second = told(one)["ingress"]["routes"]
    assert first == {
        "host": "shop.example", "path": "/", "type": "Prefix", "backends": ["web"], "port": 8000
    }  # fmt: skip
    assert (second["path"], second["type"]) == ("/api", "Exact")
    row = overrides_of(one)['x-parity.ingress["shop.example/"]']
    assert (row.production, row.local) == ("Service web:http", "web:8000")


def test_its_ports_are_published_beside_those_of_services(draft, context):
    one, _ = run(draft, context, rule())
    assert [(p.service, p.declared) for p in one.ports] == [("web", "9000"), ("ingress", "80")]
    published = one.document["services"][GATEWAY]["ports"]
    assert [(p["target"], p["host_ip"]) for p in published] == [
        (20000, "127.0.0.1"),
        (20001, "127.0.0.1"),
    ]
    assert [p["listen"] for p in told(one)["publish"]] == [20000], "the ingress relays no bytes"


def test_a_host_with_a_certificate_is_served_over_tls(draft, context, overrides_of):
    one, about = run(draft, context, rule(tls=True), rule(host="plain.example"))
    settings = told(one)["ingress"]
    assert [door["tls"] for door in settings["entries"]] == [False, True]
    assert settings["certificate"] == f"/run/secrets/{ingress.CERTIFICATE}"
    given = [row["source"] for row in one.document["services"][GATEWAY]["secrets"]]
    assert given == [ingress.CERTIFICATE, ingress.PRIVATE_KEY]
    assert about.vault.values([ingress.CERTIFICATE])[ingress.CERTIFICATE].startswith("-----BEGIN")
    assert overrides_of(one)["x-parity.certificate"].production == "shop.example"


def test_the_certificate_stays_until_its_hosts_change(draft, context):
    one, about = run(draft, context, rule(tls=True))
    before = about.vault.values([ingress.CERTIFICATE])
    for_host(draft, about, "shop.example")
    assert about.vault.values([ingress.CERTIFICATE]) == before
    for_host(draft, about, "new.example")
    assert about.vault.values([ingress.CERTIFICATE]) != before


@pytest.mark.parametrize("wrong", [{"service": "nobody"}, {"port": "no-such-port"}])
def test_a_rule_that_leads_nowhere_is_a_loss_and_answers_503(draft, context, wrong):
    one, _ = run(draft, context, rule(**wrong))
    assert told(one)["ingress"]["routes"][0]["backends"] == []
    (loss,) = one.losses
    assert "503" in loss.reason and "shop.example/" in loss.path


def test_without_rules_nothing_is_published(draft, context):
    one, _ = run(draft, context)
    assert "ingress" not in told(one)
    assert [port.service for port in one.ports] == ["web"]
    assert "secrets" not in one.document["services"][GATEWAY]
