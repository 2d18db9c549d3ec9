"""MongoDB."""

import pytest

from parity.state.engines.mongodb import ENGINE


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ({}, "mongodb://h:1/"),
        ({"MONGO_INITDB_ROOT_USERNAME": "root", "MONGO_INITDB_ROOT_PASSWORD": "p/w"},
         "mongodb://root:p%2Fw@h:1/?authSource=admin"),
        ({"MONGO_INITDB_ROOT_USERNAME": "r", "MONGO_INITDB_ROOT_PASSWORD_FILE": "/x",
          "MONGO_INITDB_DATABASE": "shop"}, "mongodb://r@h:1/shop?authSource=admin"),
    ],
)  # fmt: skip
def test_the_url_is_what_the_container_was_told(env, url):
    assert ENGINE.url("h", 1, env) == url


def test_the_password_is_in_the_environment_alone(container, shell):
    (check,) = ENGINE.checks(container("mongod"))
    env = {"MONGO_INITDB_ROOT_PASSWORD": "secret"}
    mongosh = '[ "$PARITY_PASSWORD" = secret ] && ! echo "$*" | grep -q secret'
    assert shell(check.command, env, mongosh=mongosh) == (0, "")


def test_without_its_shell_nothing_is_checked(container, shell):
    (check,) = ENGINE.checks(container("mongod"))
    assert shell(check.command) == (75, "there is no mongosh in the image\n")


def test_ready_is_asked_of_either_shell_and_at_its_port(container, shell):
    command = ENGINE.ready(container("mongod --port 27018"))
    assert shell(command, mongo='echo "$2 $3"') == (0, "--port 27018\n")


def test_the_journal_is_written_before_the_instant(container, shell):
    command = ENGINE.before_pause(container("mongod"))
    assert shell(command, mongosh='echo "$*" | grep -o "fsync: 1"') == (0, "fsync: 1\n")


def test_where_the_data_is(container):
    assert ENGINE.folder(container("mongod --dbpath=/d")) == "/d"
    assert ENGINE.folder(container("mongod", volumes=["/data/db"])) == "/data/db"
    assert ENGINE.folder(container("mongod")) == ""
