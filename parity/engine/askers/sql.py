"""Asks PostgreSQL, MySQL and MariaDB, through SQLAlchemy: as the application, read-only, statement by statement."""

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from parity.engine.askers.contract import (
    BROKEN,
    CONNECT,
    STRANGE,
    Asked,
    UnreachableError,
    told,
    value,
)
from parity.probes.database.contract import LIMIT, Login, Question, Rows

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_POSTGRES = ("application_name", "options", "sslmode")
"""What of a URL's parameters is part of how an application's session behaves."""
_WEAKER = {"verify-ca": "require", "verify-full": "require"}
"""The certificates that these need are in the application's container."""
_INSECURE = "insecure transport"
_LIBPQ = re.compile(r"PG[A-Z]+\Z")


class _Aside:
    """PGOPTIONS, PGTZ and the like of whoever sits at this machine, put aside while somebody connects: libpq
    takes from them what nobody told it, and they are not the application's.
    """

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0
        self._kept: dict[str, str] = {}

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            for name in [n for n in os.environ if _LIBPQ.match(n)]:
                self._kept[name] = os.environ.pop(name)

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                os.environ.update(self._kept)
                self._kept.clear()


_ASIDE = _Aside()


@contextlib.contextmanager
def asking(login: Login, host: str, port: int) -> Iterator[Asked]:
    """A session in one transaction, which is rolled back."""
    from sqlalchemy.exc import SQLAlchemyError

    postgres = login.engine == "postgres"
    connection = _connected(login, host, port)
    try:
        yield Asked(
            _known(connection) if postgres else {},
            lambda question: _answer(connection, question, login, postgres=postgres),
        )
    finally:
        with contextlib.suppress(SQLAlchemyError, *BROKEN):
            connection.invalidate()
            connection.close()


def _connected(login: Login, host: str, port: int) -> "Connection":
    """With TLS where a server lets nobody in without it, which libraries of PostgreSQL find out themselves."""
    try:
        return _connect(login, host, port)
    except UnreachableError as error:
        if login.encrypted or _INSECURE not in str(error):
            raise
    return _connect(replace(login, encrypted=True), host, port)


def _connect(login: Login, host: str, port: int) -> "Connection":
    import sqlalchemy
    from sqlalchemy.pool import NullPool

    postgres = login.engine == "postgres"
    url, arguments = (_postgres if postgres else _mysql)(login, host, port)
    engine = sqlalchemy.create_engine(
        url, poolclass=NullPool, connect_args=arguments, hide_parameters=True,
        **({"use_native_hstore": False} if postgres else {}),
    )  # fmt: skip
    try:
        # Percent signs in a statement are its own.
        with _ASIDE:
            return engine.execution_options(no_parameters=True).connect()
    except sqlalchemy.exc.DBAPIError as error:
        raise UnreachableError(told(_said(error), login)) from None
    except sqlalchemy.exc.SQLAlchemyError:
        raise UnreachableError(STRANGE) from None
    except BROKEN:
        raise UnreachableError(STRANGE) from None


def _postgres(login: Login, host: str, port: int) -> tuple["URL", dict[str, Any]]:
    from sqlalchemy import URL

    given = {name: login.options[name] for name in _POSTGRES if login.options.get(name)}
    mode = given.get("sslmode", "prefer")
    arguments = {
        "options": "",
        # The name is asked for in certificates, the address is where the tunnel begins.
        "hostaddr": host,
        "connect_timeout": CONNECT,
        # A pooler in front knows no prepared statements.
        "prepare_threshold": None,
        # Nothing of what the person at this machine has for databases of their own.
        "passfile": os.devnull,
        "gssencmode": "disable",
        **given,
        "sslmode": _WEAKER.get(mode, mode),
    }
    database = login.database or login.user
    return URL.create(
        "postgresql+psycopg", login.user, login.password or None, login.host, port, database
    ), arguments


def _mysql(login: Login, host: str, port: int) -> tuple["URL", dict[str, Any]]:
    from sqlalchemy import URL

    arguments: dict[str, Any] = {
        "connect_timeout": CONNECT,
        "read_timeout": CONNECT,
        "write_timeout": CONNECT,
        "charset": "utf8mb4",
        "local_infile": False,
        "read_default_file": None,
    }
    if login.encrypted:
        arguments["ssl"] = {"verify_mode": False, "check_hostname": False}
    return URL.create(
        "mysql+pymysql", login.user, login.password or None, host, port, login.database or None
    ), arguments


def _known(connection: "Connection") -> dict[str, Rows]:
    """Whether it is encrypted, and the number of the process that is said to serve it."""
    told_by: Any = connection.connection.dbapi_connection
    return {"connection": [[bool(told_by.pgconn.ssl_in_use), int(told_by.info.backend_pid)]]}


def _answer(
    connection: "Connection", question: Question, login: Login, *, postgres: bool
) -> Rows | str:
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    statement = str(question.ask).strip()
    bounded = statement.startswith("select")
    if bounded:
        statement = f"{statement} limit {question.most + 1}"
    try:
        # One that fails ends a transaction of PostgreSQL, but for the part since the last savepoint.
        inner = postgres and not question.name.startswith(LIMIT)
        with connection.begin_nested() if inner else contextlib.nullcontext():
            result = connection.exec_driver_sql(statement)
            found = result.fetchmany(question.most + 1) if result.returns_rows else []
    except DBAPIError as error:
        return told(_said(error), login)
    except SQLAlchemyError:
        return STRANGE
    except BROKEN:
        return STRANGE
    if len(found) > question.most:
        return f"more than {question.most} rows"
    return [[value(cell) for cell in row] for row in found]


def _said(error: Any) -> str:
    """The server's own sentence, where it has said one."""
    original = error.orig
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    if primary:
        return str(primary)
    words = getattr(original, "args", ())
    text = str(words[-1] if words else original).strip() or type(original).__name__
    # libpq begins with the address, which is the tunnel's, and ends with advice.
    return text.partition("\n")[0].rpartition(" failed: ")[2].removeprefix("FATAL:").strip()
