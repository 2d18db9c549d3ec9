import pytest

from parity.diff.compare import side
from parity.model.environment import Environment
from parity.rules._scale import migrates, most, pool, replicas, workers


def service(**body):
    document = {"services": {"web": {"image": "x:1", **body}}}
    return side(Environment("local", "compose", (), document)).services["web"]


def test_replicas_and_the_most_there_may_be():
    assert (replicas(service()), most(service())) == (1, 1)
    body = {"deploy": {"replicas": 2}, "x-parity": {"autoscaling": {"min": 2, "max": 9}}}
    assert (replicas(service(**body)), most(service(**body))) == (2, 9)


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({"command": ["gunicorn", "-w", "3", "a"]}, 3),
        ({"command": ["/usr/bin/uvicorn", "a:b", "--workers=4"]}, 4),
        ({"command": ["sh", "-c", "exec gunicorn a --workers 5"]}, 5),
        ({"environment": {"WEB_CONCURRENCY": "6"}}, 6),
        ({"command": ["grep", "-w", "7"]}, None),
        ({"command": ["gunicorn", "-w", "$N"]}, None),
        ({"environment": {"WEB_CONCURRENCY": "auto"}}, None),
    ],
)
def test_workers(body, number):
    found = workers(service(**body))
    assert (found.value if found else None) == number


@pytest.mark.parametrize(
    ("variables", "number"),
    [
        ({"DB_POOL": "5"}, 5),
        ({"SQLALCHEMY_POOL_SIZE": "5", "SQLALCHEMY_MAX_OVERFLOW": "10"}, 15),
        ({"SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE": "12"}, 12),
        ({"DATABASE_URL": "postgres://u@db/x?connection_limit=8"}, 8),
        ({"DATABASE_POOL_MAX": "20", "DATABASE_POOL_MIN": "2"}, 20),
        ({"REDIS_POOL_SIZE": "50"}, None),
        ({"POOL": "blue"}, None),
        ({"DB_POOL_TIMEOUT": "30"}, None),
        ({"THREAD_POOL_SIZE": "30"}, None),
    ],
)
def test_pools_of_connections(variables, number):
    found = pool(service(environment=variables))
    assert (found.value if found else None) == number


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"command": ["alembic", "upgrade", "head"]}, "alembic upgrade"),
        ({"environment": {"DB_AUTOMIGRATE": "true"}}, "DB_AUTOMIGRATE=true"),
        ({"environment": {"AUTO_MIGRATION_DISABLED": "false"}}, "AUTO_MIGRATION_DISABLED=false"),
        ({"environment": {"SKIP_MIGRATIONS": "true"}}, None),
        ({"environment": {"MIGRATIONS_PATH": "1"}}, None),
        ({"environment": {"RUN_MIGRATIONS": "no"}}, None),
        ({"command": ["serve", "--immigration"]}, None),
    ],
)
def test_what_tells_a_service_to_migrate(body, words):
    found = migrates(service(**body))
    assert (found[0] if found else None) == words
