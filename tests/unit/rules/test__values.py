import pytest

from parity.diff.compare import compare, side
from parity.model.document import ABSENT
from parity.model.hidden import Concealed, Hidden
from parity.rules import _values as values
from scripts.lib.cases import environment


def sides(*services, **more):
    return side(environment("here", {"services": dict(services), **more}))


def found(name, value):
    return [(each.scheme, each.host, each.port) for each in values.endpoints(name, value)]


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("A", "postgres://shop:x@db:5432/shop", [("postgres", "db", "5432")]),
        ("A", "jdbc:postgresql://DB/shop", [("postgresql", "db", "")]),
        ("A", "http://[::1]:80/", [("http", "[::1]", "80")]),
        (
            "A",
            "IN://kafka:29092,OUT://localhost:9092",
            [("in", "kafka", "29092"), ("out", "localhost", "9092")],
        ),
        ("KAFKA_BROKERS", "one:9092, two:9092", [("", "one", "9092"), ("", "two", "9092")]),
        ("DB_HOST", "db", [("", "db", "")]),
        ("DB_NAME", "db", []),
        ("DB_HOST", "", []),
        ("DB_HOST", "two words", []),
        ("RATIO", "16:9", []),
        ("DB_HOST", Hidden("alnum", 8), []),
        ("A", Concealed("amqp://u:•••@queue/", (Hidden("alnum", 8),)), [("amqp", "queue", "")]),
    ],
)
def test_hosts_are_found_in_urls_lists_and_variables_called_so(name, value, wanted):
    assert found(name, value) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("True", True),
        (" yes ", True),
        ("1", True),
        ("OFF", False),
        ("0", False),
        ("2", None),
        ("", None),
    ],
)
def test_truth(value, wanted):
    assert values.truth(value) is wanted


@pytest.mark.parametrize("name", ["prod", "production", "eu-prod", "prod_2", "live"])
def test_names_of_production(name):
    assert values.is_production(name)


@pytest.mark.parametrize("name", ["local", "staging", "product", "reproduction", "alive"])
def test_names_that_only_hold_the_word(name):
    assert not values.is_production(name)


def test_production_is_the_side_called_so_else_the_right_one():
    def left(one, two):
        return values.production_is_left(compare(environment(one, {}), environment(two, {})))

    assert left("prod", "local")
    assert not left("local", "prod")
    assert not left("a", "b")
    assert not left("prod", "prod-2")


def test_a_service_has_every_name_that_leads_to_it():
    here = sides(
        (
            "db",
            {
                "image": "x",
                "container_name": "Shop-DB",
                "networks": {"default": {"aliases": ["pg"]}},
            },
        )
    )
    assert values.names_of(here.services["db"]) == {"db", "shop-db", "pg"}
    assert values.addresses(here)["pg"] == "db"


def test_variables_that_name_hosts():
    api = {"environment": {"A": "http://x:1/", "B": "1", "DB_HOST": "db", "C_HOST": ""}}
    rows = values.calls(sides(("api", api)).services["api"])
    assert [(name, value, hosts[0].host) for name, value, hosts in rows] == [
        ("A", "http://x:1/", "x"),
        ("DB_HOST", "db", "db"),
    ]


def test_names_of_variables_are_told_whatever_their_case():
    is_mail = values.by_name("MAIL|SMTP")
    assert [is_mail(name) for name in ("EMAIL_HOST", "smtp_port", "HOST", "EMAIL_HOST")] == [
        True, True, False, True,
    ]  # fmt: skip


def test_clients_are_those_who_name_a_service_as_a_host():
    here = sides(
        ("db", {"image": "x", "environment": {"SELF_HOST": "db"}}),
        (
            "web",
            {"image": "x", "environment": {"DB_HOST": "db", "DB_NAME": "db", "URL": "x://db/"}},
        ),
        ("job", {"image": "x", "environment": {"DB_HOST": "dbs"}}),
    )
    assert list(values.clients_of(here, "db")) == [("web", "DB_HOST"), ("web", "URL")]


def test_a_network_is_shared_by_both_who_share_it():
    here = sides(
        ("web", {"image": "x", "network_mode": "service:db"}),
        ("db", {"image": "x"}),
        ("c", {"image": "x"}),
    )
    assert [values.is_shared(here, name) for name in ("web", "db", "c")] == [True, True, False]


def test_what_is_empty_or_absent_is_not_set():
    assert [values.is_set(v) for v in (ABSENT, "", "0", Hidden("alnum", 3))] == [
        False,
        False,
        True,
        True,
    ]


def test_from_eight_on_variables_are_spoken_of_together():
    def many(count):
        more = {"environment": {f"KNOB_{i}": "" for i in range(count)}}
        both = compare(environment("a", {"environment": {}}), environment("b", more))
        return values.is_one_of_many(both.differences[0], both)

    assert not many(7)
    assert many(8)
