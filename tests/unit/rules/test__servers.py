from parity.diff.compare import side
from parity.model.environment import Environment
from parity.rules._given import changes
from parity.rules._servers import MYSQL, POSTGRES, RABBITMQ, REDIS, lines, unquoted


def service(image="x:1", configs=None, **body):
    rows = [{"source": str(i), "target": target} for i, target in enumerate(configs or ())]
    texts = {str(i): {"content": text} for i, text in enumerate((configs or {}).values())}
    body = {"image": image, **body, **({"configs": rows} if rows else {})}
    return side(
        Environment("local", "compose", (), {"services": {"db": body}, "configs": texts})
    ).services["db"]


def values(server, *args, **kwargs):
    return {name: given.value for name, given in server.read(service(*args, **kwargs)).items()}


def test_postgres_takes_options_in_three_forms():
    words = ["postgres", "-c", "a.b=1", "-cfsync=OFF", "--max-connections=5", "--set", "x=y"]
    assert values(POSTGRES, command=words) == {
        "a.b": "1",
        "fsync": "off",
        "max_connections": "5",
        "x": "y",
    }


def test_the_command_line_wins_over_the_file_as_in_postgres_itself():
    told = POSTGRES.read(
        service(
            configs={"/etc/postgresql.conf": "work_mem = '8MB' # more\nport 5433\n"},
            command=["postgres", "-c", "work_mem=16MB"],
        )
    )
    assert told["work_mem"].value == "16MB"
    assert told["work_mem"].path == ("command",)
    assert told["port"].path == ("configs", "/etc/postgresql.conf", "content")


def test_a_value_with_spaces_is_not_taken_for_a_shells_script():
    words = ["postgres", "-c", "shared_preload_libraries=a, b"]
    assert values(POSTGRES, command=words) == {"shared_preload_libraries": "a, b"}


def test_a_shells_script_is_read():
    words = ["sh", "-c", "exec redis-server --maxmemory 1gb --save 60 1 --save 300 10"]
    assert values(REDIS, command=words) == {"maxmemory": str(1024**3), "save": "60 1 300 10"}


def test_times_of_postgres_are_compared_in_one_unit():
    for text in ("15s", "15000", "15000ms", "'15 s'"):
        words = ["postgres", "-c", f"statement_timeout={text}"]
        assert values(POSTGRES, command=words) == {"statement_timeout": "15000 ms"}


def test_mysql_reads_only_the_servers_sections():
    text = "[client]\nport=1\n[mysqld]\nmax_connections = 10\nskip-name-resolve\n!includedir /x\n"
    assert values(MYSQL, configs={"/etc/my.cnf": text}) == {
        "max-connections": "10",
        "skip-name-resolve": "",
    }


def test_mysql_takes_a_value_after_a_space_but_no_option_for_one():
    words = ["--sql-mode", "ansi,strict_all_tables", "--skip-log-bin", "--max_connections=7"]
    assert values(MYSQL, command=words) == {
        "sql-mode": "ANSI,STRICT_ALL_TABLES",
        "skip-log-bin": "",
        "max-connections": "7",
    }


def test_redis_variables_are_those_of_the_images():
    flags = {"REDIS_EXTRA_FLAGS": "--maxmemory-policy ALLKEYS-LRU --timeout 5", "OTHER": "--x 1"}
    assert values(REDIS, environment=flags) == {"maxmemory-policy": "allkeys-lru", "timeout": "5"}


def test_an_open_quote_stops_nobody():
    assert values(REDIS, environment={"REDIS_ARGS": "--timeout '5"}) == {"timeout": "'5"}


def test_rabbitmq_files_of_both_formats():
    told = values(
        RABBITMQ,
        configs={
            "/etc/rabbitmq/rabbitmq.conf": "# x\nheartbeat = 30\n",
            "/etc/rabbitmq/advanced.config": "[{rabbit, [{consumer_timeout, undefined}]}].",
            "/etc/rabbitmq/enabled_plugins": "[rabbitmq_b,rabbitmq_a].",
        },
    )
    assert told == {
        "heartbeat": "30",
        "consumer_timeout": "undefined",
        "plugins": "rabbitmq_a rabbitmq_b",
    }


def test_files_of_others_are_not_read():
    assert values(POSTGRES, configs={"/etc/nginx/nginx.conf": "max_connections = 3"}) == {}
    assert values(REDIS, configs={"/etc/app.conf": "maxmemory 3"}) == {}


def test_changes_need_the_technology_on_one_side():
    from parity.diff.view import ServicePair

    told = ["postgres", "-c", "max_connections=7"]
    both = ServicePair(service("own/db:1"), service("own/db:1", command=told))
    assert list(changes(both, POSTGRES)) == []
    both = ServicePair(service("own/db:1"), service("postgres:16", command=told))
    (change,) = changes(both, POSTGRES)
    assert (change.name, change.left, change.right) == ("max_connections", "100 (default)", "7")
    assert change.at == (("db", ("command",)),)


def test_lines_and_quotes():
    assert list(lines("a\n # b\n\n;c\n!d\n e ")) == ["a", "e"]
    assert unquoted(" 'a' ") == "a"
    assert unquoted("'") == "'"
