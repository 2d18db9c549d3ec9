"""Differences by nature, and those that look like it."""

import pytest

from parity.diff.compare import compare
from parity.model.environment import Environment
from parity.model.hidden import Hidden
from parity.rules.expected import reason


def why(left, right):
    sides = [
        Environment("a", "compose", (), {"services": {"web": {"image": "x:1", **body}}})
        for body in (left, right)
    ]
    comparison = compare(*sides)
    (difference,) = comparison.differences
    return reason(difference, comparison)


def env(name, left, right):
    return why({"environment": {name: left}}, {"environment": {name: right}})


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("DB_HOST", "localhost", "db.prod.test"),
        ("KAFKA_BROKERS", "kafka:9092", "k1.test:9092,k2.test:9092"),
        ("DATABASE_URL", "postgres://a:b@db/x", "postgres://c:d@db.test:5433/y"),
        ("DATABASE_URL", "postgres://a:b@db/shop_dev", "postgres://c:d@db/shop"),
        ("CACHE_URL", "redis://cache:6379/0", "redis://cache:6379/1"),
        ("API_URL", "https://api.dev.test/v1/pay", "https://api.test/v1/pay"),
        ("SENTRY_DSN", "https://0a1b2c@o1.sentry.test/4", "https://9f8e7d@o1.sentry.test/5"),
        ("LOG_LEVEL", "debug", "info"),
        ("SENTRY_ENVIRONMENT", "dev", "production"),
        ("NEW_RELIC_APP_NAME", "shop (dev)", "shop (prod)"),
        ("INSTANCE_NAME", "laptop-1", "eu-1"),
        ("WORKER_ID", "a", "b"),
        ("DB_USER", "dev", "shop"),
    ],
)
def test_expected_of_variables(name, left, right):
    assert env(name, left, right)


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("DB_HOST", "db", "db\n"),
        ("DB_HOST", "5", "db.test"),
        ("HOST", "0.0.0.0", "127.0.0.1"),
        ("API_URL", "http://api.test", "https://api.test"),
        ("API_URL", "https://api.dev.test/v1/pay", "https://api.test/v2/pay"),
        ("API_URL", "https://api.test/v1/", "https://api.test/v1"),
        ("CACHE_URL", "redis://cache:6379/0", "redis://:b@cache:6379/0"),
        ("DATABASE_URL", "postgres://db/x?sslmode=disable", "postgres://db/x?sslmode=require"),
        ("PAGE_SIZE", "10", "20"),
        ("FEATURE_NAME", "one", "two"),
        ("COOKIE_NAME", "one", "two"),
        ("WEBHOOK_USER", "true", "https://x.test"),
    ],
)
def test_not_expected_of_variables(name, left, right):
    assert env(name, left, right) == ""


def test_a_variable_of_one_side_is_never_expected():
    assert why({}, {"environment": {"DB_HOST": "db.test"}}) == ""


def test_other_secrets_are_expected_and_a_missing_one_is_not():
    one, two = Hidden("alnum", 8, "run:1"), Hidden("alnum", 9, "run:2")
    assert env("API_KEY", one, two)
    assert env("API_KEY", "", two) == "", "an empty one is none"
    assert why({"environment": {"API_KEY": one}}, {}) == ""


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"container_name": "a"}, {"container_name": "b"}, True),
        ({}, {"hostname": "b"}, True),
        ({"labels": {"a": "1"}}, {"labels": {"a": "2"}}, True),
        ({"image": "r.dev/shop/web:1"}, {"image": "r.prod/shop/web:1"}, True),
        ({"image": "shop/web:1"}, {"image": "shop/other:1"}, False),
        ({"image": "shop/web:1"}, {"image": "shop/web:2"}, False),
        ({"user": "1"}, {"user": "2"}, False),
    ],
)
def test_fields(left, right, expected):
    assert bool(why(left, right)) is expected


def test_ports_differ_by_nature_only_in_where_they_are_published():
    port = {"target": 80, "published": "80", "protocol": "tcp"}
    assert why({"ports": [port]}, {"ports": [{**port, "published": "8080"}]})


def ported(left, right, one, two):
    """The reason for APP_URL on two ports, `app` being one service with two bodies."""
    sides = [
        Environment(name, "compose", (), {"services": {
            "web": {"image": "x:1", "environment": {"APP_URL": url}},
            "app": {"image": "y:1", **body},
        }})
        for name, url, body in (("dev", left, one), ("prod", right, two))
    ]  # fmt: skip
    comparison = compare(*sides)
    found = [d for d in comparison.differences if d.service == "web"]
    return reason(found[0], comparison)


@pytest.mark.parametrize(
    ("left", "right"),
    [("http://app:8080/v1", "http://app:8081/v1"), ("app:8080", "app:8081"), ("http://app", "http://app:8081")],
)  # fmt: skip
def test_another_port_of_a_service_of_both_sides_is_not_expected(left, right):
    assert ported(left, right, {}, {}) == ""
    assert ported(left, right, {"expose": ["8080"]}, {"expose": ["8080"]}) == ""


def test_a_port_that_moves_with_its_service_is_expected():
    one, two = {"expose": ["8080"]}, {"expose": ["8081"]}
    assert ported("http://app:8080", "http://app:8081", one, two)
    assert ported("http://app:8080", "http://app.example:443", {}, {})


def of_notation(body, other, source="compose"):
    """The reason for one difference; the right side is written in `source`."""
    sides = [
        Environment("dev", "compose", (), {"services": {"web": {"image": "x:1", **body}, "db": {"image": "a:1"}}}),
        Environment("prod", source, (), {"services": {"web": {"image": "x:1", **other}}}),
    ]  # fmt: skip
    comparison = compare(*sides)
    return [reason(d, comparison) for d in comparison.differences if d.service == "web"]


def test_what_a_notation_or_its_services_leave_no_choice_about():
    (told,) = of_notation({"depends_on": {"db": {"condition": "service_started"}}}, {})
    assert told == "what it waits for is no service of the other environment"
    (told,) = of_notation({}, {"network_mode": "service:web"}, "ecs")
    assert told == "containers of one pod or task share a network"
    assert of_notation({}, {"network_mode": "service:vpn"}) == [""]
