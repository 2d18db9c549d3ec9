import pytest

from parity.probes.database import logins
from parity.probes.database.logins import Known, from_url

ENGINES = {"db": "postgres", "maria": "mariadb", "cache": "redis", "queue": "rabbitmq"}
HOSTS = {**{name: name for name in ENGINES}, "db.prod.example": "db", "pooler": "pooler"}


def found(beside=None, **variables):
    known = Known({"web": variables}, HOSTS, ENGINES, beside or {})
    return list(logins.logins(known))


@pytest.mark.parametrize(
    ("url", "engine", "place", "user", "password", "database"),
    [
        ("postgres://u:p@db/shop", "postgres", ("db", 5432), "u", "p", "shop"),
        ("postgresql+psycopg2://u:p%40w@DB:5433/shop?sslmode=require", "postgres", ("db", 5433), "u", "p@w", "shop"),
        ("postgres://u:p/w?x@y@db:1/shop", "postgres", ("db", 1), "u", "p/w?x@y", "shop"),
        ("jdbc:postgresql://db:5432/shop?user=u&password=p", "postgres", ("db", 5432), "u", "p", "shop"),
        ("mysql2://u:p@maria/shop", "mariadb", ("maria", 3306), "u", "p", "shop"),
        ("redis://:p@cache:6379/2", "redis", ("cache", 6379), "", "p", "2"),
        ("amqp://queue", "rabbitmq", ("queue", 5672), "guest", "guest", "/"),
        ("amqp://u:p@queue/%2Fx", "rabbitmq", ("queue", 5672), "u", "p", "/x"),
        ("postgres://u@[::1]:5/x", "postgres", ("::1", 5), "u", "", "x"),
        ("postgres://u:p@a:1,b:2/x", "postgres", ("a", 1), "u", "p", "x"),
        ("postgres://u@db:99999999/x", "postgres", ("db", 5432), "u", "", "x"),
    ],
)  # fmt: skip
def test_a_url_is_read(url, engine, place, user, password, database):
    login = from_url(url)
    assert (login.engine, (login.host, login.port)) == (engine, place)
    assert (login.user, login.password, login.database) == (user, password, database)


@pytest.mark.parametrize("text", ["", "http://db/x", "postgres:db", "not a url", "mongodb://db"])
def test_what_is_no_url_of_such_a_server_is_none(text):
    assert from_url(text) is None


def test_a_password_is_never_shown():
    assert "hush" not in repr(from_url("postgres://u:hush@db/x?password=hush"))


def test_encryption_is_what_the_scheme_or_the_parameters_say():
    assert (
        from_url("rediss://cache").encrypted
        and from_url("mysql://maria/x?ssl-mode=REQUIRED").encrypted
    )
    assert not from_url("redis://cache").encrypted


def test_variables_beside_a_url_complete_it():
    ((server, login),) = found(CACHE_URL="redis://cache:6379/0", CACHE_PASSWORD="p")
    assert (server, login.password, login.whose) == ("cache", "p", "web.environment.CACHE_URL")
    ((_, login),) = found(
        SPRING_DATASOURCE_URL="jdbc:postgresql://db/shop",
        SPRING_DATASOURCE_USERNAME="u",
        SPRING_DATASOURCE_PASSWORD="p",
    )
    assert (login.user, login.password) == ("u", "p")


@pytest.mark.parametrize(
    "variables",
    [
        {"PGHOST": "db", "PGUSER": "u", "PGPASSWORD": "p", "PGDATABASE": "shop"},
        {"DB_HOST": "db", "DB_USER": "u", "DB_PASSWORD": "p", "DB_NAME": "shop"},
        {"DB_HOST": "db:5432", "DB_USERNAME": "u", "DB_PASS": "p", "DB_DATABASE": "shop"},
        {"DB_HOST": "db", "POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p", "POSTGRES_DB": "shop"},
        {"APP_DSN": "host=db user=u password='p' dbname=shop"},
        {"ConnectionStrings__Main": "Host=db;Port=5432;Database=shop;Username=u;Password=p"},
    ],
)
def test_split_forms_are_put_together(variables):
    ((server, login),) = found(**variables)
    assert (server, login.engine, login.host, login.port) == ("db", "postgres", "db", 5432)
    assert (login.user, login.password, login.database) == ("u", "p", "shop")


def test_the_technology_is_the_servers_where_the_name_does_not_say_it():
    ((server, login),) = found(DB_HOST="maria", DB_USER="u")
    assert (server, login.engine, login.port) == ("maria", "mariadb", 3306)
    ((_, login),) = found(QUEUE_HOST="queue")
    assert (login.engine, login.user, login.database) == ("rabbitmq", "guest", "/")


def test_aliases_and_first_parts_of_names_are_the_service():
    ((server, _),) = found(A_URL="postgres://u@db.prod.example/x")
    assert server == "db"
    ((server, _),) = found(A_URL="postgres://u@db.shop.svc.cluster.local/x")
    assert server == "db"


def test_hosts_that_are_elsewhere_or_of_another_kind_are_none():
    assert found(A_URL="postgres://u@db2.example/x", API_HOST="pooler", B_URL="redis://db") == []


def test_localhost_is_what_shares_the_network():
    beside = {"web": frozenset({"web", "cache"})}
    ((server, login),) = found(beside, REDIS_URL="redis://127.0.0.1:6379")
    assert (server, login.host) == ("cache", "127.0.0.1")
    assert found(REDIS_URL="redis://localhost") == []


def test_a_pooler_is_addressed_in_the_place_of_the_server():
    ((target, login),) = found(DATABASE_URL="postgres://u:p@pooler:6432/shop")
    assert (target, login.engine, login.port) == ("pooler", "postgres", 6432)


def test_connections_are_in_the_order_of_services_and_urls_come_first():
    variables = {"DB_HOST": "db", "ZZ_URL": "postgres://u@db/x"}
    known = Known({"worker": variables, "web": variables}, HOSTS, ENGINES, {})
    assert [login.whose for _, login in logins.logins(known)] == [
        "web.environment.ZZ_URL",
        "web.environment.DB_HOST",
        "worker.environment.ZZ_URL",
        "worker.environment.DB_HOST",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "postgres://" + "x" * 100_000,
        "host=db password='",
        "postgres://[::1",
        "://",
        "host=",
        "Server=;",
    ],
)
def test_whatever_a_variable_holds_is_read_without_falling_over(text):
    for name in ("A_URL", "A_HOST", "PGHOST", "DSN"):
        found(**{name: text})


def test_files_are_read_for_what_a_connection_needs():
    assert logins.in_file("DATABASE_URL_FILE") and logins.in_file("db_password_file")
    assert not logins.in_file("SSL_CERT_FILE") and not logins.in_file("DATABASE_URL")
