"""Secrets become stand-ins: at every place they stand, and nowhere else."""

import pytest

from parity.errors import ConfigError
from parity.model.document import ABSENT, get
from parity.model.override import SECRET
from parity.model.project import CertificateTable, SecretTable
from parity.stack.overrides import secrets
from parity.stack.secrets import names_in


def applied(draft, about, service, **sections):
    one = draft({"web": service}, **sections)
    secrets.apply(one, about)
    return one


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ({"environment": {"DB_PASSWORD": "hunter22"}}, ("environment", "DB_PASSWORD")),
        ({"labels": {"x.token": "hunter22"}}, ("labels", "x.token")),
        ({"build": {"args": {"NPM_TOKEN": "hunter22"}}}, ("build", "args", "NPM_TOKEN")),
        ({"command": ["--db-password=hunter22"]}, ("command", 0)),
        ({"environment": {"U": "redis://:hunter22@c"}}, ("environment", "U")),
    ],
)
def test_a_secret_is_replaced_and_its_record_holds_no_value(draft, context, service, path):
    one = applied(draft, context(), service)
    assert "hunter22" not in str(one.document)
    assert "${secret:web." in get(one.document["services"]["web"], path)
    (row,) = one.overrides
    assert row.production == SECRET


@pytest.mark.parametrize(
    "service",
    [
        {
            "environment": {
                "LOG_LEVEL": "debug",
                "TOKEN_TTL": "3600",
                "X": None,
                "URL": "http://db:80",
            }
        },
        {"command": ["serve", "--level=debug"], "labels": {"a": "b"}},
        {"environment": {"DB_PASSWORD_FILE": "/run/secrets/db"}},
        {"build": {"args": {"VERSION": "1"}}, "image": "token:1"},
        {"image": "a", "volumes": [{"type": "volume", "source": "password", "target": "/t"}]},
    ],
)
def test_a_service_without_secrets_is_left_alone(draft, context, service):
    assert applied(draft, context(), service).overrides == ()


def test_a_password_written_escaped_in_a_url_is_found_plain_elsewhere(draft, context):
    service = {"environment": {"URL": "pg://u:p%40ss-w0rd@db"}, "command": ["--key", "p@ss-w0rd"]}
    one = applied(draft, context(), service)
    assert "p@ss" not in str(one.document)
    assert "p%40ss" not in str(one.document)


def test_a_declared_value_is_replaced_in_its_copies_too(draft, context):
    service = {"environment": {"FOO": "value-of-foo"}, "command": ["x", "value-of-foo"]}
    one = applied(draft, context(secrets={"FOO": SecretTable()}), service)
    assert one.document["services"]["web"]["command"] == ["x", "${secret:FOO}"]


def test_templates_are_composed_in_place(draft, context):
    about = context(secrets={"pw": SecretTable(8), "URL": "pg://u:${secret:pw}@db"})
    one = applied(draft, about, {"environment": {"A": "${secret:URL}", "URL": "pg://real@db"}})
    assert one.document["services"]["web"]["environment"] == dict.fromkeys(
        ("A", "URL"), "pg://u:${secret:pw}@db"
    )


@pytest.mark.parametrize(
    "body", [{"file": "/x"}, {"external": True, "name": "x"}, {"environment": "X"}]
)
def test_secret_files_become_the_stacks_own(draft, context, body):
    about = context()
    one = applied(draft, about, {}, secrets={"db": body})
    found = one.document["secrets"]["db"]
    assert found["file"] == str(about.files.secret_files / "db")
    assert "external" not in found
    assert "environment" not in found
    assert about.vault.reveal("${secret:db}")


def test_certificates_come_from_the_local_authority_and_stay(draft, context):
    table = CertificateTable(("shop.example",), "chain", "key")
    about = context(certificates={"site": table})
    one = applied(draft, about, {}, secrets={"chain": {"file": "/x"}, "key": {"file": "/y"}})
    chain = about.vault.reveal("${secret:chain}")
    assert chain.startswith("-----BEGIN CERTIFICATE")
    assert "PRIVATE KEY" in about.vault.reveal("${secret:key}")
    assert "local authority" in one.overrides[0].reason
    secrets.apply(draft({}, secrets={"chain": {}, "key": {}}), about)
    assert about.vault.reveal("${secret:chain}") == chain


def test_names_that_would_break_a_reference_are_tamed(draft, context):
    one = applied(
        draft, context(), {"environment": {"a}b PASSWORD": "x"}, "labels": {"c d_TOKEN": "yy"}}
    )
    for path, value in (("labels", "c d_TOKEN"), ("environment", "a}b PASSWORD")):
        text = one.document["services"]["web"][path][value]
        assert text in ("yy", "x") or text.count("}") == 1


def test_sections_that_are_no_service_are_searched_too(draft, context):
    one = applied(
        draft, context(), {}, **{"x-token": "hunter22", "x-a": {"b": {"API_KEY": "hunter23"}}}
    )
    assert "hunter2" not in str(one.document)
    assert ABSENT not in [row.local for row in one.overrides]


@pytest.mark.parametrize(
    "value",
    [
        "postgres://u:s3cretONE@a/d,postgres://u:s3cretTWO@b/d",
        "user=x password=s3cretTHREE; backup password=s3cretFOUR",
        "https://u:s3cretFIVE@h/?k=${secret:TOKEN}",
    ],
)
@pytest.mark.parametrize("listed", [False, True])
def test_every_password_of_a_value_is_replaced(draft, context, value, listed):
    service = {"command": [f"--db={value}"]} if listed else {"environment": {"URL": value}}
    one = applied(draft, context(secrets={"TOKEN": SecretTable()}), service)
    assert "s3cret" not in str(one.document)
    names = [name for row in one.overrides for name in names_in(row.local)]
    assert len(set(names)) == len(names) == 2


def test_copies_are_replaced_in_settings_and_nowhere_else(draft, context):
    structure = {
        "image": "reg/shop_db",
        "hostname": "shop_db",
        "volumes": [{"type": "volume", "source": "shop_db", "target": "/shop_db"}],
    }
    settings = {
        "command": ["--x", "shop_db"],
        "labels": {"a": "shop_db"},
        "healthcheck": {"test": ["CMD", "x", "shop_db"]},
        "build": {"context": "shop_db", "args": {"A": "shop_db"}},
    }
    one = applied(
        draft,
        context(),
        {**structure, **settings, "environment": {"POSTGRES_PASSWORD": "shop_db"}},
        volumes={"shop_db": {"name": "shop_db"}},
        configs={"c": {"content": "key shop_db"}},
    )
    web = one.document["services"]["web"]
    assert {key: web[key] for key in structure} == structure
    assert one.document["volumes"] == {"shop_db": {"name": "shop_db"}}
    assert web["build"]["context"] == "shop_db"
    made = "${secret:web.POSTGRES_PASSWORD}"
    assert (web["command"][1], web["labels"]["a"], web["healthcheck"]["test"][2]) == (made,) * 3
    assert web["build"]["args"]["A"] == made
    assert one.document["configs"]["c"]["content"] == f"key {made}"


def test_the_name_in_a_reference_is_no_copy(draft, context):
    settings = {"A_TOKEN": "web.A_TOKEN", "B": "web.A_TOKEN", "URL": "pg://u:web.URL@h"}
    one = applied(draft, context(), {"environment": settings})
    assert one.document["services"]["web"]["environment"] == {
        "A_TOKEN": "${secret:web.A_TOKEN}",
        "B": "${secret:web.A_TOKEN}",
        "URL": "pg://u:${secret:web.URL}@h",
    }


def test_a_certificate_for_no_secret_is_told_with_the_nearest(draft, context, tmp_path):
    about = context(certificates={"site": CertificateTable(("a.b",), "chain", "kee")})
    held = {"chain": {"file": "/x"}, "key": {"file": "/y"}}
    with pytest.raises(ConfigError, match="names `kee`, which is no Compose secret") as caught:
        applied(draft, about, {}, secrets=held)
    assert caught.value.where == "parity.toml: certificates.site.key"
    assert "`key`" in caught.value.next_step
    # Compose leaves out what only services of inactive profiles use.
    (tmp_path / "compose.yaml").write_text("secrets:\n  kee: {file: x}\n")
    applied(draft, about, {}, secrets=held)
