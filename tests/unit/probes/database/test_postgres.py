import pytest

from parity.probes.database import postgres
from parity.probes.database.contract import Login

LOGIN = Login(
    "postgres", "db", 5432, "shop", "secret", "shop", whose="web.environment.DATABASE_URL"
)


@pytest.fixture
def answers(recorded):
    return recorded("postgres-15")


@pytest.fixture
def facts(answers):
    return postgres.read(answers, LOGIN).values


def test_a_real_server_says_what_it_is(facts):
    assert (facts["engine"], facts["version"], facts["encoding"]) == ("postgres", "15.20", "UTF8")
    assert facts["replica"] is False and facts["encrypted"] is False
    assert "pooler" not in facts
    assert facts["collation"] == {
        "name": "C.UTF-8",
        "ctype": "C.UTF-8",
        "provider": "libc",
        "sort": "A B C a b c z é",
    }
    assert facts["extensions"]["pg_trgm"] == "1.6"


def test_settings_are_those_of_the_session_and_not_of_the_host(facts):
    settings = facts["settings"]
    assert settings["max_connections"] == "80"
    assert settings["search_path"] == "public, pg_catalog"
    # Parity's own limit while it asks is not the application's.
    assert settings["statement_timeout"] == "5000"
    gone = {
        "data_directory",
        "port",
        "listen_addresses",
        "application_name",
        "transaction_read_only",
    }
    assert not gone & set(settings)


def test_the_role_and_what_is_set_for_it(facts):
    assert facts["role"]["name"] == "shop" and facts["role"]["superuser"] is False
    assert facts["role"]["connection-limit"] == "unlimited"
    assert facts["role-settings"] == {"shop": {"*": {"search_path": "public, pg_catalog"}}}


def test_the_schema_with_what_depends_on_it(facts):
    schema = facts["schema"]
    assert schema["orders"]["total"] == "numeric(10,2) not null default 0"
    assert schema["audit.log"] == {
        "id": "integer not null identity",
        "line": "text collate C",
        "twice": "integer generated (1 + 1)",
    }
    assert "flags_1" not in schema, "a partition comes and goes with the data"
    assert facts["indexes"]["orders"] == {
        "orders_at_idx": "btree (at DESC) WHERE (total > (0)::numeric)"
    }
    assert facts["constraints"]["orders"]["pos"] == "CHECK ((total >= (0)::numeric))"
    assert facts["tables"]["totals"] == "view"
    assert facts["tables"]["audit.log"] == "row security"
    assert facts["rights"]["orders"] == ["delete", "insert", "select", "truncate", "update"]
    assert facts["rows"] == {"countries": 2}
    assert facts["migrations"]["tool"] == "alembic"
    assert facts["migrations"]["version"] == "abc123"


def test_what_is_asked_depends_on_what_is_there(answers):
    first = postgres.questions({}, LOGIN)
    assert {"settings", "schema", "rows referred-to"} <= {q.name for q in first}
    names = {q.name: q.ask for q in postgres.questions(answers, LOGIN)}
    assert 'from "public"."countries" limit 1001' in names["rows counted"]
    assert "collation-version" in names
    older = {**answers, "session": [["14.9", "shop", 1, None, False, "public"]]}
    assert "collation-version" not in {q.name for q in postgres.questions(older, LOGIN)}


def test_the_schema_that_an_application_begins_with_goes_without_saying(answers):
    rows = [
        ["app.t", "id", "app.kind", True, "nextval('app.t_id_seq'::regclass)", "", "", None],
        ["public.u", "id", "integer", False, None, "", "", None],
        ["myapp.v", "id", "text", False, "'x.app.y'::text", "", "", None],
    ]
    session = [*answers["session"][0][:5], "app"]
    found = postgres.read({**answers, "session": [session], "schema": rows}, LOGIN).values["schema"]
    assert found["t"] == {"id": "kind not null default nextval('t_id_seq'::regclass)"}
    assert found["public.u"] == {"id": "integer"}
    assert found["myapp.v"] == {"id": "text default 'x.app.y'::text"}


def test_names_of_tables_are_quoted(answers):
    evil = [["x'); drop table y; --", 'pub"lic', 'o"; drop']]
    asked = {
        q.name: q.ask for q in postgres.questions({**answers, "rows referred-to": evil}, LOGIN)
    }
    assert "'x''); drop table y; --'" in asked["rows counted"]
    assert '"pub""lic"."o""; drop"' in asked["rows counted"]


def test_another_process_than_the_one_that_was_promised_is_behind_a_pooler(answers):
    session = list(answers["session"][0])
    found = postgres.read({**answers, "connection": [[True, session[2] + 1]]}, LOGIN).values
    assert (found["pooler"], found["encrypted"]) == ("pgbouncer", True)


def test_a_question_that_was_refused_is_unread_and_the_rest_is_there(answers):
    refused = {**answers, "rows counted": "permission denied for table countries"}
    found = postgres.read(refused, LOGIN)
    assert found.unread == {"rows": "permission denied for table countries"}
    assert "rows" not in found.values and found.values["schema"]


def test_an_index_that_is_not_valid_says_so(answers):
    row = ["t", "i", "CREATE UNIQUE INDEX i ON public.t USING btree (a)", False]
    found = postgres.read({**answers, "indexes": [row]}, LOGIN).values
    assert found["indexes"]["t"]["i"] == "unique btree (a) (invalid: not used)"


@pytest.mark.parametrize(
    "lie", [[], [[]], [[None] * 8], ["x"], [[1, [2], {"a": 3}]], [["\x1b[31m" * 999] * 6]]
)
def test_whatever_a_server_answers_is_read_without_falling_over(answers, lie):
    for name in answers:
        found = postgres.read({**answers, name: lie}, LOGIN)
        assert "\x1b" not in str(found.values)
    assert postgres.read(dict.fromkeys(answers, lie), LOGIN) is not None
