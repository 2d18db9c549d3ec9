from types import SimpleNamespace

import pytest

from parity.actions.doors import Door
from parity.errors import UsageError
from parity.model.stack import Container
from parity.testing.urls import connection_url, databases, only_database


def attrs(image, *env):
    return {
        "Id": image,
        "Config": {"Image": f"registry/{image}:1", "Env": list(env)},
        "Path": "entrypoint.sh",
        "Args": [],
    }


KNOWN = {
    "db": attrs("postgres", "POSTGRES_USER=shop", "POSTGRES_PASSWORD=a/b", "POSTGRES_DB=orders"),
    "cache": attrs("redis"),
    "web": attrs("app"),
}


@pytest.fixture
def scene():
    def make(*services):
        containers = [
            Container(name, name, name, 1, "running", "", 0, "", "service", "i")
            for name in services
        ]
        return SimpleNamespace(
            stack="shop-t1",
            client=None,
            containers=lambda: containers,
            inspect=lambda identity: KNOWN[identity],
            door=lambda service, port: Door(service, port, "tcp", "127.0.0.1", 20000 + port % 1000),
        )

    return make


def test_databases_are_the_services_that_run_one(scene):
    found = databases(scene("db", "cache", "web"))
    assert [(c.service, known.engine.name) for c, known in found] == [
        ("db", "postgres"), ("cache", "redis"),
    ]  # fmt: skip
    assert [c.service for c, _ in databases(scene("db", "cache"), "redis")] == ["cache"]


def test_the_url_has_what_the_container_was_given(scene):
    seen = scene("db", "cache")
    container = only_database(seen)
    assert connection_url(seen, container) == "postgresql://shop:a%2Fb@127.0.0.1:20432/orders"
    assert connection_url(seen, container, driver="psycopg").startswith(
        "postgresql+psycopg://shop:"
    )


def test_which_database_is_not_guessed(scene):
    with pytest.raises(UsageError, match="shop-t1 has: none"):
        only_database(scene("cache", "web"))


def test_a_service_that_is_none_says_so(scene):
    seen = scene("web")
    with pytest.raises(UsageError, match="web runs no database"):
        connection_url(seen, seen.containers()[0])
