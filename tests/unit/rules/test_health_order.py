"""More on HE004 to HE007 than their tables say."""

import pytest

from parity.diff.compare import side
from parity.rules.health_order import _keeps_data, _over_socket
from scripts.lib.cases import environment


def database(image, test, **more):
    body = {"services": {"db": {"image": image, "healthcheck": {"test": test}, **more}}}
    return side(environment("here", body)).services["db"]


@pytest.mark.parametrize(
    ("image", "test", "socket"),
    [
        ("postgres:15", ["CMD-SHELL", "pg_isready"], True),
        ("postgres:15", ["CMD", "pg_isready", "-h", "/var/run/postgresql"], True),
        ("postgres:15", ["CMD", "pg_isready", "--host=localhost"], False),
        ("postgres:15", ["CMD", "psql", "-c", "select 1"], False),
        ("mysql:8", ["CMD", "mysqladmin", "ping", "-hlocalhost"], True),
        ("mysql:8", ["CMD", "mysqladmin", "ping", "-h127.0.0.1"], False),
        ("mysql:8", ["NONE"], False),
        ("redis:7", ["CMD", "redis-cli", "ping"], False),
    ],
)
def test_checks_over_the_socket(image, test, socket):
    assert _over_socket(database(image, test)) is socket


def test_data_in_memory_does_not_stay():
    test = ["CMD", "pg_isready"]
    volume = {"type": "volume", "source": "data", "target": "/var/lib/postgresql/data"}
    memory = {"type": "tmpfs", "target": "/var/lib/postgresql/data"}
    assert _keeps_data(database("postgres:15", test, volumes=[volume]))
    assert not _keeps_data(database("postgres:15", test, volumes=[memory]))
    assert not _keeps_data(database("postgres:15", test))


def test_a_swarm_is_told_by_the_strongest_condition(judged):
    waits = {"one": {"condition": "service_started"}, "two": {"condition": "service_healthy"}}
    services = {"one": {"image": "a:1"}, "two": {"image": "b:1"}}
    local = {"services": {**services, "web": {"image": "x:1", "depends_on": waits}}}
    swarm = {
        "services": {**services, "web": {"image": "x:1"}},
        "source": "swarm",
        "silent": ["depends_on"],
    }
    (finding,) = judged(local, swarm).findings
    assert finding.rule == "HE006"
    assert finding.setting == "services.web.depends_on.two.condition"
