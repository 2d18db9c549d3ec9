"""Redis and Valkey."""

import pytest

from parity.state.engines.redis import ENGINE

AOF, RDB = "aof_enabled:1", "aof_enabled:0"


def cli(info=RDB, saves="3600 1", password=""):
    """A redis-cli that answers, and notes that it was told to save."""
    return f"""
[ "$REDISCLI_AUTH" = "{password}" ] || {{ echo NOAUTH; exit 0; }}
case "$*" in
  *"info persistence"*) printf 'loading:0\\r\\n{info}\\r\\nrdb_last_bgsave_status:ok\\r\\n';;
  *"config get save"*) printf 'save\\n{saves}\\n';;
  *save*) echo saved > "$NOTE"; echo OK;;
  *ping*) echo PONG;;
esac"""


@pytest.fixture
def note(tmp_path):
    return tmp_path / "note"


@pytest.mark.parametrize(
    ("info", "saves", "saved"), [(AOF, "3600 1", False), (RDB, "", False), (RDB, "3600 1", True)]
)
def test_only_what_is_in_memory_alone_is_written_down(container, shell, note, info, saves, saved):
    command = ENGINE.before_pause(container("redis-server"))
    assert shell(command, {"NOTE": str(note)}, redis_cli=cli(info, saves)) == (0, "")
    assert note.exists() is saved


def test_a_server_that_cannot_be_asked_is_told(container, shell):
    command = ENGINE.before_pause(container("redis-server"))
    code, said = shell(command, redis_cli=cli(password="unknown"))
    assert (code, said) == (1, "it does not say how it keeps its data\n")


def test_a_password_from_the_command_a_file_or_the_configuration(container, shell, tmp_path):
    answers = cli(password="pw")
    given = ENGINE.ready(container("redis-server --requirepass pw"))
    assert shell(given, redis_cli=answers)[0] == 0
    assert "pw" not in " ".join(given.argv)
    file = tmp_path / "password"
    file.write_text("pw\n")
    assert (
        shell(ENGINE.ready(container("redis-server")), {"REDIS_PASSWORD_FILE": str(file)})[0] == 0
    )
    conf = tmp_path / "redis.conf"
    conf.write_text('port 6379\nrequirepass "pw"\n')
    assert shell(ENGINE.ready(container(f"redis-server {conf}")))[0] == 0


def test_loading_is_not_ready(container, shell):
    said = "LOADING Redis is loading the dataset in memory"
    assert shell(ENGINE.ready(container("redis-server")), redis_cli=f"echo {said}") == (
        1,
        f"{said}\n",
    )


def test_another_port_is_asked_at_and_valkeys_own_tool(container, shell):
    command = ENGINE.ready(container("valkey-server --port 7000"))
    assert shell(command, valkey_cli='[ "$*" = "-p 7000 ping" ] && echo PONG') == (0, "")
    assert shell(ENGINE.ready(container("redis-server --port x;id")), valkey_cli="echo PONG") == (
        0,
        "",
    )


def test_a_variable_of_the_application_is_not_taken_for_the_port(container, shell):
    answers = '[ "$*" = ping ] && echo PONG'
    command = ENGINE.ready(container("redis-server"))
    assert shell(command, {}, redis_cli=answers)[0] == 0
    assert command.environment["PORT"] == ""


def test_a_write_that_failed_is_a_problem(container, shell):
    (check,) = ENGINE.checks(container("redis-server"))
    bad = "printf 'loading:0\\r\\nrdb_last_bgsave_status:err\\r\\n'"
    assert shell(check.command, redis_cli=bad) == (1, "rdb_last_bgsave_status:err\n")
    assert shell(check.command, redis_cli=cli()) == (0, "")


def test_what_the_servers_own_tool_finds_is_a_problem(container, shell, tmp_path):
    (tmp_path / "dump.rdb").write_text("x")
    answers = f"case \"$*\" in *dir*) printf 'dir\\n{tmp_path}\\n';; *) echo loading:0;; esac"
    (check,) = ENGINE.checks(container("redis-server"))
    code, said = shell(check.command, redis_cli=answers, redis_check_rdb="echo RDB ERROR; exit 1")
    assert (code, said) == (1, "redis-check-rdb dump.rdb:\nRDB ERROR\n")
    assert shell(check.command, redis_cli=answers, redis_check_rdb="exit 0") == (0, "")


@pytest.mark.parametrize(
    ("words", "targets", "only"),
    [
        (["redis-server", "--save", ""], ["/data"], True),
        (["redis-server", "--save", "", "--appendonly", "no"], ["/data"], True),
        (["redis-server", "--save", "", "--appendonly", "yes"], ["/data"], False),
        (["redis-server", "/etc/redis.conf", "--save", ""], ["/data"], False),
        (["redis-server", "--save", "60", "1"], ["/data"], False),
        (["redis-server"], ["/data"], False),
        (["redis-server"], ["/elsewhere"], True),
        (["redis-server", "--dir", "/elsewhere"], ["/elsewhere"], False),
        (["redis-server", "/etc/redis.conf"], ["/elsewhere"], False),
        (["redis-server"], [], True),
    ],
)
def test_what_keeps_nothing_on_its_volumes(container, words, targets, only):
    assert ENGINE.memory_only(container(words, workdir="/data"), targets) is only


def test_the_url():
    assert ENGINE.url("h", 1, {"REDIS_PASSWORD": "a b"}) == "redis://:a%20b@h:1/0"
    assert ENGINE.url("h", 1, {"REDIS_PASSWORD_FILE": "/x"}) == "redis://h:1/0"


def test_a_cut_file_is_refused_only_when_it_is_examined(container):
    assert ENGINE.strict == ("--aof-load-truncated", "no")
    assert ENGINE.arguments(container("redis-server")) == ()
