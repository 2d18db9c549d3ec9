"""PostgreSQL: settings as the session sees them, role, collation, extensions, schema, rights, migrations."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from parity.model.facts import Facts
from parity.probes.database import migrations
from parity.probes.database.contract import Answers, Login, Question
from parity.probes.database.postgres_statements import COLLATION_VERSION, MOST_ROWS, QUESTIONS
from parity.probes.database.texts import clean, compact, first, rows, unread, whole

ENGINES = ("postgres",)

_PLACES = frozenset({
    "allow_in_place_tablespaces", "application_name", "archive_cleanup_command",
    "archive_command", "archive_library", "bonjour", "bonjour_name", "client_encoding",
    "cluster_name", "config_file", "data_directory", "data_directory_mode",
    "dynamic_library_path", "event_source", "external_pid_file", "hba_file", "huge_pages_status",
    "ident_file", "in_hot_standby", "is_superuser", "krb_server_keyfile", "lc_collate",
    "lc_ctype", "listen_addresses", "log_destination", "log_directory", "log_file_mode",
    "log_filename", "log_timezone", "num_os_semaphores", "port", "primary_conninfo",
    "primary_slot_name", "promote_trigger_file", "recovery_end_command", "restore_command",
    "role", "seed", "server_encoding", "server_version", "server_version_num",
    "session_authorization", "session_preload_libraries", "shared_memory_size",
    "shared_memory_size_in_huge_pages", "shared_preload_libraries", "ssl_ca_file",
    "ssl_cert_file", "ssl_crl_dir", "ssl_crl_file", "ssl_dh_params_file", "ssl_key_file",
    "ssl_passphrase_command", "stats_temp_directory", "synchronous_standby_names", "syslog_ident",
    "unix_socket_directories", "unix_socket_group", "unix_socket_permissions",
    "update_process_title",
})  # fmt: skip
"""Of the host, of the moment, of where files lie, of parity's own connection; seen by superusers alone; or
a fact of its own.
"""
_MOMENT = ("transaction_", "recovery_target")
_PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin", "d": "default"}
_KINDS = {"v": "view", "m": "materialized view", "f": "foreign table", "p": "partitioned"}
_RIGHTS = ("select", "insert", "update", "delete", "truncate")
_INDEX = re.compile(r"^CREATE (UNIQUE )?INDEX .*? ON (?:ONLY )?.*? USING ", re.DOTALL)
_NAMED = 63
_SESSION = 6
_OF_TABLES = ("tables", "schema", "indexes", "constraints", "rights", "rows counted")
_RECORDS = 15
"""The version that began to record the collation's in each database."""


def questions(answers: Answers, login: Login) -> Sequence[Question]:
    """The fixed ones, and then those on tables that turned out to be there."""
    del login
    if "schema" not in answers:
        return QUESTIONS
    columns: dict[str, list[str]] = {}
    for row in rows(answers, "schema", 8):
        columns.setdefault(str(row[0]), []).append(str(row[1]))
    session = first(answers, "session", _SESSION)
    recorded = (COLLATION_VERSION,) if session and _major(session[0]) >= _RECORDS else ()
    return (*recorded, *migrations.questions(columns, _quoted), *_counts(answers))


def _major(version: Any) -> int:
    return whole(clean(version, 20).partition(".")[0]) or 0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _counts(answers: Answers) -> Iterator[Question]:
    parts = [
        f"select {_text(called)}, count(*) from "
        f"(select 1 from {_quoted(str(schema))}.{_quoted(str(table))} limit {MOST_ROWS + 1}) x"
        for called, schema, table in rows(answers, "rows referred-to", 3)
    ]
    if parts:
        yield Question("rows counted", " union all ".join(parts), len(parts))


def _text(value: Any) -> str:
    # Without a backslash in it, it means the same whatever standard_conforming_strings says.
    return "'" + str(value).replace("\\", "").replace("'", "''") + "'"


def read(answers: Answers, login: Login) -> Facts:
    """What they say; each table of facts is there where its question was answered."""
    del login
    session = first(answers, "session", _SESSION) or [None] * _SESSION
    answers = _from_within(answers, str(session[5] or "public"))
    found: dict[str, Any] = {
        "engine": "postgres",
        "version": clean(session[0], 60).partition(" ")[0],
        "replica": session[4] if isinstance(session[4], bool) else None,
        "settings": _settings(answers),
        "role": _role(answers),
        "role-settings": _role_settings(answers),
        **_collation(answers),
        "extensions": {clean(n, _NAMED): clean(v, 60) for n, v in rows(answers, "extensions", 2)},
        **_tables(answers),
        **_connection(answers, session[2]),
        **migrations.read(answers).values,
    }
    return Facts(compact(found) if found["version"] else {}, unread(answers))


def _from_within(answers: Answers, schema: str) -> Answers:
    """Answers on tables as the application would write their names: without the schema that it begins with."""
    own = re.compile(rf'(?<![\w."])(?:{re.escape(schema)}|"{re.escape(schema)}")\.')

    def bare(cell: Any) -> Any:
        return own.sub("", cell) if isinstance(cell, str) else cell

    local = {
        name: [list(map(bare, row)) for row in answers[name] if isinstance(row, (list, tuple))]
        for name in _OF_TABLES
        if name in answers and not isinstance(answers[name], str)
    }
    return {**answers, **local}


def _settings(answers: Answers) -> dict[str, str]:
    return {
        clean(name, 120): clean(value)
        for name, value in rows(answers, "settings", 2)
        if name not in _PLACES and not str(name).startswith(_MOMENT)
    }


def _role(answers: Answers) -> dict[str, Any]:
    row = first(answers, "role", 6)
    if row is None:
        return {}
    names = ("superuser", "create-database", "create-role", "bypass-row-security")
    limit = whole(row[5])
    told = {name: bool(value) for name, value in zip(names, row[1:5], strict=True)}
    return {
        "name": clean(row[0], _NAMED),
        **told,
        "connection-limit": "unlimited" if limit is None or limit < 0 else limit,
    }


def _role_settings(answers: Answers) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for role, database, text in rows(answers, "role-settings", 3):
        name, _, value = str(text).partition("=")
        if name not in _PLACES:
            table = found.setdefault(clean(role, _NAMED), {}).setdefault(
                clean(database, _NAMED), {}
            )
            table[clean(name, 120)] = clean(value)
    return found


def _collation(answers: Answers) -> dict[str, Any]:
    row = first(answers, "collation", 6)
    if row is None:
        return {}
    actual = first(answers, "collation-version", 1)
    sort = first(answers, "collation-sort", 1)
    provider = str(row[2] or "c")
    table = {
        "name": clean(row[3] if provider in "ib" and row[3] else row[0], 120),
        "ctype": clean(row[1], 120),
        "provider": _PROVIDERS.get(provider, clean(provider, 20)),
        "recorded": clean(row[4], 60),
        "version": clean(actual[0], 60) if actual else None,
        "sort": clean(sort[0], 60) if sort else None,
    }
    return {"encoding": clean(row[5], 40), "collation": compact(table)}


def _connection(answers: Answers, server: Any) -> dict[str, Any]:
    """What the connection itself says. A pooler gives a client another process's number than the server's."""
    row = first(answers, "connection", 2)
    if row is None:
        return {}
    pooled = bool(row[1]) and bool(server) and row[1] != server
    return {"encrypted": bool(row[0]), "pooler": "pgbouncer" if pooled else None}


def _tables(answers: Answers) -> dict[str, Any]:
    return {
        "tables": _by_name(answers, "tables", 4, _kind),
        "schema": _by_column(answers, "schema", 8, _column),
        "indexes": _by_column(answers, "indexes", 4, _index),
        "constraints": _by_column(answers, "constraints", 3, lambda row: clean(row[2])),
        "rights": _by_name(answers, "rights", 6, _rights),
        "schema-rights": _by_name(answers, "schema-rights", 3, _schema_rights),
        "rows": _by_name(answers, "rows counted", 2, _count),
    }


def _by_name(
    answers: Answers, name: str, width: int, read_row: Callable[[list[Any]], Any]
) -> dict[str, Any]:
    told = {clean(row[0], 130): read_row(row) for row in rows(answers, name, width)}
    return {key: value for key, value in told.items() if value not in ("", None)}


def _by_column(
    answers: Answers, name: str, width: int, read_row: Callable[[list[Any]], str]
) -> dict[str, Any]:
    found: dict[str, dict[str, str]] = {}
    for row in rows(answers, name, width):
        found.setdefault(clean(row[0], 130), {})[clean(row[1], _NAMED)] = read_row(row)
    return found


def _kind(row: list[Any]) -> str:
    words = [_KINDS.get(str(row[1]), "")]
    words += ["unlogged"] if row[2] == "u" else []
    words += ["row security"] if row[3] is True else []
    return ", ".join(word for word in words if word)


def _column(row: list[Any]) -> str:
    _, _, kind, not_null, default, identity, generated, collation = row
    words = [clean(kind, 120)]
    words += [f"collate {clean(collation, _NAMED)}"] if collation else []
    words += ["not null"] if not_null else []
    if generated:
        words.append(f"generated {clean(default)}")
    elif default is not None:
        words.append(f"default {clean(default)}")
    words += ["identity"] if identity else []
    return " ".join(words)


def _index(row: list[Any]) -> str:
    text = clean(row[2])
    found = _INDEX.match(text)
    shown = f"{'unique ' if found[1] else ''}{text[found.end() :]}" if found else text
    return shown if row[3] is not False else f"{shown} (invalid: not used)"


def _rights(row: list[Any]) -> list[str]:
    return sorted(name for name, may in zip(_RIGHTS, row[1:], strict=True) if may is True)


def _schema_rights(row: list[Any]) -> list[str]:
    return [name for name, may in zip(("create", "usage"), row[1:], strict=True) if may is True]


def _count(row: list[Any]) -> int | None:
    number = whole(row[1])
    return number if number is not None and number <= MOST_ROWS else None
