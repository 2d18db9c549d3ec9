"""Secrets inside texts: what is found, and what is left alone."""

import time

import pytest

from parity.secrecy import texts


def found_in(text):
    return [text[start:end] for start, end in texts.spans(text)]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("postgres://app:s3cr3t@db/x", ["s3cr3t"]),
        ("redis-server --requirepass s3cr3t", ["s3cr3t"]),
        ("redis-server --requirepass=s3cr3t --port 6379", ["s3cr3t"]),
        ("sh -c 'redis-cli -a s3cr3t ping'", ["s3cr3t"]),
        ("mysqladmin ping -h 127.0.0.1 -ps3cr3t", ["s3cr3t"]),
        ("sshpass -p s3cr3t ssh x", ["s3cr3t"]),
        ("curl -fsS -u admin:s3cr3t http://x/", ["s3cr3t"]),
        ("-fsS -u admin:s3cr3tWord http://x/", ["s3cr3tWord"]),
        ("curl --user 'admin:s3cr3t' http://x/", ["s3cr3t"]),
        ("serve --password s3cr3t --port 80", ["s3cr3t"]),
        ("serve --db.password=s3cr3t", ["s3cr3t"]),
        ("PGPASSWORD=s3cr3t psql -U app", ["s3cr3t"]),
        ("export API_TOKEN='s3 cr3t'; run", ["s3 cr3t"]),
        ('curl -H "Authorization: Bearer abc123def456"', ["abc123def456"]),
        ("Bearer abcdefgh12345678", ["abcdefgh12345678"]),
        ("user = app\npassword = two words here\n", ["two words here"]),
        ("password: s3cr3t\r\nuser: x\r\n", ["s3cr3t"]),
        ("  admin_password: 's3cr3t'\n", ["s3cr3t"]),
        ('{"user": "x", "password": "s3cr3t"}', ["s3cr3t"]),
        ('{"password": "a\\"b", "x": 1}', ['a\\"b']),
        ("requirepass s3cr3t\nport 6379\n", ["s3cr3t"]),
        ("user default on >s3cr3t ~* +@all\n", ["s3cr3t"]),
        ("db:5432:*:app:s3cr3t", ["s3cr3t"]),
        ("machine x login me password s3cr3t", ["s3cr3t"]),
        ("admin:$apr1$abcdefgh$ijklmnopqrstuv", ["$apr1$abcdefgh$ijklmnopqrstuv"]),
        ("<server><password>s3cr3t</password></server>", ["s3cr3t"]),
        ("CREATE USER x WITH PASSWORD 's3cr3t';", ["s3cr3t"]),
        ("ALTER USER x IDENTIFIED BY 's3cr3t'", ["s3cr3t"]),
        ("DefaultEndpointsProtocol=https;AccountKey=abcdefgh12==;", ["abcdefgh12=="]),
        ("https://x.example/?sig=abcdefgh1234&y=1", ["abcdefgh1234"]),
        ("Server=db;Password=s3cr3t;Encrypt=yes", ["s3cr3t"]),
        ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb",
         ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"]),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", ["-----BEGIN PRIVATE KEY-----\nMIIE"]),
        ("password=one token=two1", ["one", "two1"]),
        ("https://maps.example.com/js?api_key=HjHkm1x72EsSfUQU", ["HjHkm1x72EsSfUQU"]),
        ("https://ci.example.com/hook?token=9f8e7d6c5b4a3210", ["9f8e7d6c5b4a3210"]),
        ("https://x/y?access_token=hunter2hunter2&z=1", ["hunter2hunter2"]),
        ("https://x/y?a=1&client_secret=abc$def;b=2", ["abc$def"]),
        ("https://x/y?key=HjHkm1x72EsSfUQUAkNX7LHQ", ["HjHkm1x72EsSfUQUAkNX7LHQ"]),
        ("https://x/cb#access_token=hunter2hunter2", ["hunter2hunter2"]),
        ("https://discord.com/api/webhooks/1234567890/aB3-aB3_aB3aB3aB3aB3aB3", ["aB3-aB3_aB3aB3aB3aB3aB3"]),
        ("https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs/sendMessage",
         ["123456789:AAHdqTcvCH1vGWJxfSeofSAs"]),
        ("https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.example/55",
         ["0123456789abcdef0123456789abcdef"]),
    ],
)  # fmt: skip
def test_found(text, secrets):
    assert found_in(text) == secrets


@pytest.mark.parametrize(
    "text",
    [
        "",
        "info",
        "http://api.example.com/v1",
        "postgres://app@db/x",
        "postgres://app:${secret:db}@db/x",
        "--password ${secret:db}",
        "--password $DB_PASSWORD",
        'psql "password=$(cat /run/secrets/db)"',
        "password = ${DB_PASSWORD}",
        "password: {{ .Values.password }}",
        "password_file = /run/secrets/db",
        "--password-file /run/secrets/db",
        "PASSWORD_HASHERS=bcrypt",
        "forgotten password? ask the admin",
        "invalid token: true",
        "token = 42",
        "ssl_certificate_key /run/secrets/tls_key;",
        "docker run --user 1000:1000",
        "run --user www-data:www-data -u 1000:1000 -u node:node",
        "nginx -p 80:80",
        "redis-cli ping",
        "mysqladmin ping -h 127.0.0.1 -p 3306",
        "proxy_set_header Authorization $http_authorization;",
        "Basic authentication is off",
        "::1 localhost",
        "12:30:45:00:00",
        "shared_buffers=64MB",
        "cookie: false\nsalt: null\n",
        "password:\n  file: /x\n",
        "https://x/?page_token=&a=1",
        "https://x/list?key=name&token=${TOKEN}",
        "ssh://svcdeploy@host/srv",
        "http://x/reset?password_reset=1",
        "https://shop.example/?q=token",
        "passwd: files systemd\nshadow: files\n",
    ],
)
def test_left_alone(text):
    assert found_in(text) == []


def test_overlapping_spans_are_joined_and_empty_ones_dropped():
    assert texts.merged([(5, 9), (0, 3), (2, 4), (7, 8), (6, 6)]) == ((0, 4), (5, 9))


def test_certificates_are_public():
    text = "x\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\ny"
    [(start, end)] = texts.public(text)
    assert text[start:end].startswith("-----BEGIN CERT")
    assert text[start:end].endswith("CERTIFICATE-----")


@pytest.mark.parametrize(
    "hostile",
    [
        "password" * 30000,
        "password=" * 30000,
        "a-" * 100000 + "password",
        "-----BEGIN CERTIFICATE-----" * 4000,
        "-----BEGIN PRIVATE KEY-----" * 4000,
        "redis-cli " * 20000,
        "<password " * 20000,
        "user a >" * 20000,
        " " * 200000 + "password",
        "key: " + "x " * 100000,
        '"password": "' + "\\" * 100000,
        "a:" * 100000,
        "postgres://" * 20000 + "@",
    ],
)
def test_hostile_texts_take_no_time(hostile):
    started = time.process_time()
    texts.spans(hostile)
    list(texts.public(hostile))
    assert time.process_time() - started < 5
