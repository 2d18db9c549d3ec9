"""Which values are secrets. Silence counts as much: a setting that is replaced in vain breaks a stack."""

import pytest

from parity.secrecy.detect import is_secret, passwords_in


def found_in(value):
    return [value[start:end] for start, end in passwords_in(value)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2!"),
        ("POSTGRES_PASSWORD", "pg"),
        ("MYSQL_ROOT_PASSWORD", "x y"),
        ("db.password", "abc"),
        ("SECRET_KEY", "abc"),
        ("SECRET_KEY_BASE", "0123abcd"),
        ("DJANGO_SECRET_KEY", "abc"),
        ("API_KEY", "abcd"),
        ("STRIPE_APIKEY", "abcd"),
        ("GITHUB_TOKEN", "abcd"),
        ("accessToken", "abcd"),
        ("AWS_SECRET_ACCESS_KEY", "abcd"),
        ("SMTP_PASS", "abcd"),
        ("ERLANG_COOKIE", "abcd"),
        ("RABBITMQ_ERLANG_COOKIE", "abcd"),
        ("PASSWORD_SALT", "abcd"),
        ("JWT_SIGNING_KEY", "abcd"),
        ("GOOGLE_CREDENTIALS", '{"type":"service_account"}'),
        ("WHATEVER", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
        ("WHATEVER", "AKIAIOSFODNN7EXAMPLE"),
        ("WHATEVER", "ghp_0123456789abcdefghij0123456789"),
        ("WHATEVER", "xoxb-0123456789-abcdef"),
        ("WHATEVER", "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln"),
        ("WHATEVER", "glpat-0123456789abcdef"),
        ("WHATEVER", "-----BEGIN RSA PRIVATE KEY-----\nMII"),
    ],
)
def test_secrets_are_seen(name, value):
    assert is_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "info"),
        ("TOKEN_TTL", "3600"),
        ("PASSWORD_MIN_LENGTH", "twelve"),
        ("SECRET_PROVIDER", "vault"),
        ("COOKIE_DOMAIN", "shop.example"),
        ("COOKIE_SECURE", "1"),
        ("KEYSPACE", "orders"),
        ("PRIMARY_KEY_TYPE", "uuid"),
        ("CACHE_KEY_PREFIX", "shop:"),
        ("PUBLIC_KEY", "ssh-ed25519 AAAA"),
        ("COMPASS", "north"),
        ("BYPASS", "everything"),
        ("TOKENIZER", "bpe"),
        ("AUTH_URL", "https://login.example.com/token"),
        ("AUTHOR", "me"),
        ("SALTED", "maybe"),
        ("MONKEY", "see"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "true"),
        ("DB_PASSWORD", "none"),
        ("DB_PASSWORD", "12"),
        ("DB_PASSWORD", "/run/secrets/db_password"),
        ("DB_PASSWORD", "${secret:db}"),
        ("DB_PASSWORD_FILE", "/run/secrets/db_password"),
        ("SECRET_KEY_FILE", "relative/file"),
        ("TOKEN", "https://login.example.com/oauth/token"),
        ("GIT_SHA", "3f786850e387550fdab836ed7e6dc881de23001b"),
        ("IMAGE", "registry.example.com/app@sha256:abcdef"),
        ("FLAGS", "sk_test"),
    ],
)
def test_ordinary_settings_are_left_alone(name, value):
    assert not is_secret(name, value)


@pytest.mark.parametrize(
    ("value", "password"),
    [
        ("postgres://app:hunter22@db/app", "hunter22"),
        ("redis://:hunter22@cache:6379/0", "hunter22"),
        ("amqp://u:p%40ss@mq", "p%40ss"),
        ("https://user:with:colon@host", "with:colon"),
        ("postgres://a:p@ss@db", "p@ss"),
        ("postgres://app@db/app", ""),
        ("https://shop.example/a:b@c", ""),
        ("https://shop.example/?mail=a:b@c", ""),
        ("redis://cache:6379", ""),
        ("mail to a:b@c", ""),
        ("postgres://app:${secret:db}@db", ""),
        ("postgres://app:@db", ""),
        ("http://[broken:x@y", ""),
        ("", ""),
    ],
)
def test_a_password_is_found_in_a_urls_authority_and_nowhere_else(value, password):
    assert found_in(value) == ([password] if password else [])


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("host=db user=app password=hunter22 dbname=x", ["hunter22"]),
        ("Server=db;User Id=app;Password=hunter22;", ["hunter22"]),
        ("Server=db;Pwd=hunter22", ["hunter22"]),
        ("jdbc:postgresql://db/x?user=a&password=hunter22", ["hunter22"]),
        ("username=a,password=hunter22,vers=3.0", ["hunter22"]),
        ("PGPASSWORD=hunter22 psql", ["hunter22"]),
        ("PGPASSWORD=$DB_PASSWORD psql", []),
        ("password=${secret:db}", []),
        ("https://shop.example/?reset_password=1", []),
        ("--password=/run/secrets/db", []),
        ("password_file=/run/secrets/db", []),
        ("password=", []),
        ("<password=x>", []),
        ("passwords=x", []),
    ],
)
def test_a_password_is_found_in_a_connection_string(value, found):
    assert found_in(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("pg://u:ONE@a/d,pg://u:TWO@b/d", ["ONE", "TWO"]),
        ("amqp://u:ONE@a,amqp://u:TWO@b", ["ONE", "TWO"]),
        ('["redis://:ONE@a", "redis://:TWO@b"]', ["ONE", "TWO"]),
        ("user=x password=THREE; backup password=FOUR", ["THREE", "FOUR"]),
        ("a;Password=ONE;Password=TWO", ["ONE", "TWO"]),
        ("pg://u:ONE@a/d?sslpassword=TWO", ["ONE", "TWO"]),
        ("https://u:ONE@h/?k=${secret:T}", ["ONE"]),
        ("pg://u:${secret:a:b@c}@h,pg://u:TWO@h", ["TWO"]),
        ("password=${secret:a} password=TWO", ["TWO"]),
        ("jdbc:mysql://u:ONE@h/d", ["ONE"]),
        ("pg://me@tenant:ONE@h/d", ["ONE"]),
        ("pg://u:x,password=y@h", ["x,password=y"]),
        ("http://a:80 mail to x@y", []),
        ('{"at": "http://a:80", "mail": "x@y"}', []),
        ("http://a:80/x@y?b:c@d", []),
        ("h1,redis://h2:6379", []),
    ],
)
def test_every_password_of_a_text_is_found_once(value, found):
    assert found_in(value) == found
