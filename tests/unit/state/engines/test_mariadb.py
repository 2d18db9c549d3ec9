"""MariaDB and MySQL."""

import pytest

from parity.state.engines.mariadb import ENGINE

FINE = """\
mysql.user                                         OK
mysql.slow_log
note     : The storage engine for the table doesn't support check
shop.orders                                        OK"""
DAMAGED = """\
shop.orders
Warning  : InnoDB: The B-tree of index PRIMARY is corrupted.
error    : Corrupt
shop.old
error    : Table rebuild required. Please do "ALTER TABLE `old` FORCE" or dump/reload to fix it!
shop.more                                          OK"""


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ({"MARIADB_USER": "u", "MARIADB_PASSWORD": "p", "MARIADB_DATABASE": "d"}, "mysql://u:p@h:1/d"),
        ({"MYSQL_ROOT_PASSWORD": "r", "MYSQL_DATABASE": "d"}, "mysql://root:r@h:1/d"),
        ({"MYSQL_USER": "u", "MYSQL_ROOT_PASSWORD": "r"}, "mysql://u@h:1/"),
        ({}, "mysql://root@h:1/"),
    ],
)  # fmt: skip
def test_the_url_is_what_the_container_was_told(env, url):
    assert ENGINE.url("h", 1, env) == url


def check(container):
    (found,) = ENGINE.checks(container("mariadbd"))
    return found.command


def tools(check="", status="exit 0"):
    return {"mariadb_admin": status, "mariadb_check": f"cat <<'END'\n{check}\nEND"}


def test_tables_in_order_and_tables_that_cannot_be_checked_are_no_problem(container, shell):
    assert shell(check(container), **tools(FINE)) == (0, "")


def test_a_corrupt_table_is_named_and_one_of_another_version_is_not(container, shell):
    code, said = shell(check(container), **tools(DAMAGED))
    assert code == 1
    assert said.splitlines() == [
        "shop.orders: Warning  : InnoDB: The B-tree of index PRIMARY is corrupted.",
        "shop.orders: error    : Corrupt",
    ]


def test_a_server_that_dies_of_the_check_is_a_problem(container, shell):
    lost = "echo 'mariadb-check: Got error: 2013: Lost connection'; exit 2"
    code, said = shell(check(container), mariadb_admin="exit 0", mariadb_check=lost)
    assert (code, said) == (1, "mariadb-check: Got error: 2013: Lost connection\n")


def test_who_cannot_log_in_has_found_no_damage(container, shell):
    code, said = shell(check(container), **tools(status="echo 'Access denied'; exit 1"))
    assert (code, said) == (75, "root cannot log in: Access denied\n")


def test_the_password_goes_through_the_environment(container, shell):
    status = '[ "$MYSQL_PWD" = secret ] && ! echo "$@" | grep -q secret'
    env = {"MYSQL_ROOT_PASSWORD": "secret"}
    assert shell(check(container), env, **tools(FINE, status)) == (0, "")


def test_mysqls_own_tools_are_used_where_there_are_no_others(container, shell):
    ready = ENGINE.ready(container("mysqld --port=3307"))
    assert shell(ready, mysqladmin='echo "$@"') == (
        0,
        "ping --connect-timeout=2 -h 127.0.0.1 -P 3307\n",
    )


def test_where_the_data_is(container):
    assert ENGINE.folder(container("mysqld --datadir=/d")) == "/d"
    assert ENGINE.folder(container("mysqld", volumes=["/var/lib/mysql"])) == "/var/lib/mysql"
    assert ENGINE.folder(container("mysqld")) == ""


def test_events_do_not_run_on_a_copy(container):
    assert ENGINE.arguments(container("mysqld")) == ("--event-scheduler=OFF",)
