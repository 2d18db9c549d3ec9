"""Which engine a container runs."""

from pathlib import Path

import pytest

from parity.state.engines import recognised, sqlite
from parity.state.engines.registry import engines

ROOT = Path(__file__).resolve().parents[4]
SERVERS = [
    ("docker-entrypoint.sh postgres -c x=1", "postgres:16", {}, "postgres"),
    ("/usr/local/bin/entrypoint.sh postgres", "127.0.0.1:5055/shop/postgres:15.18-1", {}, "postgres"),
    ("entrypoint.sh postgres", "ourselves/orders-store:3", {}, "postgres"),
    ("docker-entrypoint.sh -c max_connections=5", "postgis/postgis:16-3.4", {}, "postgres"),
    ("/opt/bitnami/scripts/postgresql/entrypoint.sh /opt/bitnami/scripts/postgresql/run.sh",
     "bitnami/postgresql:16", {}, "postgres"),
    ("/opt/bitnami/scripts/postgresql/entrypoint.sh /opt/bitnami/scripts/postgresql/run.sh",
     "sha256:012", {"POSTGRESQL_VOLUME_DIR": "/bitnami"}, "postgres"),
    ("docker-entrypoint.sh mariadbd", "mariadb:11", {}, "mariadb"),
    ("docker-entrypoint.sh mysqld --sql-mode=ANSI", "mysql:8", {}, "mariadb"),
    ("docker-entrypoint.sh redis-server --appendonly yes", "redis:7", {}, "redis"),
    ("docker-entrypoint.sh valkey-server", "valkey/valkey:8", {}, "redis"),
    ("tini -- /opt/app/entrypoint.sh redis-server /etc/redis.conf", "cache:1", {}, "redis"),
    ("docker-entrypoint.sh rabbitmq-server", "rabbitmq:3-management", {}, "rabbitmq"),
    ("docker-entrypoint.sh mongod --auth", "mongo:7", {}, "mongodb"),
    ("/bin/tini -- /usr/local/bin/docker-entrypoint.sh eswrapper", "elasticsearch:8", {}, "elasticsearch"),
    ("./opensearch-docker-entrypoint.sh opensearch", "opensearchproject/opensearch:2", {}, "elasticsearch"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "image", "env", "name"), SERVERS)
def test_a_server_is_recognised_by_what_runs(container, command, image, env, name):
    found = [
        engine.name for engine in engines() if engine.recognise(container(command, image, env=env))
    ]
    assert found == [name]


@pytest.mark.parametrize(
    ("command", "image", "env"),
    [
        # A client in the server's own image, with its variables.
        ("docker-entrypoint.sh pg_dump -U postgres", "postgres:16", {"PG_MAJOR": "16"}),
        (["docker-entrypoint.sh", "bash", "-c", "pg_dump -h postgres"], "postgres:16", {"PG_MAJOR": "16"}),
        ("docker-entrypoint.sh sleep infinity", "redis:7", {"REDIS_VERSION": "7"}),
        ("redis-sentinel /etc/sentinel.conf", "redis:7", {}),
        ("/bin/postgres_exporter --log.level=warn", "prometheuscommunity/postgres-exporter", {}),
        ("/mysqld_exporter", "prom/mysqld-exporter:1", {}),
        ("--web.listen-address=:9121", "oliver006/redis_exporter", {}),
        ("pgbouncer /etc/pgbouncer.ini", "edoburu/pgbouncer", {}),
        ("npm start", "postgres-of-ours:1", {"POSTGRES_PASSWORD": "x"}),
        ("docker-entrypoint.sh mongo-express", "mongo-express:1", {}),
        ("gunicorn app", "shop/app:1", {"DATABASE_URL": "postgres://db"}),
    ],
)  # fmt: skip
def test_what_only_sounds_like_one_is_none(container, command, image, env):
    assert recognised(container(command, image, env=env)) is None


def test_the_name_of_the_service_says_nothing(container):
    assert recognised(container("npm start", labels={"dev.parity.service": "postgres"})) is None


def test_every_engine_is_whole():
    assert [engine.name for engine in engines()] == sorted(
        ["elasticsearch", "mariadb", "mongodb", "postgres", "rabbitmq", "redis"]
    )
    for engine in engines():
        assert engine.port and engine.title and engine.quirks.endswith(".")
        assert engine.variable.endswith("_URL")
        assert engine.stop_signal.startswith("SIG")


def test_every_engine_can_be_asked_everything(container):
    attrs = container("x y")
    for engine in engines():
        assert engine.ready(attrs).argv
        assert all(check.says and check.command.argv for check in engine.checks(attrs))
        assert engine.url("localhost", 1, {})


def test_the_document_has_what_users_must_know_of_each():
    text = " ".join((ROOT / "docs" / "state-engines.md").read_text(encoding="utf-8").split())
    known = [(engine.title, engine.quirks) for engine in engines()] + [
        (sqlite.TITLE, sqlite.QUIRKS)
    ]
    for title, quirks in known:
        assert f"**{title}.** {quirks}" in text
