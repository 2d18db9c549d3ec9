"""MySQL and MariaDB: variables as the session sees them, grants, collation, schema, migrations, time zones.

Source: MySQL and MariaDB documentation, INFORMATION_SCHEMA, SHOW GRANTS and system variables.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity.model.facts import Facts
from parity.probes.database import migrations
from parity.probes.database.contract import Answers, Login, Question
from parity.probes.database.texts import clean, compact, first, rows, unread, whole

ENGINES = ("mariadb",)

_PLACES = frozenset({
    "aria_log_dir_path", "basedir", "bind_address", "character_set_client",
    "character_set_connection", "character_set_results", "character_sets_dir",
    "collation_connection", "datadir", "error_count", "external_user", "feedback_server_uid",
    "ft_stopword_file", "general_log_file", "hostname", "identity", "in_transaction", "init_file",
    "insert_id", "last_gtid", "last_insert_id", "lc_messages_dir", "license", "local_infile_dir",
    "log_bin_basename", "log_bin_index", "log_error", "log_slow_query_file", "max_execution_time",
    "max_statement_time", "mysqlx_bind_address", "mysqlx_port", "mysqlx_socket",
    "named_pipe_full_access_group", "pid_file", "plugin_dir", "port", "proxy_user",
    "pseudo_replica_mode", "pseudo_slave_mode", "pseudo_thread_id", "rand_seed1", "rand_seed2",
    "relay_log", "relay_log_basename", "relay_log_index", "relay_log_info_file",
    "replica_load_tmpdir", "report_host", "report_password", "report_port", "report_user",
    "resultset_metadata", "secure_file_priv", "server_id", "server_uid", "server_uuid",
    "skip_replication", "slave_load_tmpdir", "slow_query_log_file", "socket", "system_time_zone",
    "thread_pool_size", "timestamp", "tmpdir", "transaction_read_only", "tx_read_only",
    "use_secondary_engine", "version", "version_comment", "version_compile_machine",
    "version_compile_os", "version_compile_zlib", "version_malloc_library",
    "version_source_revision", "version_ssl_library", "warning_count",
})  # fmt: skip
"""Of the host, of the moment, of where files lie, of parity's own connection; or a fact of its own."""
_FILES = re.compile(
    r"^(?:admin_|caching_sha2_password_\w+_key_path|gtid_|innodb_\w*(?:_dir|_home_dir|_path|_directory|_filename|_file)$"
    r"|innodb_version|innodb_(?:read|write)_io_threads_active|keyring_|rpl_semi_sync_\w*_trace|sha256_password_\w+_key_path"
    r"|ssl_|tls_|wsrep_|debug)"
)
_GRANT = re.compile(
    r"^GRANT (?P<what>.+?) ON (?:TABLE )?(?P<where>\S+) TO ", re.IGNORECASE | re.DOTALL
)
_ROLE = re.compile(r"^GRANT (?P<what>[^ ]+) TO ", re.IGNORECASE)
_MOST_ROWS = 1000
_OWN = "table_schema = database()"
_COLLATION_NAME = re.compile(r"[A-Za-z0-9_]{1,64}\Z")

_QUESTIONS: tuple[Question, ...] = (
    Question("?read-only", "start transaction read only"),
    Question("session", "select version(), database(), @@global.read_only", 1),
    Question("settings", "show session variables", 1500),
    # One of the two is known to each of the servers.
    Question("?mariadb-limit", "set session max_statement_time = 5"),
    Question("?mysql-limit", "set session max_execution_time = 5000"),
    Question("?locks", "set session lock_wait_timeout = 2"),
    Question("grants", "show grants", 1000),
    Question("encrypted", "show session status like 'Ssl_cipher'", 1),
    Question("collation", "select @@character_set_database, @@collation_database", 1),
    Question(
        "tables",
        "select table_name, table_type, engine, table_collation from information_schema.tables"
        f" where {_OWN}",
        1000,
    ),
    Question(
        "schema",
        "select table_name, column_name, column_type, is_nullable, column_default, extra, collation_name"
        f" from information_schema.columns where {_OWN}",
        5000,
    ),
    Question(
        "indexes",
        "select table_name, index_name, non_unique, seq_in_index, column_name, sub_part, index_type"
        f" from information_schema.statistics where {_OWN}",
        5000,
    ),
    Question(
        "constraints",
        "select k.table_name, k.constraint_name, k.ordinal_position, k.column_name, k.referenced_table_name,"
        " k.referenced_column_name, r.update_rule, r.delete_rule"
        " from information_schema.key_column_usage k join information_schema.referential_constraints r"
        " on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name"
        " and r.table_name = k.table_name"
        " where k.table_schema = database() and k.referenced_table_name is not null",
        3000,
    ),
    Question(
        "rows referred-to",
        "select distinct t.table_name from information_schema.key_column_usage k"
        " join information_schema.tables t on t.table_schema = k.table_schema"
        " and t.table_name = k.referenced_table_name"
        " where k.table_schema = database() and k.referenced_table_name <> k.table_name"
        " and t.table_rows < 20000",
        100,
    ),
    Question(
        "time-zones",
        "select convert_tz('2024-07-01 12:00:00', 'UTC', 'Europe/Budapest') is not null",
        1,
    ),
)


def questions(answers: Answers, login: Login) -> Sequence[Question]:
    """The fixed ones, and then those on what turned out to be there."""
    del login
    if "schema" not in answers:
        return _QUESTIONS
    columns: dict[str, list[str]] = {}
    for row in rows(answers, "schema", 7):
        columns.setdefault(_plain(row[0]), []).append(_plain(row[1]))
    return (*_sort(answers), *migrations.questions(columns, _quoted), *_counts(answers))


def _plain(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _sort(answers: Answers) -> Iterator[Question]:
    row = first(answers, "collation", 2)
    if row and _COLLATION_NAME.match(str(row[1])):
        letters = " union all ".join(f"select _{row[0]} {c!r} x" for c in "aBcAbCz")
        letters += f" union all select convert(_utf8mb4 0xC3A9 using {row[0]}) x"
        order = f"x collate {row[1]}, hex(x)"
        text = f"select group_concat(x order by {order} separator ' ') from ({letters}) l"
        if _COLLATION_NAME.match(str(row[0])):
            yield Question("collation-sort", text, 1)


def _counts(answers: Answers) -> Iterator[Question]:
    parts = [
        f"select {_quoted_text(_plain(name))}, count(*) from "
        f"(select 1 from {_quoted(_plain(name))} limit {_MOST_ROWS + 1}) x"
        for (name,) in rows(answers, "rows referred-to", 1)
    ]
    if parts:
        yield Question("rows counted", " union all ".join(parts), len(parts))


def _quoted_text(name: str) -> str:
    return "'" + name.replace("\\", "").replace("'", "''") + "'"


def read(answers: Answers, login: Login) -> Facts:
    """What they say; each table of facts is there where its question was answered."""
    session = first(answers, "session", 3) or [None] * 3
    version = clean(session[0], 80)
    cipher = first(answers, "encrypted", 2)
    zones = first(answers, "time-zones", 1)
    found: dict[str, Any] = {
        "engine": "mariadb" if "mariadb" in version.lower() else "mysql",
        "version": version.partition("-")[0],
        "settings": _settings(answers),
        "grants": _grants(answers, clean(session[1]) or login.database),
        "encrypted": bool(cipher[1]) if cipher else None,
        **_collation(answers),
        "tables": {
            clean(name, 130): clean(
                f"{'view' if 'VIEW' in str(kind) else engine} {collation or ''}"
            )
            for name, kind, engine, collation in rows(answers, "tables", 4)
        },
        "schema": _schema(answers),
        "indexes": _indexes(answers),
        "constraints": _constraints(answers),
        "rows": _rows(answers),
        "time-zones": bool(zones[0]) if zones else None,
        **migrations.read(answers).values,
    }
    return Facts(compact(found) if version else {}, unread(answers))


def _settings(answers: Answers) -> dict[str, str]:
    return {
        clean(name, 120): clean(value)
        for name, value in rows(answers, "settings", 2)
        if _plain(name) not in _PLACES and not _FILES.match(_plain(name))
    }


def _grants(answers: Answers, database: str) -> list[str]:
    """`select`, `select on *.*`, `execute on other`. Of what stands after TO nothing is kept: a hash may."""
    found: set[str] = set()
    for (text,) in rows(answers, "grants", 1):
        line = _plain(text)[:20_000]
        match = _GRANT.match(line)
        if match:
            where = _where(match["where"], database)
            for right in re.split(r",\s*(?![^(]*\))", match["what"]):
                found.add(clean(f"{right.lower()}{where}", 200))
            if " WITH GRANT OPTION" in line.upper():
                found.add(f"grant option{where}")
        elif role := _ROLE.match(line):
            found.add(clean(f"role {role['what']}", 200).replace("`", ""))
    return sorted(found - {"usage on *.*"})


def _where(place: str, database: str) -> str:
    bare = place.replace("`", "").replace("\\", "")
    schema, _, table = bare.partition(".")
    if bare == "*.*":
        return " on *.*"
    if schema != database:
        return " on other databases"
    return "" if table == "*" else f" on {clean(table, 80)}"


def _collation(answers: Answers) -> dict[str, Any]:
    row = first(answers, "collation", 2)
    if row is None:
        return {}
    sort = first(answers, "collation-sort", 1)
    table = {"name": clean(row[1], 80), "sort": clean(sort[0], 60) if sort else None}
    return {"encoding": clean(row[0], 40), "collation": compact(table)}


def _schema(answers: Answers) -> dict[str, Any]:
    found: dict[str, dict[str, str]] = {}
    for table, column, kind, nullable, default, extra, collation in rows(answers, "schema", 7):
        words = [clean(kind, 200)]
        words += [f"collate {clean(collation, 80)}"] if collation else []
        words += ["not null"] if _plain(nullable) == "NO" else []
        # MariaDB writes the default that is none as a word.
        words += [f"default {clean(default)}"] if default is not None and default != "NULL" else []
        words += [clean(extra, 120).lower()] if extra else []
        found.setdefault(clean(table, 130), {})[clean(column, 80)] = " ".join(words)
    return found


def _indexes(answers: Answers) -> dict[str, Any]:
    parts: dict[tuple[str, str], list[tuple[int, str]]] = {}
    about: dict[tuple[str, str], str] = {}
    for table, name, non_unique, place, column, part, kind in rows(answers, "indexes", 7):
        key = (clean(table, 130), clean(name, 80))
        text = clean(column, 80) + (f"({whole(part)})" if part else "")
        parts.setdefault(key, []).append((whole(place) or 0, text))
        about[key] = f"{'' if whole(non_unique) else 'unique '}{clean(kind, 20).lower()}"
    found: dict[str, dict[str, str]] = {}
    for (table, name), columns in parts.items():
        listed = ", ".join(text for _, text in sorted(columns))
        found.setdefault(table, {})[name] = clean(f"{about[table, name]} ({listed})")
    return found


def _constraints(answers: Answers) -> dict[str, Any]:
    """Foreign keys; primary and unique ones are indexes here."""
    parts: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    about: dict[tuple[str, str], tuple[str, str]] = {}
    for table, name, place, column, other, other_column, update, delete in rows(
        answers, "constraints", 8
    ):
        key = (clean(table, 130), clean(name, 80))
        parts.setdefault(key, []).append(
            (whole(place) or 0, clean(column, 80), clean(other_column, 80))
        )
        rules = f"on update {clean(update, 20)} on delete {clean(delete, 20)}"
        about[key] = (clean(other, 130), rules.lower())
    found: dict[str, dict[str, str]] = {}
    for (table, name), columns in parts.items():
        own = ", ".join(column for _, column, _ in sorted(columns))
        others = ", ".join(column for _, _, column in sorted(columns))
        other, rules = about[table, name]
        found.setdefault(table, {})[name] = clean(
            f"foreign key ({own}) references {other}({others}) {rules}"
        )
    return found


def _rows(answers: Answers) -> Mapping[str, int]:
    told = {clean(name, 130): whole(count) for name, count in rows(answers, "rows counted", 2)}
    return {
        name: count for name, count in told.items() if count is not None and count <= _MOST_ROWS
    }
