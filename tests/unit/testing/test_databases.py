import logging

import pytest

from parity.errors import UsageError
from parity.testing import MySqlContainer, PostgresContainer, RedisContainer
from parity.testing import databases as module
from parity.testing.databases import RabbitMqContainer

COMPOSE = """
services:
  store: {image: "registry.example/base/postgres:15"}
  shell: {image: "registry.example/base/postgres:15", command: [psql, "-h", store]}
  web: {image: "example/web:1"}
"""


class Own:
    """A stack that only remembers what it was asked for."""

    made = []
    name = "shop-t1"

    def __init__(self, wanted, *, publish=()):
        self.real = REAL(wanted)
        self.wanted, self.publish, self.life = wanted, publish, []
        self.made.append(self)

    def environment(self):
        return self.real.environment()

    def up(self, request):
        self.life.append("up")

    def down(self):
        self.life.append("down")


REAL = module.OwnStack


class Container:
    status = "running"

    def get_connection_url(self, driver=None):
        plus = f"+{driver}" if driver else ""
        return f"postgresql{plus}://shop:a%2Fb@127.0.0.1:25432/orders"

    def get_container_info(self):
        return {"Config": {"Image": "registry/postgres@sha256:0"}}

    def get_container_host_ip(self):
        return "127.0.0.1"

    def get_exposed_port(self, port):
        return 20000 + port


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    monkeypatch.setattr(module, "OwnStack", Own)
    monkeypatch.setattr(module.DatabaseContainer, "container", property(lambda self: Container()))
    Own.made.clear()
    return tmp_path


def test_it_is_the_service_of_the_definition_that_runs_such_a_database(root):
    with PostgresContainer("postgres:9", context=root) as postgres:
        own = Own.made[-1]
        assert own.wanted.services == ("store",)
        assert own.publish == (("store", 5432),)
        assert postgres.get_exposed_port(postgres.port) == 25432
    assert own.life == ["up", "down"]


def test_what_runs_is_told_after_the_start(root):
    with PostgresContainer("postgres:9", username="me", context=root) as postgres:
        assert (postgres.username, postgres.password, postgres.dbname) == ("shop", "a/b", "orders")
        assert postgres.image == "registry/postgres@sha256:0"


def test_what_production_decides_is_warned_of(root, caplog):
    with caplog.at_level(logging.WARNING, logger="parity.testing"):
        made = PostgresContainer("postgres:9", password="x", context=root, platform="linux/arm64")
        assert made.with_env("A", "1").with_exposed_ports(1) is made
    assert [message.partition(" ")[0] for message in caplog.messages] == [
        "image=…", "password=…", "platform=…", "with_env", "with_exposed_ports",
    ]  # fmt: skip
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        made.nonsense  # noqa: B018


def test_the_driver_is_in_the_url_as_for_sqlalchemy(root):
    with PostgresContainer(context=root) as postgres:
        assert postgres.get_connection_url().startswith("postgresql+psycopg2://")
        assert postgres.get_connection_url(driver=None).startswith("postgresql://")
        assert postgres.get_connection_url(driver="asyncpg").startswith("postgresql+asyncpg://")
        assert "@db:25432/" in postgres.get_connection_url(host="db")


def test_which_service_is_not_guessed(root):
    with pytest.raises(UsageError, match="which service is the Redis") as raised:
        RedisContainer(context=root).start()
    assert raised.value.next_step == 'name it: service="…"'
    (root / "compose.yaml").write_text(COMPOSE.replace("example/web", "example/postgres"))
    with pytest.raises(UsageError, match="There are: store, web"):
        PostgresContainer(context=root).start()


def test_a_named_service_is_taken(root):
    with PostgresContainer(context=root, service="shell"):
        assert Own.made[-1].wanted.services == ("shell",)


def test_a_wait_strategy_is_asked(root):
    class Strategy:
        def wait_until_ready(self, container):
            self.asked = container

    strategy = Strategy()
    postgres = PostgresContainer(context=root).waiting_for(strategy).start()
    assert strategy.asked is postgres
    postgres.stop()


def test_a_start_that_fails_is_taken_down(root, monkeypatch):
    def up(self, request):
        raise RuntimeError("no")

    monkeypatch.setattr(Own, "up", up)
    with pytest.raises(RuntimeError), PostgresContainer(context=root, service="store"):
        pass
    assert Own.made[-1].life == ["down"]


def test_before_the_start_there_is_nothing_to_ask(tmp_path):
    made = RabbitMqContainer(context=tmp_path)
    assert made.status == "not_started"
    assert (made.port, made.vhost) == (5672, "")
    made.stop()
    with pytest.raises(UsageError, match="not started"):
        made.get_logs()


def test_ports_and_dialects_of_the_others(tmp_path):
    assert MySqlContainer("mysql:8", "pymysql", context=tmp_path).driver == "pymysql"
    assert MySqlContainer("mysql:8", port=3307, context=tmp_path).port == 3307
    assert RedisContainer(port=7000, context=tmp_path).port == 7000
