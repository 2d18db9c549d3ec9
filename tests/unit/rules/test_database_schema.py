"""What the tables of cases do not show: how much is one finding, and what hostile schemas do."""

PG = {"engine": "postgres"}


def columns(kind, tables, **more):
    return {**PG, "schema": {f"t{n}": {"id": kind, "a": "text"} for n in range(tables)}, **more}


def test_hundreds_of_tables_are_one_finding(answered):
    report = answered(columns("integer", 300), columns("bigint", 300))
    (finding,) = report.findings
    assert finding.message.startswith("300 tables differ")
    assert len(finding.message) < 400


def test_a_few_tables_are_a_finding_each(answered):
    assert len(answered(columns("integer", 5), columns("bigint", 5)).findings) == 5


def test_a_database_without_tables_is_one_finding(answered):
    (finding,) = answered(columns("integer", 40), {**PG, "version": "16.4"}).findings
    assert finding.rule == "DB015"
    assert "the database in production has no tables at all" in finding.message


def test_equal_migrations_are_told_of(answered):
    history = {"migrations": {"tool": "rails", "version": "20260101", "count": 3}}
    left = {**PG, "schema": {"users": {"id": "bigint", "nick": "text"}}, **history}
    right = {**PG, "schema": {"users": {"id": "bigint"}}, **history}
    (finding,) = answered(left, right).findings
    assert finding.message == (
        "table `users`: `nick` is missing in production, though both say that migration 20260101 was applied"
    )


def test_what_migrations_explain_is_only_said(answered):
    left = columns("bigint", 2, migrations={"version": "2"})
    right = columns("integer", 2, migrations={"version": "1"})
    report = answered(left, right)
    assert report.findings[0].rule == "DB018"
    assert {finding.severity for finding in report.findings[1:]} == {"info"}


def test_hundreds_of_indexes_are_one_finding(answered):
    def indexed(definition):
        return {**columns("bigint", 30), "indexes": {f"t{n}": {"i": definition} for n in range(30)}}

    (finding,) = answered(indexed("unique btree (a)"), indexed("btree (a)")).findings
    assert finding.rule == "DB017"
    assert finding.severity == "error"


def test_columns_called_like_secrets_are_told_of_plainly(answered):
    left = {**PG, "schema": {"users": {"password_hash": "text not null"}}}
    right = {**PG, "schema": {"users": {"password_hash": "character varying(20)"}}}
    (finding,) = answered(left, right).findings
    assert (
        "`password_hash` is text not null in local and character varying(20) in production"
        in finding.message
    )


def test_odd_shapes_throw_no_rule(answered):
    odd = {"schema": "x", "indexes": ["a"], "rows": {"a": "b"}, "migrations": 3, "collation": [], "role": "r",
           "rights": {"a": {"b": "c"}}, "settings": 7, "extensions": {"a": None}, "tables": {"": ""},
           "role-settings": {"a": "b"}, "policies": [1], "queues": "x", "version": 16, "engine": "postgres"}  # fmt: skip
    for left, right in ((odd, columns("bigint", 2)), (columns("bigint", 2), odd), (odd, {})):
        assert answered(left, right).checked > 60
