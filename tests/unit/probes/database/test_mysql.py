import pytest

from parity.probes.database import mysql
from parity.probes.database.contract import Login

LOGIN = Login("mariadb", "db", 3306, "shop", "secret", "shop")


@pytest.fixture
def answers(recorded):
    return recorded("mariadb-10.11")


@pytest.fixture
def facts(answers):
    return mysql.read(answers, LOGIN).values


def test_a_real_server_says_what_it_is(facts):
    assert (facts["engine"], facts["version"]) == ("mariadb", "10.11.19")
    assert (facts["encoding"], facts["encrypted"]) == ("utf8mb4", False)
    assert facts["collation"] == {"name": "utf8mb4_general_ci", "sort": "A a B b C c é z"}
    assert facts["time-zones"] is False


def test_mysql_is_told_from_mariadb(answers):
    found = mysql.read({**answers, "session": [["8.0.36", "shop", 0]]}, LOGIN).values
    assert (found["engine"], found["version"]) == ("mysql", "8.0.36")


def test_settings_are_those_of_the_session_and_not_of_the_host(facts):
    settings = facts["settings"]
    assert "STRICT_TRANS_TABLES" in settings["sql_mode"]
    assert settings["lower_case_table_names"] == "0"
    gone = {
        "hostname",
        "server_uid",
        "datadir",
        "port",
        "timestamp",
        "character_set_client",
        "version",
    }
    assert not gone & set(settings)


def test_grants_hold_no_names_of_databases_and_no_hashes(facts):
    assert facts["grants"] == ["delete on orders", "execute on *.*", "insert", "select", "update"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION", ["all privileges on *.*", "grant option on *.*"]),
        ("GRANT SELECT (`a`, `b`), INSERT ON `shop`.`t` TO `x`@`%`", ["insert on t", "select (`a`, `b`) on t"]),
        ("GRANT USAGE ON *.* TO `x`@`%` IDENTIFIED BY PASSWORD '*AB'", []),
        ("GRANT SELECT ON `other`.* TO `x`@`%`", ["select on other databases"]),
        ("GRANT `app_role`@`%` TO `x`@`%`", ["role app_role@%"]),
        ("nonsense", []),
    ],
)  # fmt: skip
def test_a_grant_is_read(answers, line, expected):
    found = mysql.read({**answers, "grants": [[line]]}, LOGIN).values
    assert found.get("grants", []) == expected


def test_the_schema_with_what_depends_on_it(facts):
    assert facts["schema"]["orders"]["at"] == (
        "timestamp default current_timestamp() on update current_timestamp()"
    )
    assert facts["schema"]["orders"]["total"] == "decimal(10,2)"
    assert facts["indexes"]["orders"]["PRIMARY"] == "unique btree (id)"
    assert facts["constraints"]["orders"]["fk"] == (
        "foreign key (country) references countries(code) on update restrict on delete cascade"
    )
    assert facts["tables"]["orders"] == "InnoDB utf8mb4_general_ci"
    assert facts["rows"] == {"countries": 2}
    assert facts["migrations"]["failed"] == ["V9__c.sql"]


def test_names_are_quoted_and_a_collation_is_a_word(answers):
    asked = {
        q.name: q.ask
        for q in mysql.questions({**answers, "rows referred-to": [["o`; drop 'x"]]}, LOGIN)
    }
    assert "'o`; drop ''x'" in asked["rows counted"] and "`o``; drop 'x`" in asked["rows counted"]
    lying = {**answers, "collation": [["utf8mb4", "x; drop table y"]]}
    assert "collation-sort" not in {q.name for q in mysql.questions(lying, LOGIN)}
    for question in mysql.questions({}, LOGIN):
        assert question.ask.split()[0] in ("select", "show", "set", "start")


@pytest.mark.parametrize(
    "lie", [[], [[]], [[None] * 8], ["x"], [[b"\xff\x1b"] * 7], [["\x1b]0;x\x07"] * 7]]
)
def test_whatever_a_server_answers_is_read_without_falling_over(answers, lie):
    for name in answers:
        found = mysql.read({**answers, name: lie}, LOGIN)
        assert "\x1b" not in str(found.values)
        mysql.questions({**answers, name: lie}, LOGIN)
