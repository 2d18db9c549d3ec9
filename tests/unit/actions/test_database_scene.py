from types import SimpleNamespace

import pytest

from parity.actions import connections
from parity.actions.database_scene import Scene, records


def record(name, image, *env, aliases=(), mode="back", ip=""):
    return {
        "Id": f"id-{name}",
        "Name": f"/stack-{name}-1",
        "Path": "entrypoint.sh",
        "Args": [],
        "Config": {"Image": image, "Env": list(env), "Hostname": f"h-{name}"},
        "HostConfig": {"NetworkMode": mode},
        "NetworkSettings": {"Networks": {"back": {"Aliases": [*aliases], "IPAddress": ip}}},
    }


DB = record(
    "db",
    "postgres:15",
    "POSTGRES_USER=shop",
    "POSTGRES_PASSWORD=p",
    aliases=["db.example"],
    ip="10.0.0.2",
)


def scene(*others):
    every = {each["Id"].removeprefix("id-"): each for each in (DB, *others)}
    return Scene(SimpleNamespace(), every)


@pytest.mark.parametrize("host", ["db", "DB.example", "stack-db-1", "h-db", "10.0.0.2"])
def test_a_server_is_known_by_each_of_its_names(host):
    found = scene(record("web", "app", f"DATABASE_URL=postgres://u:p@{host}/x")).logins
    assert [login.whose for login in found["db"]] == ["web.environment.DATABASE_URL"]


def test_only_servers_that_parity_has_questions_for_are_databases():
    found = scene(record("docs", "mongo:7"), record("web", "nginx"), record("cache", "redis:7"))
    assert set(found.databases) == {"db", "cache"}


def test_a_pooler_leads_to_the_only_server_behind_it():
    web = record("web", "app", "DATABASE_URL=postgres://u:p@pool:6432/x")
    pool = record("pool", "pgbouncer:1", "DB_HOST=db")
    logins = scene(web, pool).logins["db"]
    assert logins[-1].host == "pool" and logins[-1].port == 6432
    two = scene(web, pool, record("other", "postgres:15")).logins
    assert all(login.service == "pool" for login in two["db"]) and "other" not in two


def test_a_servers_own_variables_are_no_application():
    assert scene(record("replica", "postgres:15", "PGHOST=db", "PGUSER=x")).logins == {}


def test_its_own_credentials_are_for_its_own_network():
    login = scene().own("db")
    assert (login.user, login.password, login.host, login.service) == (
        "shop",
        "p",
        "127.0.0.1",
        "db",
    )
    assert login.whose == "db.environment"


def test_what_joins_another_network_is_there():
    web = record("web", "app", "CACHE_URL=redis://localhost", mode="container:id-pod")
    cache = record("cache", "redis:7", mode="container:id-pod")
    found = scene(record("pod", "pause"), web, cache)
    assert found.network("web") == "id-pod" and found.network("db") == "id-db"
    assert [login.service for login in found.logins["cache"]] == ["web"]


def test_passwords_in_files_are_read_and_other_files_are_not(monkeypatch):
    asked = []

    def content(client, identity, path):
        asked.append(path)
        return "from-file"

    monkeypatch.setattr(connections, "_content", content)
    web = record(
        "web", "app", "DB_URL=postgres://u@db/x", "DB_PASSWORD_FILE=/run/secrets/p", "SSL_CERT_FILE=/etc/c"
    )  # fmt: skip
    assert scene(web).logins["db"][0].password == "from-file"
    assert asked == ["/run/secrets/p"]


def test_records_are_of_the_first_container_that_is_there():
    from docker.errors import NotFound

    def inspect(identity):
        if identity == "gone":
            raise NotFound("gone")
        return {"Id": identity}

    engine = SimpleNamespace(api=SimpleNamespace(inspect_container=inspect))
    found = records(engine, {"web": ("a", "b"), "db": ("gone",), "none": ()})
    assert found == {"web": {"Id": "a"}}
