"""Names that may be a secret's, and values that decide."""

import pytest

from parity.secrecy.names import is_secret, known_secret, may_be_secret, secret_file


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD_REPLICA", "PASSWORD_2", "dbPasswordOld", "TOKEN_1", "STRIPE_KEY", "clientSecret",
     "AUTH", "REDIS_AUTH", "WIFI_PSK", "API_KEYS", "stripeApiKey", "JWT_PRIVATE_KEY_2"],
)  # fmt: skip
def test_may_be(name):
    assert may_be_secret(name)


@pytest.mark.parametrize(
    "name",
    ["PASSWORD_FILE", "TOKEN_TTL", "SECRET_NAME", "KEY_PATH", "AUTH_BACKENDS", "AUTH_URL", "JWT_ALGORITHM",
     "PASSWORD_MIN_LENGTH", "TOKEN_EXPIRES", "STRIPE_PUBLISHABLE_KEY", "PUBLIC_KEY", "RECAPTCHA_SITE_KEY",
     "TZ", "MONKEY", "KEYBOARD", "AUTHOR", "TOKENIZER", "SECRETARY", "image", "keepalive"],
)  # fmt: skip
def test_is_not(name):
    assert not may_be_secret(name)


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD", "DB_PASSWORD_2", "TOKEN_1", "X-Api-Key", "accessToken_28", "HASH_SALT_53", "MAIL_PASS_OLD",
     "ENCRYPTION_KEY_V2", "vendor.io/api-key", "db password", "SESSION_COOKIE_30", "clientSecretProd"],
)  # fmt: skip
def test_is_known(name):
    assert known_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "TZ",
        "PASSWORD_FILE",
        "STRIPE_KEY",
        "ROUTING_KEY",
        "PASSWORD_MIN_LENGTH",
        "TOKEN_TTL",
        "image",
        "",
    ],
)
def test_is_not_known(name):
    assert not known_secret(name)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PASSWORD_2", "hunter2", True),
        ("DB_PASSWORD_REPLICA", "pg_pass", True),
        ("TOKEN_1", "kX9vQz3LmPw7", True),
        ("STRIPE_KEY", "kX9vQz3LmPw7", True),
        ("ROUTING_KEY", "orders.created", False),
        ("CACHE_KEY", "products", False),
        ("ADMIN_PIN", "482913", True),
        ("GPIO_PIN", "17", False),
        ("AUTH", "basic", False),
        ("AUTH", "true", False),
        ("MY_TOKENS", "3600", False),
        ("MY_TOKENS", "30s", False),
        ("TOKEN_1", "on", False),
        ("SEED", "42", False),
        ("SENTRY_DSN", "https://abc@sentry.example/1", False),
        ("TLS_KEY", "/etc/tls/key.pem", False),
        ("API_KEYS", "$KEYS", False),
        ("PASSWORD_2", "two words", True),
        ("DB_PASSWORD_CHECKER", "ask the administrator", False),
        ("DB_PASSWORD_CHECKER", "db.prod.example.com", False),
        ("GF_SECURITY_ADMIN_PASSWORD_38", "c7fec577", True),
    ],
)
def test_the_value_decides(name, value, expected):
    assert is_secret(name, value) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/run/secrets/anything", True),
        ("/etc/app/db_password", True),
        ("/srv/db_password.txt", True),
        ("/srv/worker/.pgpass", True),
        ("/etc/nginx/.htpasswd", True),
        ("/home/app/.ssh/id_ed25519", True),
        ("/etc/tls/server.key", True),
        ("/etc/nginx/nginx.conf", False),
        ("/etc/app/password.conf", False),
        ("/etc/tls/server.pem", False),
        ("", False),
    ],
)
def test_files_that_are_one_secret(path, expected):
    assert secret_file(path) is expected
