"""A look behind the counter: what database, queue and cache hold, asked in their containers."""

import json
import shlex
import zlib
from typing import Any


def run(service: Any, command: list[str]) -> str:
    """What a command in a service's container prints; it must succeed."""
    code, output = service.exec(command)
    assert code == 0, f"{service.name}: {shlex.join(command)[:200]}: {output.decode()}"
    return output.decode()


class Database:
    """psql in `db`."""

    def __init__(self, service: Any) -> None:
        self.service = service

    def ask(self, sql: str) -> str:
        """The first value of the first row, as text."""
        return run(
            self.service, ["psql", "-U", "shop", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql]
        ).strip()

    def count(self, table: str, where: str = "true") -> int:
        """Rows of a table."""
        return int(self.ask(f"SELECT count(*) FROM {table} WHERE {where}"))

    def lock(self, order: int) -> None:
        """Hold an order's row, as a clerk's transaction would, until `unlock`."""
        held = (
            "SET application_name = 'clerk'; SET statement_timeout = 0; BEGIN;"
            f" SELECT 1 FROM orders WHERE id = {order} FOR UPDATE; SELECT pg_sleep(300)"
        )
        container = self.service.container.get_wrapped_container()
        container.exec_run(["psql", "-U", "shop", "-c", held], detach=True)

    def holds(self) -> bool:
        """Whether the row is held."""
        return (
            self.count(
                "pg_stat_activity",
                "application_name = 'clerk' AND query LIKE '%pg_sleep%' AND wait_event = 'PgSleep'",
            )
            == 1
        )

    def waits(self) -> bool:
        """Whether the worker waits for a row that another one holds."""
        return (
            self.count(
                "pg_stat_activity", "application_name = 'worker' AND wait_event_type = 'Lock'"
            )
            == 1
        )

    def unlock(self) -> None:
        """Let go of it."""
        self.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'clerk'"
        )


_COUNT = "n = {q: channel.queue_declare(q, passive=True).method.message_count for q in (broker.QUEUE, broker.DEAD_LETTERS)}; print(json.dumps(n))"
_SEND = "channel.confirm_delivery(); [channel.basic_publish('', broker.QUEUE, zlib.decompress(bytes.fromhex(b)), pika.BasicProperties(delivery_mode=2)) for b in sys.argv[1:]]"
_READ = "n = [body.decode(errors='replace') for _, _, body in iter(lambda: channel.basic_get(broker.DEAD_LETTERS), (None, None, None))]; print(json.dumps(n))"
_ON_A_CHANNEL = """
import json, os, pika, sys, zlib
from shop import broker, settings
found = settings.load(os.environ, secrets=("queue_password",))
with pika.BlockingConnection(broker.parameters(found.queue_url, found.queue_password)) as connection:
    channel = connection.channel()
    broker.declare(channel)
    {what}
"""


class Queue:
    """The shop's own broker module, in `web`."""

    def __init__(self, service: Any) -> None:
        self._service = service

    def waiting(self) -> int:
        """Messages that nobody has in hand."""
        return int(json.loads(self._run(_COUNT))["shipments"])

    def dead(self) -> int:
        """Messages that were set aside."""
        return int(json.loads(self._run(_COUNT))["shipments.dead"])

    def dead_letters(self) -> list[str]:
        """What was set aside; it stays there."""
        return list(json.loads(self._run(_READ)))

    def send(self, *bodies: bytes) -> None:
        """Publish messages as they are."""
        self._run(_SEND, *(zlib.compress(body).hex() for body in bodies))

    def _run(self, what: str, *arguments: str) -> str:
        return run(self._service, ["python3", "-c", _ON_A_CHANNEL.format(what=what), *arguments])


_REDIS = "REDISCLI_AUTH=$(head -n 1 /run/secrets/cache_password) redis-cli"


class Cache:
    """redis-cli in `cache`."""

    def __init__(self, service: Any) -> None:
        self._service = service

    def held(self) -> list[str]:
        """What it holds."""
        return sorted(self._ask("keys '*'").split("\n")) if self._ask("dbsize") != "0" else []

    def put(self, key: str, value: str) -> None:
        """Write something."""
        assert self._ask(f"set {shlex.quote(key)} {shlex.quote(value)}") == "OK"

    def expire(self, key: str) -> None:
        """Let its time be over."""
        assert self._ask(f"pexpire {shlex.quote(key)} 1") == "1"

    def _ask(self, command: str) -> str:
        return run(self._service, ["sh", "-c", f"{_REDIS} {command}"]).strip()
