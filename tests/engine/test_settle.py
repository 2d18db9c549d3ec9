"""A copy of a running service's volume recovers, stops cleanly and is whole; damage in it is found."""

import base64
import fcntl
import json
import shlex
import tempfile
import time
import uuid
from pathlib import Path

import pytest

from parity.errors import StackError
from parity.model.progress import silent
from parity.state.alone import ROLE
from parity.state.engines import postgres, recognised, sqlite
from parity.state.flush import flush
from parity.state.settle import examine, settle

pytestmark = pytest.mark.engine

REGISTRY = "127.0.0.1:5055"
BASE = "debian:bookworm-20250520-slim"
PYTHON = f"{REGISTRY}/shop/app:2.3.1"
PASSWORD = "a-password-of-the-test"


@pytest.fixture
def bench(client):
    found = Bench(client)
    try:
        yield found
    finally:
        found.clear()
    label = {"label": f"dev.parity.lease={found.mark}"}
    assert client.containers.list(all=True, filters=label) == []


class Bench:
    """Containers and volumes of one test, gone at its end."""

    def __init__(self, client):
        self.client = client
        self.mark = f"test-{uuid.uuid4().hex[:8]}"
        self.labels = {"dev.parity.lease": self.mark}
        self._containers, self._volumes = [], []

    def clear(self):
        for one in self._containers:
            one.remove(force=True, v=True)
        for one in self._volumes:
            one.remove(force=True)

    def volume(self):
        self._volumes.append(self.client.volumes.create(f"{self.mark}-{len(self._volumes)}"))
        return self._volumes[-1].name

    def run(self, image, volume, target, command=None, **settings):
        volumes = {volume: {"bind": target, "mode": "rw"}, **settings.pop("volumes", {})}
        one = self.client.containers.run(
            image, command, detach=True, network_mode="none", volumes=volumes, **settings
        )
        self._containers.append(one)
        return one

    def end(self, container):
        self._containers.remove(container)
        container.remove(force=True, v=True)

    def shell(self, volume, text, image=BASE):
        """What a shell says that has a volume as /v."""
        one = self.client.containers.create(
            image, ["bash", "-euc", f"{text}\necho; echo {self.mark}"], entrypoint=[], user="0",
            network_mode="none", volumes={volume: {"bind": "/v", "mode": "rw"}},
        )  # fmt: skip
        try:
            one.start()
            assert one.wait()["StatusCode"] == 0, logs(one)
            # The engine may still be writing down what a container said when it has ended.
            while self.mark not in (said := one.logs(stderr=False).decode()):
                time.sleep(0.05)
        finally:
            one.remove(force=True)
        return said.partition(self.mark)[0].strip()

    def copy(self, container, volume):
        """A copy of a volume, taken while the container that writes to it is paused."""
        other = self.volume()
        container.pause()
        try:
            self.client.containers.run(
                BASE, ["cp", "-a", "/from/.", "/to/"], remove=True, network_mode="none",
                volumes={volume: {"bind": "/from", "mode": "ro"}, other: {"bind": "/to", "mode": "rw"}},
            )  # fmt: skip
        finally:
            container.unpause()
        return other

    def again(self, container, volume, target):
        """A container like another one, as a fork would have it, on another volume."""
        attrs = container.attrs
        binds = [bind.split(":") for bind in attrs["HostConfig"]["Binds"]]
        files = {b[0]: {"bind": b[1], "mode": "ro"} for b in binds if b[1] != target}
        return self.run(
            attrs["Image"], volume, target, attrs["Config"]["Cmd"], volumes=files,
            hostname=attrs["Config"]["Hostname"], environment=attrs["Config"]["Env"],
            extra_hosts={attrs["Config"]["Hostname"]: "127.0.0.1"},
        )  # fmt: skip


def mounted(volume, target):
    return [
        {"Type": "volume", "Source": volume, "Target": target, "VolumeOptions": {"NoCopy": True}}
    ]


def attrs_of(container):
    container.reload()
    return container.attrs


def say(container, *command, **settings):
    code, output = container.exec_run(list(command), **settings)
    assert code == 0, output.decode()
    return output.decode().strip()


def ready(container):
    """Wait as parity does for a copy, by the engine's own question."""
    engine = recognised(attrs_of(container))
    command = engine.ready(container.attrs)
    end = time.monotonic() + 120
    while container.exec_run(list(command.argv), environment=dict(command.environment)).exit_code:
        assert time.monotonic() < end, container.logs().decode()
        container.reload()
        assert container.status == "running", container.logs().decode()
        time.sleep(0.2)
    return container


def refuse(step):
    pytest.fail(f"nothing was to be told: {step}")


def logs(container):
    return container.logs().decode(errors="replace")


PGDATA = "/var/lib/postgresql/data"


def sql(container, text):
    return say(container, "psql", "-U", "postgres", "-d", "shop", "-Atc", text)


@pytest.fixture
def database(bench):
    volume = bench.volume()
    environment = {"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": PASSWORD}
    one = bench.run(
        f"{REGISTRY}/shop/postgres:15.18-1", volume, PGDATA,
        ["postgres", "-c", "shared_buffers=32MB"], environment=environment,
    )  # fmt: skip
    ready(one)
    sql(one, "create table t as select n, md5(n::text) from generate_series(1, 20000) n")
    return one, volume


def writing(container):
    """Rows are added for as long as the container runs."""
    loop = "while psql -qU postgres -d shop -c 'insert into t values (0)'; do :; done"
    container.exec_run(["sh", "-c", loop], detach=True)


def control(bench, volume):
    text = bench.shell(volume, "base64 -w0 /v/pgdata/global/pg_control")
    return postgres.ENGINE.unclean(base64.b64decode(text))


def test_postgres_has_nothing_to_recover_after_it_was_settled(bench, database):
    one, volume = database
    writing(one)
    before = int(sql(one, "select count(*) from t"))
    other = bench.copy(one, volume)
    assert control(bench, other) == "pg_control says: in production"
    told = []
    settle(bench.client, attrs_of(one), mounted(other, PGDATA), bench.labels, told.append)
    assert [step.state for step in told] == ["done"]
    assert control(bench, other) == ""
    fork = ready(bench.again(one, other, PGDATA))
    assert int(sql(fork, "select count(*) from t")) >= before
    assert "database system was shut down at" in logs(fork)
    assert "recovery" not in logs(fork)


def test_postgres_damage_in_one_page_of_a_table_is_found(bench, database):
    one, volume = database
    file = sql(one, "select pg_relation_filepath('t')")
    sql(one, "checkpoint")
    other = bench.copy(one, volume)
    mounts = mounted(other, PGDATA)
    assert examine(bench.client, attrs_of(one), mounts, bench.labels, silent) == ()
    bench.shell(
        other, f"head -c 8192 /dev/urandom | dd of=/v/pgdata/{file} bs=8192 seek=3 conv=notrunc"
    )
    found = examine(bench.client, attrs_of(one), mounts, bench.labels, silent)
    assert "invalid page in block 3" in "\n".join(found)
    assert PASSWORD not in "\n".join(found)
    assert recognised(one.attrs).name == "postgres"


def test_data_that_cannot_recover_is_told_with_the_log_and_leaves_nothing(bench, database):
    one, volume = database
    other = bench.copy(one, volume)
    bench.shell(other, "echo broken > /v/pgdata/global/pg_control")
    mounts = mounted(other, PGDATA)
    with pytest.raises(StackError, match="does not recover") as caught:
        settle(bench.client, attrs_of(one), mounts, bench.labels, silent)
    assert "pg_control" in caught.value.detail
    (found,) = examine(bench.client, attrs_of(one), mounts, bench.labels, silent)
    assert "PostgreSQL does not start from it" in found and "pg_control" in found


REDIS = "/var/lib/redis"


def cache(bench, tmp_path, *options):
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    volume = bench.volume()
    one = bench.run(
        f"{REGISTRY}/shop/redis:7.0-3", volume, REDIS, ["redis-server", *options],
        volumes={str(secret): {"bind": "/run/secrets/cache", "mode": "ro"}},
        environment={"REDIS_PASSWORD_FILE": "/run/secrets/cache"},
    )  # fmt: skip
    return ready(one), volume


def cli(container, *words):
    text = f"REDISCLI_AUTH=$(cat /run/secrets/cache) redis-cli {shlex.join(words)}"
    return say(container, "sh", "-c", text)


def test_redis_with_an_append_only_file(bench, tmp_path):
    one, volume = cache(bench, tmp_path, "--appendonly", "yes")
    for number in range(20):
        cli(one, "set", f"key{number}", "value" * 20)
    other = bench.copy(one, volume)
    mounts = mounted(other, REDIS)
    settle(bench.client, attrs_of(one), mounts, bench.labels, silent)
    cli(one, "set", "key0", "changed afterwards")
    assert examine(bench.client, attrs_of(one), mounts, bench.labels, silent) == ()
    fork = ready(bench.again(one, other, REDIS))
    assert cli(fork, "get", "key0") == "value" * 20
    assert cli(fork, "dbsize") == "20"
    bench.end(fork)

    bench.shell(
        other, "f=$(ls /v/appendonlydir/*.incr.aof); truncate -s $(($(stat -c %s $f) / 2)) $f"
    )
    (found,) = examine(bench.client, attrs_of(one), mounts, bench.labels, silent)
    assert "does not start from it" in found and "Unexpected end of file" in found


def test_redis_with_snapshots_alone_keeps_what_is_in_memory_yet(bench, tmp_path):
    one, volume = cache(bench, tmp_path, "--save", "3600", "1000")
    cli(one, "set", "key", "in memory alone")
    flush(bench.client, attrs_of(one), refuse)
    other = bench.copy(one, volume)
    settle(bench.client, attrs_of(one), mounted(other, REDIS), bench.labels, silent)
    fork = ready(bench.again(one, other, REDIS))
    assert cli(fork, "get", "key") == "in memory alone"


def test_redis_that_keeps_nothing_is_asked_to_write_nothing(bench, tmp_path):
    one, volume = cache(bench, tmp_path)
    cli(one, "set", "key", "value")
    flush(bench.client, attrs_of(one), refuse)
    assert bench.shell(volume, "ls /v") == ""


RABBIT = "/var/lib/rabbitmq"


def erlang(container, text):
    return say(container, "rabbitmqctl", "-q", "eval", text)


def queue_length(container):
    return say(container, "rabbitmqctl", "-q", "--no-table-headers", "list_queues", "-p", "shop", "name", "messages")  # fmt: skip


def test_rabbitmq_keeps_its_queues_and_messages(bench, tmp_path):
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    volume = bench.volume()
    one = bench.run(
        f"{REGISTRY}/shop/rabbitmq:3.10-2", volume, RABBIT, hostname="queue-1",
        extra_hosts={"queue-1": "127.0.0.1"}, init=True,
        volumes={str(secret): {"bind": "/run/secrets/queue", "mode": "ro"}},
        environment={
            "RABBITMQ_USER": "shop",
            "RABBITMQ_VHOST": "shop",
            "RABBITMQ_PASSWORD_FILE": "/run/secrets/queue",
        },
        ulimits=[{"Name": "nofile", "Soft": 8192, "Hard": 8192}],
    )  # fmt: skip
    ready(one)
    declare = 'rabbit_amqqueue:declare(rabbit_misc:r(<<"shop">>, queue, <<"q">>), true, false, [], none, <<"test">>)'
    publish = 'rabbit_basic:publish(rabbit_misc:r(<<"shop">>, exchange, <<>>), <<"q">>, [{delivery_mode, 2}], <<"order">>)'
    erlang(one, f"{declare}, [{publish} || _ <- lists:seq(1, 7)].")
    flush(bench.client, attrs_of(one), refuse)
    other = bench.copy(one, volume)
    mounts = mounted(other, RABBIT)
    settle(bench.client, attrs_of(one), mounts, bench.labels, silent)
    assert examine(bench.client, attrs_of(one), mounts, bench.labels, silent) == ()
    fork = ready(bench.again(one, other, RABBIT))
    assert queue_length(fork).split() == ["q", "7"]


MARIADB = "/var/lib/mysql"


@pytest.fixture(scope="module")
def mariadb(client):
    """The image, built once however many workers ask for it."""
    from scripts.lib.images import ensure_for_tests
    from scripts.lib.progress import Progress

    with (Path(tempfile.gettempdir()) / "parity-test-images.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_for_tests(client, "parity-test/mariadb", Progress(plain=True))


def query(container, text):
    words = ["mariadb", "-uroot", "shop", "-Nse", text]
    return say(container, *words, environment={"MYSQL_PWD": PASSWORD})


def test_mariadb_recovers_stops_cleanly_and_damage_is_found(bench, mariadb):
    volume = bench.volume()
    environment = {"MARIADB_ROOT_PASSWORD": PASSWORD, "MARIADB_DATABASE": "shop"}
    one = ready(bench.run(mariadb, volume, MARIADB, environment=environment))
    query(one, "create table t (n int primary key auto_increment, v char(200)) engine=innodb")
    query(one, "insert into t (v) select repeat('x', 200) from seq_1_to_5000")
    query(
        one, "create event later on schedule every 1 second do insert into t (v) values ('event')"
    )
    loop = "while mariadb -uroot shop -e \"insert into t (v) values ('more')\"; do :; done"
    one.exec_run(["sh", "-c", loop], detach=True, environment={"MYSQL_PWD": PASSWORD})
    before = int(query(one, "select count(*) from t"))
    other = bench.copy(one, volume)
    mounts = mounted(other, MARIADB)
    settle(bench.client, attrs_of(one), mounts, bench.labels, silent)
    assert examine(bench.client, attrs_of(one), mounts, bench.labels, silent) == ()
    fork = ready(bench.again(one, other, MARIADB))
    assert int(query(fork, "select count(*) from t")) >= before
    assert "crash recovery" not in logs(fork)
    bench.end(fork)

    bench.shell(
        other, "head -c 16384 /dev/urandom | dd of=/v/shop/t.ibd bs=16384 seek=5 conv=notrunc"
    )
    found = "\n".join(examine(bench.client, attrs_of(one), mounts, bench.labels, silent))
    assert "shop.t" in found
    assert PASSWORD not in found


WRITER = """
import sqlite3, time
c = sqlite3.connect("/data/app.db", isolation_level=None)
c.execute("pragma journal_mode=wal")
c.execute("create table t (n integer primary key, v text)")
c.executemany("insert into t (v) values (?)", [("x" * 500,)] * 2000)
while True:
    c.execute("insert into t (v) values ('more')")
"""
COUNT = "import sqlite3; print(sqlite3.connect('/v/app.db').execute('select count(*) from t').fetchone()[0])"


def test_sqlite_in_the_middle_of_writing_and_with_a_damaged_page(bench, until):
    volume = bench.volume()
    one = bench.run(PYTHON, volume, "/data", ["python3", "-c", WRITER], user="0", read_only=False)
    assert recognised(attrs_of(one)) is None
    probe = shlex.join(["python3", "-c", COUNT.replace("/v/", "/data/")])
    until(lambda: one.exec_run(["sh", "-c", probe], user="0").exit_code == 0, what="the table")
    until(lambda: int(say(one, "sh", "-c", probe)) > 2000, what="a written row")
    other = bench.copy(one, volume)

    def check():
        return sqlite.answer(bench.shell(other, shlex.join(sqlite.argv("/v")), PYTHON))

    before = bench.shell(other, "md5sum /v/*")
    assert check() == (1, ())
    assert bench.shell(other, "md5sum /v/*") == before, "looking changes nothing"
    assert int(bench.shell(other, shlex.join(["python3", "-c", COUNT]), PYTHON)) > 2000
    bench.shell(other, "head -c 4096 /dev/urandom | dd of=/v/app.db bs=4096 seek=20 conv=notrunc")
    looked, found = check()
    assert looked == 1 and found and found[0].startswith("app.db: ")


def test_the_copys_container_says_whose_it_is(bench, database):
    one, volume = database
    other = bench.copy(one, volume)
    seen = []

    def look(step):
        found = bench.client.containers.list(filters={"label": f"dev.parity.lease={bench.mark}"})
        seen.extend(json.dumps(c.labels) for c in found if c.labels["dev.parity.role"] == ROLE)

    examine(bench.client, attrs_of(one), mounted(other, PGDATA), bench.labels, look)
    assert seen
