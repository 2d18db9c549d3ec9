"""Asks Redis and Valkey: words of a command there, a tree of texts back."""

import contextlib
from collections.abc import Iterator
from typing import Any

from parity.engine.askers.contract import (
    BROKEN,
    CONNECT,
    LONGEST,
    STRANGE,
    Asked,
    UnreachableError,
    told,
)  # fmt: skip
from parity.probes.database.contract import Login, Question, Rows

_DEPTH = 4
_WIDTH = 5000


@contextlib.contextmanager
def asking(login: Login, host: str, port: int) -> Iterator[Asked]:
    """A session as the application's user."""
    from redis.backoff import NoBackoff
    from redis.connection import Connection, SSLConnection
    from redis.exceptions import RedisError
    from redis.retry import Retry

    kind: Any = SSLConnection if login.encrypted else Connection
    arguments: dict[str, Any] = {
        "host": host,
        "port": port,
        "username": login.user or None,
        "password": login.password or None,
        "db": int(login.database) if login.database.isdecimal() else 0,
        "socket_timeout": CONNECT,
        "socket_connect_timeout": CONNECT,
        "encoding_errors": "replace",
        "decode_responses": True,
        "protocol": 2,
        "retry": Retry(NoBackoff(), 0),
    }
    if login.encrypted:
        arguments |= {"ssl_cert_reqs": "none", "ssl_check_hostname": False}
    connection = kind(**arguments, **_unnamed())
    try:
        try:
            connection.connect()
        except RedisError as error:
            raise UnreachableError(told(_said(error), login)) from None
        except BROKEN:
            raise UnreachableError(STRANGE) from None
        yield Asked({}, lambda question: _answer(connection, question, login))
    finally:
        with contextlib.suppress(RedisError, *BROKEN):
            connection.disconnect()


def _unnamed() -> dict[str, None]:
    """The library does not say who it is: a refusal would be the answer to that, and be lost."""
    import inspect

    from redis.connection import AbstractConnection

    known = inspect.signature(AbstractConnection.__init__).parameters
    return dict.fromkeys(
        ("driver_info",) if "driver_info" in known else ("lib_name", "lib_version")
    )


def _answer(connection: Any, question: Question, login: Login) -> Rows | str:
    from redis.exceptions import RedisError, ResponseError

    try:
        connection.send_command(*question.ask)
        answer = connection.read_response()
    except ResponseError as error:
        return told(error, login)
    except RedisError as error:
        return told(_said(error), login)
    except BROKEN:
        return STRANGE
    if not isinstance(answer, list):
        return [[str(answer)[: LONGEST * 8]]]
    if len(answer) > _WIDTH:
        return f"more than {_WIDTH} values"
    return [[_tree(each)] for each in answer]


def _tree(value: Any, depth: int = _DEPTH) -> Any:
    if isinstance(value, list):
        return [_tree(each, depth - 1) for each in value[:_WIDTH]] if depth else []
    return value if value is None or isinstance(value, int) else str(value)[:LONGEST]


def _said(error: Exception) -> str:
    """The library adds the address, which is the tunnel's."""
    text = str(error).partition(" connecting to ")[0].rstrip(".")
    return text if "127.0.0.1" not in text else "the connection broke"
