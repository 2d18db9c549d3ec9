"""Where requests enter an environment."""

import pytest

from parity.diff.compare import side
from parity.model.environment import Environment
from parity.rules import proxy_edges as edges

PASS = "server {\n location / { proxy_pass http://web; }\n}\n"
FILES = "server {\n root /srv;\n}\n"


def made(services=None, **document):
    services = services or {"web": {"image": "x:1"}}
    return side(Environment("prod", "kubernetes", (), {"services": services, **document}))


def nginx(text):
    mount = {"type": "bind", "source": "/a", "target": "/etc/nginx/nginx.conf", "x-content": text}
    return {"image": "nginx:1", "volumes": [mount]}


@pytest.mark.parametrize(
    ("name", "body", "wanted"),
    [
        ("any", {"image": "traefik:3"}, True),
        ("any", {"image": "envoyproxy/envoy:1"}, True),
        ("proxy", {"image": "nginx:1"}, True),
        ("static", {"image": "nginx:1"}, False),
        ("static", nginx(PASS), True),
        ("proxy", nginx(FILES), False),
        ("proxy", {"image": "shop:1"}, False),
    ],
)
def test_what_is_a_proxy(name, body, wanted):
    assert bool(edges.proxies(made({name: body}))) is wanted


def test_a_service_object_leads_to_its_backends():
    extension = {"services": [{"name": "shop", "backends": ["web"]}, {"name": "bare"}]}
    found = made(**{"x-parity": extension})
    assert edges.behind(found, "shop") == {"web"}
    assert edges.behind(found, "bare") == {"bare"}
    assert edges.behind(found, "other") == {"other"}


def test_notes_of_labels_ingress_and_service_objects():
    extension = {
        "ingress": [{"service": "shop", "annotations": {"a": "1"}}, {"service": "other"}],
        "services": [{"name": "shop", "backends": ["web"], "annotations": {"b": "2"}}],
    }
    found = made({"web": {"image": "x", "labels": {"c": "3"}}}, **{"x-parity": extension})
    notes = {key: value for _, key, value in edges.notes(found, found.services["web"])}
    assert notes == {"a": "1", "b": "2", "c": "3"}


def test_where_tls_ends():
    services = {
        "a": {"image": "x", "ports": [{"target": 443}]},
        "b": nginx("server {\n listen 8000 ssl;\n}\n"),
        "c": {"image": "x", "labels": {"traefik.http.routers.c.tls.certresolver": "le"}},
        "d": {"image": "x", "ports": [{"target": 80, "published": "443"}]},
    }
    found = made(services, **{"x-parity": {"ingress": [{"tls": True}, {"tls": False}]}})
    assert [service for service, _ in edges.tls_ends(found)] == ["", "a", "b", "c"]
