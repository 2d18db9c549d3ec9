"""Postgres."""

import pytest

from parity.state.engines.postgres import ENGINE

SYNCFS = "recovery_init_sync_method=syncfs"


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ({"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": "a/b", "POSTGRES_DB": "orders"},
         "postgresql://shop:a%2Fb@127.0.0.1:40001/orders"),
        ({"POSTGRES_USER": "shop", "POSTGRES_PASSWORD_FILE": "/run/secrets/x"},
         "postgresql://shop@127.0.0.1:40001/shop"),
        ({"POSTGRESQL_USERNAME": "u", "POSTGRESQL_PASSWORD": "p", "POSTGRESQL_DATABASE": "d"},
         "postgresql://u:p@127.0.0.1:40001/d"),
        ({}, "postgresql://postgres@127.0.0.1:40001/postgres"),
    ],
)  # fmt: skip
def test_the_url_is_what_the_container_was_told(env, url):
    assert ENGINE.url("127.0.0.1", 40001, env) == url


@pytest.mark.parametrize(
    ("state", "says"),
    [(0, "starting up"), (1, ""), (2, ""), (4, "in crash recovery"), (6, "in production"), (9, "state 9")],
)  # fmt: skip
def test_pg_control_says_how_it_was_left(state, says):
    content = bytes(16) + state.to_bytes(4, "little") + bytes(8172)
    assert ENGINE.unclean(content) == (f"pg_control says: {says}" if says else "")


def test_where_the_data_is(container):
    assert ENGINE.folder(container("postgres", env={"PGDATA": "/data"})) == "/data"
    assert ENGINE.folder(container("postgres -D /other", env={"PGDATA": "/data"})) == "/other"
    attrs = container("postgres -c data_directory=/third")
    assert (ENGINE.folder(attrs), ENGINE.sealed(attrs)) == ("/third", "/third/global/pg_control")
    assert ENGINE.sealed(container("postgres")) == ""


@pytest.mark.parametrize(
    ("env", "known"),
    [
        ({"PG_MAJOR": "16"}, True),
        ({"PG_MAJOR": "13"}, False),
        ({"PATH": "/usr/lib/postgresql/15/bin:/bin"}, True),
        ({"PATH": "/usr/lib/postgresql/11/bin:/bin"}, False),
        ({"POSTGRESQL_VOLUME_DIR": "/b", "APP_VERSION": "17.2.0"}, True),
        ({"APP_VERSION": "17.2.0"}, False),
        ({}, False),
    ],
)
def test_an_option_of_version_14_is_given_only_to_servers_known_to_have_it(container, env, known):
    words = ENGINE.arguments(container("postgres", env=env))
    assert (SYNCFS in words) is known
    assert words[:2] == ("-c", "autovacuum=off")
    assert "archive_mode=off" in words


def test_another_port_is_asked_at(container):
    assert ENGINE.ready(container("postgres")).argv[-2:] == ("-h", "127.0.0.1")
    assert ENGINE.ready(container("postgres -c port=5433")).argv[-2:] == ("-p", "5433")


PSQL = 'case "$2" in postgres) [ "$PGPASSWORD" = pw ] && echo on;; *) echo off;; esac'


def check(container, command="postgres"):
    (found,) = ENGINE.checks(container(command))
    return found.command


def test_a_sound_cluster(container, shell):
    env = {"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": "pw"}
    assert shell(check(container), env, psql=PSQL, pg_amcheck="exit 0") == (0, "")


def test_what_amcheck_says_is_the_problem(container, shell):
    env = {"POSTGRES_PASSWORD": "pw"}
    code, said = shell(check(container), env, psql=PSQL, pg_amcheck="echo bad page >&2; exit 2")
    assert (code, said) == (1, "bad page\n")


def test_without_amcheck_everything_is_read(container, shell):
    env = {"POSTGRES_PASSWORD": "pw"}
    missing = "echo 'extension \"amcheck\" is not available' >&2; exit 1"
    dump = 'echo "some rows"; echo "$PGUSER cannot read" >&2; exit 1'
    code, said = shell(check(container), env, psql=PSQL, pg_amcheck=missing, pg_dumpall=dump)
    assert (code, said) == (1, "postgres cannot read\n")


def test_who_cannot_log_in_has_found_no_damage(container, shell):
    psql = "echo 'password authentication failed' >&2; exit 2"
    code, said = shell(check(container), {}, psql=psql)
    assert code == 75
    assert "no superuser can log in: password authentication failed" in said


def test_a_checkpoint_is_asked_for_before_the_instant_by_who_may(container, shell):
    # Without it a recovery takes sequences further than anybody asked for.
    asked = 'case "$*" in *checkpoint*) echo asked >&2;; *) ' + PSQL + ";; esac"
    command = ENGINE.before_pause(container("postgres -p 5433"))
    env = {"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": "pw"}
    code, said = shell(command, env, psql=asked)
    assert (code, "asked" in said) == (0, True)
    assert "PGPORT=5433" in " ".join(command.argv)


def test_who_may_not_is_not_told_of_it(container, shell):
    assert shell(ENGINE.before_pause(container("postgres")), {}, psql="exit 2") == (0, "")
