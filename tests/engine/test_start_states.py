"""Start states of every kind of store: what was there comes back, what came later is gone, copies are apart."""

import fcntl
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("stores")]

STORES = ("postgres", "maria", "redis", "rabbit", "sqlite", "file", "nameless")


@dataclass
class Stores:
    """A stack with one of each, or a fork of it: write a word to all, read all words of all."""

    project: object
    stack: str

    def run(self, service: str, *command: str, check: bool = True) -> str:
        done = self.project.parity("-p", self.stack, "exec", "-T", service, *command, check=check)
        return done.stdout.strip()

    def write(self, word: str) -> None:
        self.run(
            "postgres",
            "sh",
            "-c",
            f"{PSQL} \"create table if not exists t (w text); insert into t values ('{word}')\"",
        )
        self.run(
            "maria",
            "sh",
            "-c",
            f"{MARIA} \"create table if not exists t (w text); insert into t values ('{word}')\"",
        )
        self.run("redis", "sh", "-c", f"{REDIS} rpush words {word}")
        self.run("rabbit", "rabbitmqctl", "-q", "eval", PUBLISH % word)
        self.run(
            "files",
            "python3",
            "-c",
            SQLITE
            % f"c.execute('create table if not exists t (w)'); c.execute('insert into t values (?)', ('{word}',)); c.commit()",
        )
        self.run(
            "files", "sh", "-c", f"echo {word} >> /files/words; echo {word} >> /nameless/words"
        )

    def words(self) -> dict[str, list[str]]:
        found = {
            "postgres": self.run("postgres", "sh", "-c", f"{PSQL} 'select w from t'"),
            "maria": self.run("maria", "sh", "-c", f"{MARIA} 'select w from t'"),
            "redis": self.run("redis", "sh", "-c", f"{REDIS} lrange words 0 -1"),
            "rabbit": self.run("rabbit", "rabbitmqctl", "-q", "eval", QUEUE),
            "sqlite": self.run("files", "python3", "-c", SQLITE % "print(*[w for w, in c.execute('select w from t')], sep='\\n')"),
            "file": self.run("files", "cat", "/files/words"),
            "nameless": self.run("files", "cat", "/nameless/words"),
        }  # fmt: skip
        return {store: text.split() for store, text in found.items()}


PSQL = "psql -U shop -d shop -qAtc"
MARIA = 'MYSQL_PWD="$MARIADB_ROOT_PASSWORD" mariadb -uroot shop -Nse'
REDIS = 'REDISCLI_AUTH="$(cat /run/secrets/password)" redis-cli'
SQLITE = "import sqlite3; c = sqlite3.connect('/files/words.db'); %s"
_Q = 'rabbit_misc:r(<<"shop">>, queue, <<"words">>)'
PUBLISH = (
    f'rabbit_amqqueue:declare({_Q}, true, false, [], none, <<"test">>), '
    'rabbit_basic:publish(rabbit_misc:r(<<"shop">>, exchange, <<>>), <<"words">>, '
    '[{delivery_mode, 2}], <<"%s">>), timer:sleep(300), ok.'
)
QUEUE = (
    f"{{ok, Q}} = rabbit_amqqueue:lookup({_Q}), "
    'io:format("~b~n", [element(2, lists:keyfind(messages, 1, rabbit_amqqueue:info(Q, [messages])))]).'
)


def expected(*words: str) -> dict[str, list[str]]:
    """RabbitMQ's messages are counted, the others' words are read."""
    found = {store: list(words) for store in STORES}
    return {**found, "rabbit": [str(len(words)), "ok"]}


@pytest.fixture(scope="module")
def image(client):
    """MariaDB's image, built once however many workers ask for it."""
    from scripts.lib.images import ensure_for_tests
    from scripts.lib.progress import Progress

    with (Path(tempfile.gettempdir()) / "parity-test-images.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_for_tests(client, "parity-test/mariadb", Progress(plain=True))


@pytest.fixture
def stores(project, image):
    made = project("stores")
    dockerfile = made.root / "maria" / "Dockerfile"
    dockerfile.write_text(f"FROM {image}\n")
    # States belong to a project on an engine, whoever else has tests there.
    made.edit("parity.toml", 'name = "stores"', f'name = "stores{uuid.uuid4().hex[:6]}"')
    made.parity("up")
    yield Stores(made, made.name)
    made.parity("down", "--volumes")
    made.parity("drop", "first", "--force", check=False)


def ids(client, stack):
    label = {"label": f"dev.parity.stack={stack}"}
    return {
        c.name: (c.id, c.attrs["State"]["StartedAt"]) for c in client.containers.list(filters=label)
    }


def test_every_store_comes_back_and_copies_never_meet(stores, client):
    project = stores.project
    stores.write("before")
    saved = project.json("save", "first")
    assert saved["engines"] == {
        "postgres": "postgres", "maria": "mariadb", "redis": "redis", "rabbit": "rabbitmq",
    }  # fmt: skip
    assert {v["key"] for v in saved["volumes"]} == {
        "pg", "maria", "redis", "rabbit", "files", "files/1:/nameless",
    }  # fmt: skip
    assert stores.words() == expected("before"), "saving changes nothing"

    stores.write("after")
    assert stores.words() == expected("before", "after")
    before = ids(client, stores.stack)
    project.parity("reset")
    assert stores.words() == expected("before")
    now = ids(client, stores.stack)
    untouched = {name for name in before if before[name] == now.get(name)}
    assert untouched == {f"{stores.stack}-web-1", f"{stores.stack}-parity-gateway-1"}

    again = project.json("reset")["services"]
    assert "postgres" in again
    assert "rabbit" not in again, "nobody wrote to it, and it takes seconds to boot"
    stores.run("rabbit", "rabbitmqctl", "-q", "eval", PUBLISH % "more")
    assert "rabbit" in project.json("reset")["services"]
    assert stores.words() == expected("before")

    one, two = (
        Stores(project, fork["stack"])
        for fork in project.json("fork", "apart", "--count", "2")["forks"]
    )
    one.write("one")
    stores.write("origin")
    assert one.words() == expected("before", "one")
    assert two.words() == expected("before"), "a fork sees no other's writes, nor the origin's"
    assert stores.words() == expected("before", "origin")
    project.parity("down", "--fork", "apart-1", "--fork", "apart-2")
    assert stores.words() == expected("before", "origin")

    project.parity("reset", "first")
    assert stores.words() == expected("before"), "nothing of it reached the sealed state"
    project.parity("verify", "first")
    up = project.json("up")
    assert not up["changed"], "Compose takes the volumes for its own"
