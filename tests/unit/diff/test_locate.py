"""From a setting's path back to its place in the document."""

import pytest

from parity.diff.compare import side
from parity.diff.locate import document_path
from parity.diff.settings import flatten
from parity.diff.view import Service
from parity.model.document import ABSENT, get
from parity.model.environment import Environment

BASE = ("services", "web")


def place(path, **body):
    return document_path(Service("web", flatten(body), body), path)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ((), ()),
        (("image", "tag"), ("image",)),
        (("command",), ("command",)),
        (("environment", "TZ"), ("environment", "TZ")),
        (("ports", "80/tcp", "published"), ("ports", 0)),
        (("ports", "53/udp"), ("ports", 1)),
        (("ports", "81/tcp"), ("ports",)),
        (("volumes", "/data", "type"), ("volumes", 0)),
        (("volumes", "/etc/app", "read_only"), ("volumes", 1)),
        (("configs", "/app.ini", "content"), ("configs", 0)),
        (("secrets", "/run/secrets/key"), ("secrets", 0)),
        (("secrets", "/abs/key"), ("secrets", 1)),
        (("configs", "/c"), ("configs", 1)),
        (("deploy", "resources", "limits", "memory"), ("mem_limit",)),
        (("deploy", "resources", "limits", "cpus"), ("deploy", "resources", "limits", "cpus")),
        (("deploy", "replicas"), ("scale",)),
        (("healthcheck", "test"), ("healthcheck", "test")),
    ],
)
def test_places(path, wanted):
    body = {
        "image": "x:1",
        "command": ["a"],
        "environment": {"TZ": "UTC"},
        "ports": [{"target": 80, "published": "8080"}, {"target": 53, "protocol": "udp"}],
        "volumes": [
            {"type": "volume", "source": "d", "target": "/data/"},
            {"type": "bind", "source": "/a", "target": "/etc/app"},
        ],
        "configs": [{"source": "ini", "target": "/app.ini"}, {"source": "c"}],
        "secrets": [{"source": "key", "target": "key"}, {"source": "two", "target": "/abs/key"}],
        "mem_limit": "1g",
        "deploy": {"resources": {"limits": {"cpus": "1"}}},
        "scale": 2,
        "healthcheck": {"test": ["CMD", "true"]},
    }
    assert place(path, **body) == (*BASE, *wanted)


def test_the_newer_words_win_where_both_are_written():
    both = {"mem_limit": "1g", "deploy": {"resources": {"limits": {"memory": "2g"}}}}
    path = ("deploy", "resources", "limits", "memory")
    assert place(path, **both) == (*BASE, *path)


def test_a_restart_policy_of_swarm_is_found_under_deploy():
    body = {"deploy": {"restart_policy": {"condition": "any"}}}
    assert place(("restart",), **body) == (*BASE, "deploy", "restart_policy")


@pytest.mark.parametrize("rows", [None, [], "text", [None, "80:80"], {}])
def test_odd_lists_lead_to_the_field(rows):
    assert document_path(Service("web", {}, {"ports": rows}), ("ports", "80/tcp")) == (
        *BASE,
        "ports",
    )


def test_every_setting_leads_to_something_that_is_there():
    body = {
        "image": "x:1@sha256:aa",
        "ports": [{"target": 80, "published": "80", "host_ip": "127.0.0.1"}],
        "volumes": [{"type": "tmpfs", "target": "/t", "tmpfs": {"size": "1m"}}],
        "secrets": [{"source": "s", "mode": "0400"}],
        "configs": [{"source": "c"}],
        "ulimits": {"nofile": {"soft": 1, "hard": 2}},
        "networks": {"a": {"aliases": ["b"]}},
        "pids_limit": 5,
        "mem_reservation": "1m",
        "stop_grace_period": "5s",
    }
    document = {"services": {"web": body}, "configs": {"c": {"content": "x"}}}
    service = side(Environment("e", "compose", (), document)).services["web"]
    for path in service.settings:
        found = document_path(service, path)
        while get(document, found) is ABSENT:
            found = found[:-1]
        assert len(found) > len(BASE), path
