import contextlib
from types import SimpleNamespace

import pytest

from parity.actions import databases
from parity.engine.askers.contract import Asked, UnreachableError
from parity.errors import EngineError
from parity.model.environment import Environment

ENVIRONMENT = Environment("prod", "docker", (), {"services": {"db": {}, "web": {}}})
INFO = [["redis_version:7.0.1\r\nrole:master\r\ncluster_enabled:0\r\n"]]


def record(name, image, *env):
    return {
        "Id": f"id-{name}",
        "Name": f"/{name}",
        "Config": {"Image": image, "Env": list(env)},
        "Path": "x.sh",
        "Args": [],
    }


@pytest.fixture
def engine():
    """An engine with a Redis called `db` and an application of it."""

    def make(*env, image="redis:7"):
        every = {"id-db": record("db", image), "id-web": record("web", "app", *env)}
        return SimpleNamespace(api=SimpleNamespace(inspect_container=every.__getitem__))

    return make


def read(engine):
    steps = []
    ids = {"db": ("id-db",), "web": ("id-web",)}
    return databases.read(ENVIRONMENT, ids, engine, "gateway:1", steps.append), steps


@pytest.fixture
def doors(monkeypatch):
    """Doors that lead nowhere; notes who dials what."""
    dialled = []

    @contextlib.contextmanager
    def helper(client, image, container, marks):
        yield container

    @contextlib.contextmanager
    def door(client, helping, host, port, limits):
        dialled.append((helping, host, port))
        yield SimpleNamespace(host="127.0.0.1", port=1, reason="")

    monkeypatch.setattr("parity.engine.tunnel.helper", helper)
    monkeypatch.setattr("parity.engine.tunnel.door", door)
    return dialled


def session(monkeypatch, ask):
    @contextlib.contextmanager
    def asking(login, host, port):
        yield Asked({}, lambda question: ask(login, question))

    monkeypatch.setattr("parity.engine.askers.redis.asking", asking)


def test_it_is_asked_as_the_application_from_where_that_is(monkeypatch, engine, doors):
    session(monkeypatch, lambda login, q: INFO if q.name == "info" else [])
    found, steps = read(engine("CACHE_URL=redis://db:6379/1"))
    assert found["db"].values["connection"] == "web.environment.CACHE_URL"
    assert doors == [("id-web", "db", 6379)]
    assert [step.text for step in steps] == ["asking db"]


def test_the_next_connection_is_tried_and_what_failed_is_told(monkeypatch, engine, doors):
    def ask(login, question):
        if login.service == "web":
            raise UnreachableError("WRONGPASS")
        return INFO if question.name == "info" else []

    session(monkeypatch, ask)
    found, _ = read(engine("CACHE_URL=redis://:hush@db/1"))
    assert found["db"].values["connection"] == "db.environment"
    assert found["db"].unread == {"connection web.environment.CACHE_URL": "WRONGPASS"}
    assert [place for place, *_ in doors] == ["id-web", "id-db"]


def test_one_that_nobody_reaches_says_so_for_each(monkeypatch, engine, doors):
    def ask(login, question):
        raise EngineError("it is paused \x1b[0m")

    session(monkeypatch, ask)
    found, _ = read(engine("CACHE_URL=redis://db"))
    assert found["db"].values == {}
    assert found["db"].unread == {
        "connection": "web.environment.CACHE_URL: it is paused [0m; db.environment: it is paused [0m"
    }


def test_one_that_answers_nothing_of_use_is_unread(monkeypatch, engine, doors):
    session(monkeypatch, lambda login, question: "it sent more than 1 MiB")
    found, _ = read(engine())
    assert found["db"].unread == {"connection": "db.environment: it sent more than 1 MiB"}


def test_a_library_that_is_not_there_is_named(monkeypatch, engine, doors):
    def missing(*_):
        raise ModuleNotFoundError("No module named 'redis'", name="redis")

    monkeypatch.setattr("parity.engine.askers.redis.asking", missing)
    found, _ = read(engine())
    assert "pip install 'parity[database]'" in found["db"].unread["connection"]


def test_without_time_nothing_is_tried(monkeypatch, engine, doors):
    monkeypatch.setattr(databases, "SECONDS", -1.0)
    found, _ = read(engine())
    assert found["db"].unread == {"connection": "db.environment: no time was left to try it"}
    assert doors == []


def test_a_broker_is_asked_inside_its_own_container(monkeypatch, engine):
    asked = []

    @contextlib.contextmanager
    def asking(client, container, seconds):
        asked.append(container)
        yield Asked(
            {}, lambda q: [['{"rabbitmq_version": "3.13.0"}']] if q.name == "definitions" else "no"
        )

    monkeypatch.setattr("parity.engine.askers.inside.asking", asking)
    found, _ = read(engine(image="rabbitmq:3"))
    assert asked == ["id-db"] and found["db"].values["version"] == "3.13.0"
    assert found["db"].unread["plugins"] == "no"


def test_environments_without_servers_are_not_told_about(engine):
    found, steps = read(engine(image="nginx"))
    assert found == {} and steps == []
