import pytest

from parity.probes.database import migrations


def asked(columns):
    return {q.name: q.ask for q in migrations.questions(columns, lambda name: f"<{name}>")}


@pytest.mark.parametrize(
    ("columns", "tool"),
    [
        ({"alembic_version": ["version_num"]}, "alembic"),
        ({"django_migrations": ["id", "app", "name", "applied"]}, "django"),
        ({"schema_migrations": ["version"], "ar_internal_metadata": ["key"]}, "rails"),
        ({"schema_migrations": ["version", "inserted_at"]}, "ecto"),
        ({"schema_migrations": ["version", "dirty"]}, "golang-migrate"),
        ({"schema_migrations": ["version"]}, "schema_migrations"),
        ({"_prisma_migrations": ["migration_name", "finished_at", "rolled_back_at"]}, "prisma"),
        ({"migrations": ["id", "migration", "batch"]}, "laravel"),
        ({"migrations": ["id", "timestamp", "name"]}, "typeorm"),
        ({"flyway.flyway_schema_history": ["version", "script", "success"]}, "flyway"),
    ],
)
def test_a_tool_is_known_by_its_table_and_columns(columns, tool):
    assert list(asked(columns)) == [f"migrations {tool}"]


def test_a_table_that_only_sounds_like_one_is_none():
    assert asked({"migrations": ["bird", "season"]}) == {}


def test_the_statement_is_of_quoted_names():
    columns = {"app.django_migrations": ["app", "name"]}
    assert asked(columns)["migrations django"] == (
        "select concat(<app>, '.', <name>), true from <app>.<django_migrations>"
    )


def test_the_last_is_last_by_number_and_what_failed_is_told():
    rows = [["V9__b.sql", True], ["V10__c.sql", True], ["V11__d.sql", False]]
    found = migrations.read({"migrations flyway": rows}).values["migrations"]
    assert (found["version"], found["count"], found["failed"]) == ("V10__c.sql", 2, ["V11__d.sql"])


def test_the_order_of_rows_does_not_matter_and_another_name_does():
    one = migrations.read({"migrations knex": [["a", 1], ["b", 1]]}).values["migrations"]
    two = migrations.read({"migrations knex": [["b", 1], ["a", 1]]}).values["migrations"]
    other = migrations.read({"migrations knex": [["c", 1], ["b", 1]]}).values["migrations"]
    assert one == two and one["set"] != other["set"]


def test_none_and_one_that_was_refused_are_no_facts():
    assert migrations.read({}).values == {}
    assert migrations.read({"migrations knex": "permission denied"}).values == {}
    assert migrations.read({"migrations knex": []}).values == {
        "migrations": {"tool": "knex", "count": 0}
    }


def test_names_of_any_kind_can_be_ordered():
    rows = [["²", True], ["9" * 5000, True], ["a1", True], ["", True], ["1a", True]]
    assert migrations.read({"migrations x": rows}).values["migrations"]["count"] == 5
