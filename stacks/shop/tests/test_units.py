"""The modules that need no services: parsing of settings, values, input and receipts."""

import pytest
from shop import inputs, migration_files, receipts, values
from shop.errors import BadInput, NotFound
from shop.settings import SettingsError, load

ENVIRONMENT = {
    "SHOP_NAME": "Nordlicht",
    "SHOP_ACCENT": "#C0392B",
    "SHOP_CURRENCY": "EUR",
    "SHOP_PRICE_TEMPLATE": "${amount} ${currency}",
    "SHOP_INVOICE_PREFIX": "INV#24-",
    "DATABASE_URL": "postgres://shop:hunter2@db:5432/shop",
    "CACHE_URL": "redis://cache:6379/0",
    "QUEUE_URL": "amqp://shop@queue:5672/shop",
    "PAYMENT_URL": "https://bank.example/charges",
}


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (values.boolean, "yes", True),
        (values.boolean, " Off ", False),
        (values.size, "1m", 1024 * 1024),
        (values.size, "64KB", 65536),
        (values.size, "512", 512),
        (values.duration, "30s", 30.0),
        (values.duration, "250ms", 0.25),
        (values.duration, "1.5h", 5400.0),
        (values.pairs, "a=1, b=x=y", {"a": "1", "b": "x=y"}),
        (values.pairs, "", {}),
        (values.colour, "#C0392B", "#c0392b"),
        (values.whole_number, "20", 20),
    ],
)
def test_values_are_read_as_operators_write_them(parse, text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (values.boolean, ""),
        (values.boolean, "y"),
        (values.size, "1x"),
        (values.size, "-1"),
        (values.duration, "30"),
        (values.duration, "30 seconds"),
        (values.pairs, "a"),
        (values.pairs, "a=1,a=2"),
        (values.colour, "red"),
        (values.colour, ""),
        (values.whole_number, "0"),
        (values.whole_number, "20   # rows"),
        (values.whole_number, "٣"),
    ],
)
def test_anything_else_is_refused(parse, text):
    with pytest.raises(ValueError):
        parse(text)


def test_settings_have_defaults_where_they_can():
    settings = load(ENVIRONMENT)
    assert (settings.max_body, settings.cache_ttl, settings.search_cache) == (1 << 20, 30.0, False)


def test_all_problems_are_reported_at_once():
    broken = ENVIRONMENT | {"SHOP_MAX_BODY": "big", "SHOP_PAGE_SIZE": "many"}
    del broken["SHOP_NAME"]
    with pytest.raises(SettingsError) as caught:
        load(broken, secrets=["session_key"])
    for word in ("SHOP_NAME is not set", "SHOP_MAX_BODY", "SHOP_PAGE_SIZE", "SESSION_KEY_FILE"):
        assert word in str(caught.value)


@pytest.mark.parametrize("template", ["$amount $price", "${amount", "${currency}"])
def test_a_price_template_must_show_the_amount(template):
    with pytest.raises(SettingsError, match="SHOP_PRICE_TEMPLATE"):
        load(ENVIRONMENT | {"SHOP_PRICE_TEMPLATE": template})


def test_a_broken_url_is_reported_without_its_password():
    with pytest.raises(SettingsError) as caught:
        load(ENVIRONMENT | {"DATABASE_URL": "mysql://shop:hunter2@db/shop"})
    assert "DATABASE_URL" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_secrets_come_from_files_and_stay_out_of_the_representation(tmp_path):
    file = tmp_path / "session_key"
    file.write_text("very-secret\n")
    settings = load(ENVIRONMENT | {"SESSION_KEY_FILE": str(file)}, secrets=["session_key"])
    assert settings.session_key == "very-secret"
    assert "very-secret" not in repr(settings)
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xff"])
def test_an_unusable_secret_file_is_named(tmp_path, content):
    file = tmp_path / "session_key"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"SESSION_KEY_FILE: .*session_key"):
        load(ENVIRONMENT | {"SESSION_KEY_FILE": str(file)}, secrets=["session_key"])


def test_an_order_is_put_in_id_order():
    lines = [{"product_id": n, "quantity": 1} for n in (9, 2, 9)]
    order = inputs.order({"customer_id": 1, "lines": lines})
    assert [(line.product_id, line.quantity) for line in order.lines] == [(2, 1), (9, 2)]


def test_the_search_text_is_trimmed_and_limited():
    assert inputs.search_query({"q": "  polar   tent "}) == ("polar tent", 1)
    with pytest.raises(BadInput):
        inputs.search_query({"q": "x" * 101})


def test_receipts_are_good_for_one_order_and_one_key():
    token = receipts.token(17, "key")
    assert receipts.order_of(token, "key") == 17
    for forged, key in [(token, "other"), (token.replace("17-", "18-"), "key"), ("17", "key")]:
        with pytest.raises(NotFound):
            receipts.order_of(forged, key)


def test_migrations_are_numbered_without_gaps():
    numbers = [migration.number for migration in migration_files.read(migration_files.FOLDER)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def test_an_edited_migration_is_noticed():
    migrations = migration_files.read(migration_files.FOLDER)
    applied = {migration.number: migration.checksum for migration in migrations}
    assert migration_files.pending(migrations, applied) == []
    assert migration_files.pending(migrations, {}) == migrations
    assert migration_files.pending(migrations, applied | migration_files.FORMERLY) == []
    with pytest.raises(migration_files.MigrationError, match="edited"):
        migration_files.pending(migrations, applied | {1: "something else"})
    with pytest.raises(migration_files.MigrationError, match="lacks"):
        migration_files.pending(migrations, applied | {99: "newer"})
