"""A small pool of Postgres connections that notices when the server has been restarted."""

import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection

from shop.errors import Unavailable

_IDLE_BEFORE_PING = 1.0
_WAIT_FOR_CONNECTION = 3.0


def connect(url: str) -> Connection:
    """One new connection, or psycopg2.OperationalError within two seconds."""
    return psycopg2.connect(url, connect_timeout=2)


class Pool:
    """At most `size` connections, opened when first needed, shared by threads."""

    def __init__(self, url: str, size: int) -> None:
        self._url = url
        # A slot holds an open connection and when it was last used, or None.
        self._slots: queue.LifoQueue[tuple[Connection, float] | None] = queue.LifoQueue()
        for _ in range(size):
            self._slots.put(None)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection inside a transaction: committed on success, rolled back on any error."""
        try:
            slot = self._slots.get(timeout=_WAIT_FOR_CONNECTION)
        except queue.Empty:
            raise Unavailable("all database connections are busy") from None
        connection: Connection | None = None
        try:
            connection = self._usable(slot)
            with connection:
                yield connection
        except psycopg2.OperationalError as error:
            raise Unavailable(f"database: {_first_line(error)}") from error
        except psycopg2.InterfaceError as error:
            raise Unavailable("database: the connection was lost") from error
        finally:
            keep = connection is not None and not connection.closed
            self._slots.put((connection, time.monotonic()) if keep else None)

    def _usable(self, slot: tuple[Connection, float] | None) -> Connection:
        if slot is not None:
            connection, used = slot
            if time.monotonic() - used < _IDLE_BEFORE_PING or _answers(connection):
                return connection
            connection.close()
        return connect(self._url)


def _answers(connection: Connection) -> bool:
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.Error:
        return False
    return True


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["does not answer"])[0]
