"""What an inspect record says of the program that runs."""

import pytest

from parity.state.engines import reading


@pytest.mark.parametrize(
    ("words", "program"),
    [
        (["docker-entrypoint.sh", "postgres", "-c", "x=1"], "postgres"),
        (["/usr/local/bin/entrypoint.sh", "pg_dump", "-U", "postgres"], "pg_dump"),
        (["docker-entrypoint.sh", "-c", "max_connections=5"], "-c"),
        (["/usr/bin/tini", "-s", "--", "docker-entrypoint.sh", "redis-server"], "redis-server"),
        (["gosu", "postgres", "postgres", "-D", "/data"], "postgres"),
        (["setpriv", "--reuid=999", "--", "mongod"], "mongod"),
        (["sh", "-c", "chown -R redis /data && exec redis-server /etc/redis.conf;"], "redis-server"),
        (["bash", "-e", "-uc", "set -x\nexec mysqld_safe"], "mysqld_safe"),
        (["bash", "-c", "pg_dump -U postgres shop > /backup"], "pg_dump"),
        (["sh", "-c", "it's broken"], "sh"),
        (["sh", "-c", "  "], "sh"),
        (["sh", "-c"], "sh"),
        (["/opt/bitnami/scripts/postgresql/entrypoint.sh", "/opt/bitnami/scripts/postgresql/run.sh"], ""),
        ([], ""),
    ],
)  # fmt: skip
def test_the_word_that_decides(container, words, program):
    assert reading.program(container(words)) == program


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("postgres", "postgres"),
        ("registry:5000/base/postgres:15@sha256:ab", "postgres"),
        ("sha256:0123", "sha256"),
        ("", ""),
    ],
)
def test_the_last_part_of_an_images_name(container, image, name):
    assert reading.image(container("x", image)) == name


def test_an_option_in_each_notation_and_the_last_one_wins():
    words = ("server", "--dir", "/a", "--port=1", "--dir=/b", "--flag")
    assert reading.option(words, "--dir") == "/b"
    assert reading.option(words, "-p", "--port") == "1"
    assert reading.option(words, "--flag") == ""
    assert reading.option(words, "--none") is None


def test_where_a_mount_holds_a_folder():
    assert reading.inside("/var/lib/db/data", "/var/lib/db")
    assert reading.inside("/var/lib/db", "/var/lib/db/data")
    assert not reading.inside("/var/lib/db", "/var/lib/db2")


def test_an_empty_word_is_a_word(container):
    attrs = container(["entrypoint.sh", "redis-server", "--save", "", "--appendonly", "no"])
    assert reading.option(reading.command(attrs), "--save") == ""


def test_a_variable_with_an_equals_sign_in_its_value(container):
    assert reading.environment(container("x", env={"A": "b=c"})) == {"A": "b=c"}
