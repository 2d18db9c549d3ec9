from parity.model.override import SECRET, Override
from parity.testing.as_written import restored


def test_secrets_become_what_they_were(environment, tmp_path):
    file = tmp_path / "token"
    file.write_text("t")
    side = environment(
        {"db": {"environment": {"POSTGRES_PASSWORD": "open-sesame", "A": "1"}, "image": "x"}},
        secrets={"token": {"file": str(file)}, "gone": {"file": str(tmp_path / "gone")}},
    )
    rows = [
        Override(
            ("services", "db", "environment", "POSTGRES_PASSWORD"), SECRET, "${secret:a}", "r"
        ),
        Override(("services", "db", "image"), "x", "x@sha256:0", "the digest"),
        Override(("services", "db", "labels", "added"), SECRET, "x", "not in the definition"),
        Override(("secrets", "token", "file"), str(file), "/stand-in", "r"),
        Override(("secrets", "gone", "file"), "…", "/stand-in", "r"),
    ]
    tables = restored(side, rows)
    assert {table.path: table.value for table in tables} == {
        "services.db.environment.POSTGRES_PASSWORD": "open-sesame",
        "secrets.token.file": str(file),
    }
    assert all(table.reason for table in tables)
