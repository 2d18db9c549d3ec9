"""Host names in settings: what would be reached, and what only looks like a name."""

import pytest

from parity.stack.hostnames import local_names, outside


def found(name, value):
    return outside({"services": {"web": {"environment": {name: value}}}})


@pytest.mark.parametrize(
    ("name", "value", "hosts"),
    [
        ("DATABASE_URL", "postgres://u:p@db.prod.example.com:5432/x", ["db.prod.example.com"]),
        ("DB_HOST", "db.prod.example.com", ["db.prod.example.com"]),
        ("DB_HOST", "DB.Prod.Example.COM", ["db.prod.example.com"]),
        (
            "BROKERS",
            "b1.example.com:9092,b2.example.com:9092",
            ["b1.example.com", "b2.example.com"],
        ),
        ("ANYTHING", "https://api.example.com/v1/file.json", ["api.example.com"]),
        ("REDIS_URL", "redis://:${secret:x}@cache.example.com", ["cache.example.com"]),
        ("DSN", "user:pw@tcp(mysql.example.com:3306)/x", ["mysql.example.com"]),
        ("S3_ENDPOINT", "s3.eu-west-1.amazonaws.com", ["s3.eu-west-1.amazonaws.com"]),
    ],
)
def test_names_outside_are_found(name, value, hosts):
    assert list(found(name, value)) == hosts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_HOST", "db"),
        ("URL", "http://web:8080/"),
        ("HOST", "localhost"),
        ("URL", "http://localhost:8080"),
        ("BIND", "0.0.0.0:8000"),
        ("DB_HOST", "10.0.0.5"),
        ("URL", "http://10.0.0.5:80/"),
        ("APP", "main.py"),
        ("CONFIG", "nginx.conf"),
        ("CONFIG", "/etc/nginx/nginx.conf"),
        ("CONFIG", "./app.yaml"),
        ("MAIL_FROM", "shop@example.com"),
        ("VERSION", "1.2.3"),
        ("VERSION", "v16.4-alpine"),
        ("DJANGO_SETTINGS_MODULE", "shop.settings.production"),
        ("WSGI", "shop.wsgi:application"),
        ("IMAGE", "a.b-"),
        ("RATIO", "0.5"),
        ("TEXT", "End of sentence.Next"),
    ],
)
def test_what_is_no_name_outside_is_left_out(name, value):
    assert list(found(name, value)) == []


def test_names_that_the_stack_answers_to_are_not_outside():
    document = {
        "services": {
            "db": {
                "container_name": "prod-db",
                "hostname": "db1.internal",
                "networks": {"default": {"aliases": ["db.prod.example.com"]}, "other": None},
            },
            "web": {"environment": {"A_HOST": "db.prod.example.com", "B_HOST": "db1.internal"}},
        }
    }
    assert outside(document) == ()
    assert {"db", "web", "prod-db", "db1.internal", "db.prod.example.com"} <= local_names(document)


def test_commands_are_read_too_and_each_name_is_told_once():
    document = {
        "services": {
            "a": {"command": ["--server", "x.example.com"], "environment": {"N": None}},
            "b": {
                "entrypoint": ["curl", "https://x.example.com"],
                "labels": {"u": "https://l.example"},
            },
        }
    }
    assert outside(document) == ("x.example.com",)
