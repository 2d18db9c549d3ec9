"""All overrides together: what production says stays, except where a record says otherwise."""

import pytest

from parity.model.document import ABSENT, get, leaves
from parity.model.stack import GATEWAY
from parity.stack import labels
from parity.stack.resolve import resolve

SERVICES = {
    "web": {
        "image": "web@sha256:1",
        "command": ["serve", "$X"],
        "environment": {
            "LOG_LEVEL": "info",
            "DB_PASSWORD": "hunter2-22",
            "EMPTY": "",
            "NONE": None,
        },
        "networks": {"default": None},
        "ports": [{"target": 80, "published": "8080", "protocol": "tcp"}],
        "deploy": {"replicas": 9, "resources": {"limits": {"memory": "1073741824"}}},
        "ulimits": {"nofile": 1024},
        "user": "1000:1000",
        "read_only": True,
        "healthcheck": {"test": ["CMD", "x"], "interval": "10s"},
        "container_name": "prod-web",
    },
    "db": {"image": "db@sha256:2", "networks": {"default": None}, "stop_signal": "SIGINT"},
}


@pytest.fixture
def resolved(environment, context):
    about = context()
    return lambda: resolve(
        environment(SERVICES, networks={"default": {}}, **{"x-team": "shop"}), about
    )


def test_every_field_of_production_is_kept_or_its_change_is_listed(resolved, environment):
    result = resolved()
    production = environment(SERVICES, networks={"default": {}}, **{"x-team": "shop"}).document
    listed = [override.path for override in result.overrides]
    for path, value in leaves(production):
        now = get(result.document, path)
        covered = any(path[: len(known)] == known or known[: len(path)] == path for known in listed)
        assert now == value or covered or value in (None, {}), path
    assert all(override.reason for override in result.overrides)


def test_resolving_twice_gives_the_same(resolved):
    first, second = resolved(), resolved()
    assert first.document == second.document
    assert first.hashes == second.hashes
    assert first.overrides == second.overrides


def test_every_service_carries_its_hash_and_the_gateway_is_one_of_them(resolved):
    result = resolved()
    assert set(result.services) == {"web", "db", GATEWAY}
    for name, service in result.services.items():
        assert service["labels"][labels.HASH] == result.hashes[name]
    assert get(result.document, ("services", "web", "ports")) is ABSENT
    assert result.ports[0].host_port == 8080


def test_productions_document_is_never_written_into(environment, context):
    import copy

    one = environment(copy.deepcopy(SERVICES), networks={"default": {}})
    before = copy.deepcopy(one.document)
    resolve(one, context())
    assert one.document == before
