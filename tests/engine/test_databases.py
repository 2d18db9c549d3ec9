"""Servers of each kind are asked through a helper in an application's network; one change is one fact."""

import os
import time
import uuid

import pytest
from docker.types import Ulimit

from parity.actions import databases
from parity.engine.images import ensure_gateway, gateway_tag
from parity.model.environment import Environment
from parity.model.progress import silent
from parity.model.project import LocalTable

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("databases")]

REGISTRY = os.environ.get("REGISTRY", "127.0.0.1:5055")
MINE = {"dev.parity.test": f"databases-{os.getpid()}"}
PASSWORD = "not-a-secret-of-anybody"
SERVICES = {
    "db": (
        f"{REGISTRY}/shop/postgres:15.18-1",
        ["postgres", "-c", "max_connections=42", "-c", "statement_timeout=7s"],
        {"POSTGRES_USER": "shop", "POSTGRES_DB": "shop", "POSTGRES_PASSWORD": PASSWORD},
    ),
    "cache": (
        f"{REGISTRY}/shop/redis:7.0-3",
        ["redis-server", "--maxmemory", "32mb", "--protected-mode", "no"],
        {},
    ),
    "maria": (
        "parity-test/mariadb:10.11-1",
        None,
        {"MARIADB_ROOT_PASSWORD": PASSWORD, "MARIADB_DATABASE": "shop"},
    ),
    "web": (
        f"{REGISTRY}/shop/app:2.3.1",
        ["sleep", "infinity"],
        {
            "DATABASE_URL": f"postgres://shop:{PASSWORD}@db.prod.example/shop?application_name=web",
            "CACHE_URL": "redis://cache:6379/0",
            "MYSQL_HOST": "maria",
            "MYSQL_USER": "shop",
            "MYSQL_PASSWORD": PASSWORD,
            "MYSQL_DATABASE": "shop",
        },
    ),
}


@pytest.fixture(scope="module")
def image(client):
    base = LocalTable().gateway_base
    name = gateway_tag(base)
    ensure_gateway(client, name, base, silent)
    return name


@pytest.fixture(scope="module")
def stack(client):
    """The containers by service, on a network that this machine has no route to."""
    key = uuid.uuid4().hex[:8]
    network = client.networks.create(f"test-databases-{key}", internal=True, labels=MINE)
    made = {}
    try:
        for name, (image, command, env) in SERVICES.items():
            aliases = [name, f"{name}.prod.example"]
            made[name] = client.containers.create(
                image, command, environment=env, labels=MINE, name=f"test-{name}-{key}", init=True,
                entrypoint=[] if name == "web" else None, shm_size="128m",
            )  # fmt: skip
            client.networks.get("bridge").disconnect(made[name])
            network.connect(made[name], aliases=aliases)
            made[name].start()
        wait(made["db"], ["pg_isready", "-qh", "127.0.0.1"])
        wait(made["maria"], ["mariadb", "-uroot", f"-p{PASSWORD}", "-e", "select 1"])
        maria(
            made,
            f"create user shop@'%' identified by '{PASSWORD}'; grant all on shop.* to shop@'%'",
        )
        yield made
    finally:
        for container in made.values():
            container.remove(force=True, v=True)
        network.remove()


def wait(container, command):
    end = time.monotonic() + 60
    while container.exec_run(command).exit_code != 0:
        assert time.monotonic() < end, container.logs(tail=20).decode()
        time.sleep(0.3)


def run(container, command):
    code, said = container.exec_run(command)
    assert code == 0, said.decode()


def maria(stack, text):
    run(stack["maria"], ["mariadb", "-uroot", f"-p{PASSWORD}", "shop", "-e", text])


def postgres(stack, text, user="shop"):
    words = ["sh", "-c", 'exec psql -h 127.0.0.1 -U shop -q -v ON_ERROR_STOP=1 -c "$0"', text]
    code, said = stack["db"].exec_run(words, environment={"PGPASSWORD": PASSWORD})
    assert code == 0, said.decode()


def read(client, image, stack):
    ids = {name: (container.id,) for name, container in stack.items()}
    environment = Environment("prod", "docker", (), {"services": {name: {} for name in stack}})
    found = databases.read(environment, ids, client, image, silent)
    assert PASSWORD not in str(found)
    # As many containers as before: helpers are gone.
    helpers = client.api.containers(all=True, filters={"label": "dev.parity.role=helper"})
    networks = {f"container:{container.id}" for container in stack.values()}
    assert not [h for h in helpers if h["HostConfig"]["NetworkMode"] in networks]
    return found


def flat(tree, path=()):
    if not isinstance(tree, dict):
        return {path: tree}
    return {k: v for key, each in tree.items() for k, v in flat(each, (*path, key)).items()}


def changed(before, after):
    one, two = flat(before), flat(after)
    return {".".join(k): (one.get(k), two.get(k)) for k in {*one, *two} if one.get(k) != two.get(k)}


def test_each_server_is_asked_as_the_application(client, image, stack):
    began = time.monotonic()
    found = read(client, image, stack)
    assert time.monotonic() - began < databases.SECONDS
    assert set(found) == {"db", "cache", "maria"}
    assert {name: each.unread for name, each in found.items()} == {
        "db": {},
        "cache": {},
        "maria": {},
    }
    db, cache, own = (found[name].values for name in ("db", "cache", "maria"))
    assert db["connection"] == "web.environment.DATABASE_URL"
    assert db["settings"]["max_connections"] == "42"
    assert db["settings"]["statement_timeout"] == "7000"
    assert db["role"]["name"] == "shop" and db["encrypted"] is False and "pooler" not in db
    assert cache["connection"] == "web.environment.CACHE_URL"
    assert cache["settings"]["maxmemory"] == str(32 << 20)
    assert (own["engine"], own["connection"]) == ("mariadb", "web.environment.MYSQL_HOST")


def test_nothing_changes_by_itself(client, image, stack):
    before, after = read(client, image, stack), read(client, image, stack)
    for name in before:
        assert changed(before[name].values, after[name].values) == {}


@pytest.mark.parametrize(
    ("service", "change", "undo", "facts"),
    [
        ("db", "alter role shop set timezone = 'Asia/Tokyo'", "alter role shop reset timezone",
         {"settings.TimeZone", "role-settings.shop.*.TimeZone"}),
        ("db", "create table plans (id int primary key, name text)", "drop table plans",
         {"schema.plans.id", "schema.plans.name", "constraints.plans.plans_pkey", "rights.plans"}),
        ("maria", "create table plans (id int)", "drop table plans", {"schema.plans.id", "tables.plans"}),
        ("maria", "set global group_concat_max_len = 2048", "set global group_concat_max_len = 1048576",
         {"settings.group_concat_max_len"}),
        ("cache", "config set maxmemory-policy allkeys-lru", "config set maxmemory-policy noeviction",
         {"settings.maxmemory-policy"}),
    ],
)  # fmt: skip
def test_one_change_is_found_and_nothing_else(client, image, stack, service, change, undo, facts):
    def tell(text):
        if service == "cache":
            return run(stack["cache"], ["redis-cli", *text.split()])
        return (postgres if service == "db" else maria)(stack, text)

    before = read(client, image, stack)
    tell(change)
    try:
        after = read(client, image, stack)
    finally:
        tell(undo)
    assert set(changed(before[service].values, after[service].values)) == facts
    for other in before.keys() - {service}:
        assert changed(before[other].values, after[other].values) == {}


def test_asking_writes_nothing_and_waits_for_no_lock(client, image, stack):
    postgres(stack, "create table locked (id int primary key)")
    postgres(stack, "create table refers (id int references locked)")
    held = stack["db"].exec_run(
        ["psql", "-h", "127.0.0.1", "-U", "shop", "-c", "begin; lock table locked; select pg_sleep(6)"],
        environment={"PGPASSWORD": PASSWORD}, detach=True,
    )  # fmt: skip
    assert held is not None
    time.sleep(1)
    began = time.monotonic()
    found = read(client, image, stack)["db"]
    assert time.monotonic() - began < 6
    assert "lock timeout" in found.unread["rows"]
    assert found.values["settings"]["max_connections"] == "42"
    time.sleep(6)
    postgres(stack, "drop table refers; drop table locked")


def test_a_server_that_lets_nobody_in_says_why(client, image, stack):
    run(stack["cache"], ["redis-cli", "config", "set", "protected-mode", "yes"])
    try:
        found = read(client, image, stack)["cache"]
    finally:
        run(stack["cache"], ["redis-cli", "config", "set", "protected-mode", "no"])
    assert "protected mode" in found.unread["connection web.environment.CACHE_URL"]
    assert found.values["connection"] == "cache.environment"


def test_a_server_that_is_paused_ends_in_time_and_is_told(client, image, stack):
    stack["db"].pause()
    try:
        began = time.monotonic()
        found = read(client, image, stack)["db"]
        assert time.monotonic() - began < databases.SECONDS + 8
    finally:
        stack["db"].unpause()
    assert found.values == {}
    assert "did not answer within" in found.unread["connection"]


def test_a_wrong_password_is_told_and_the_servers_own_account_asks(client, image, stack):
    wrong = client.containers.run(
        SERVICES["web"][0], SERVICES["web"][1], entrypoint=[], detach=True, labels=MINE,
        network=network_of(client, stack),
        environment={"DATABASE_URL": "postgres://shop:wrong-one@db/shop"},
    )  # fmt: skip
    try:
        found = read(client, image, {"db": stack["db"], "web": wrong})["db"]
    finally:
        wrong.remove(force=True)
    assert found.values["connection"] == "db.environment"
    why = found.unread["connection web.environment.DATABASE_URL"]
    assert why == 'password authentication failed for user "shop"'


def network_of(client, stack):
    stack["db"].reload()
    return next(iter(stack["db"].attrs["NetworkSettings"]["Networks"]))


@pytest.fixture(scope="module")
def broker(client, stack):
    """A broker beside the stack; its password is in a file that every container has."""
    made = client.containers.run(
        f"{REGISTRY}/shop/rabbitmq:3.10-2", detach=True, labels=MINE, init=True, hostname="rabbit-1",
        network=network_of(client, stack), ulimits=[Ulimit(name="nofile", soft=8192, hard=8192)],
        environment={
            "RABBITMQ_USER": "shop", "RABBITMQ_VHOST": "shop", "RABBITMQ_PASSWORD_FILE": "/etc/hostname",
        },
    )  # fmt: skip
    try:
        wait(made, ["rabbitmq-diagnostics", "-q", "check_running"])
        yield made
    finally:
        made.remove(force=True, v=True)


def test_a_broker_tells_its_definitions(client, image, broker):
    web = {"QUEUE_URL": "amqp://shop@queue/shop"}
    app = client.containers.run(
        SERVICES["web"][0], SERVICES["web"][1], entrypoint=[], detach=True, labels=MINE, environment=web
    )  # fmt: skip
    try:
        before = read(client, image, {"queue": broker, "web": app})["queue"]
        policy = ["set_policy", "-p", "shop", "long", "^orders", '{"max-length":9}']
        run(broker, ["rabbitmqctl", "-q", *policy])
        after = read(client, image, {"queue": broker, "web": app})["queue"]
    finally:
        app.remove(force=True)
    assert before.unread == {} == after.unread
    assert before.values["connection"] == "web.environment.QUEUE_URL"
    assert before.values["permissions"] == "configure .* write .* read .*"
    assert "rabbit-1" not in str(before.values)
    assert changed(before.values, after.values) == {
        "policies.long": (None, 'all ^orders 0 {"max-length": 9}')
    }
