"""RabbitMQ."""

import pytest

from parity.state.engines.rabbitmq import ENGINE


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ({}, "amqp://guest:guest@h:1/%2F"),
        ({"RABBITMQ_DEFAULT_USER": "u", "RABBITMQ_DEFAULT_PASS": "p", "RABBITMQ_DEFAULT_VHOST": "/a"},
         "amqp://u:p@h:1/%2Fa"),
        ({"RABBITMQ_USER": "shop", "RABBITMQ_VHOST": "shop", "RABBITMQ_PASSWORD_FILE": "/x"},
         "amqp://shop@h:1/shop"),
        ({"RABBITMQ_DEFAULT_PASS_FILE": "/x"}, "amqp://guest@h:1/%2F"),
    ],
)  # fmt: skip
def test_the_url_is_what_the_container_was_told(env, url):
    assert ENGINE.url("h", 1, env) == url


def check(container):
    (found,) = ENGINE.checks(container("rabbitmq-server"))
    return found.command


def ctl(hosts="shop", queues="orders running"):
    return f'case "$*" in *list_vhosts*) printf "{hosts}\\n";; *) printf "{queues}\\n";; esac'


def test_a_sound_broker(container, shell):
    sound = {"rabbitmq_diagnostics": "exit 0", "rabbitmqctl": ctl()}
    assert shell(check(container), **sound) == (0, "")


@pytest.mark.parametrize(
    ("programs", "says"),
    [
        ({"rabbitmq_diagnostics": "echo shop is down; exit 1"}, "shop is down"),
        ({"rabbitmqctl": ctl(queues="orders\\tdown")}, "orders\tdown"),
        ({"rabbitmqctl": ctl(hosts="")}, "no virtual host"),
        ({"rabbitmqctl": "echo no answer; exit 2"}, "no answer"),
    ],
)
def test_what_is_wrong_with_it(container, shell, programs, says):
    sound = {"rabbitmq_diagnostics": "exit 0", "rabbitmqctl": ctl()}
    code, said = shell(check(container), **{**sound, **programs})
    assert code == 1
    assert says in said


def test_an_index_is_written_or_waited_for(container, shell, tmp_path):
    note = tmp_path / "slept"
    command = ENGINE.before_pause(container("rabbitmq-server"))
    sleep = f'echo "$1" > {note}'
    assert shell(command, rabbitmqctl="exit 0", sleep=sleep) == (0, "")
    assert not note.exists()
    assert shell(command, rabbitmqctl="echo undef; exit 70", sleep=sleep) == (0, "")
    assert note.read_text() == "3\n"


def test_a_copy_keeps_the_hosts_name():
    assert ENGINE.keep == ("hostname",)


def test_where_the_data_is(container):
    home = "/var/lib/rabbitmq"
    assert ENGINE.folder(container("rabbitmq-server", volumes=[home])) == home
    assert ENGINE.folder(container("rabbitmq-server", env={"RABBITMQ_MNESIA_BASE": "/m"})) == "/m"
    assert ENGINE.folder(container("rabbitmq-server")) == ""
