"""PostgreSQL, and what is built on it: PostGIS, TimescaleDB, pgvector."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from parity.state.engines import reading
from parity.state.engines.contract import Check, Command, DataEngine
from parity.state.engines.shell import login, script, setting

_VERSION = re.compile(r"(?:/postgresql/|/pgsql-|^)(\d+)")
_SYNCFS = 14
_STATE_AT = 16
"""pg_control begins with the system's id (8 bytes) and two versions (4 each); its state is next."""
_CLEAN = (1, 2)
_STATES = (
    "starting up", "shut down", "shut down in recovery", "shutting down", "in crash recovery",
    "in archive recovery", "in production",
)  # fmt: skip

_LOGIN = """\
PGPASSWORD="$(found PGPASSWORD POSTGRES_POSTGRES_PASSWORD POSTGRES_PASSWORD POSTGRESQL_POSTGRES_PASSWORD POSTGRESQL_PASSWORD)"
export PGPASSWORD
for user in "$POSTGRES_USER" postgres "$POSTGRESQL_USERNAME"; do
  [ -n "$user" ] || continue
  said="$(psql -U "$user" -d template1 -Atc 'show is_superuser' 2>&1)" && [ "$said" = on ] && break
done
"""
_AS_SUPERUSER = (
    _LOGIN
    + """\
if [ "$said" != on ]; then echo "no superuser can log in: $said"; exit 75; fi
export PGUSER="$user"
"""
)
# A recovery would take sequences up to 32 numbers further than anybody asked for. Who may not ask
# for a checkpoint has such a gap, and loses nothing.
_CHECKPOINT = (
    _LOGIN
    + """\
[ "$said" = on ] || exit 0
psql -U "$user" -d template1 -qc checkpoint 2>&1
"""
)
_AMCHECK = """\
if command -v pg_amcheck >/dev/null; then
  said="$(pg_amcheck --all --install-missing 2>&1)" && exit 0
  case "$said" in
    *'could not open extension control file'*|*'is not available'*) ;;
    *) printf '%s\\n' "$said"; exit 1;;
  esac
fi
pg_dumpall 2>&1 >/dev/null
"""


def _environment(attrs: Mapping[str, Any]) -> Mapping[str, str]:
    return reading.environment(attrs)


def _url(host: str, port: int, environment: Mapping[str, str]) -> str:
    user = setting(environment, "POSTGRES_USER", "POSTGRESQL_USERNAME") or "postgres"
    password = setting(environment, "POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD")
    database = setting(environment, "POSTGRES_DB", "POSTGRESQL_DATABASE") or user
    return f"postgresql://{login(user, password)}{host}:{port}/{quote(database, safe='')}"


def _port(attrs: Mapping[str, Any]) -> str:
    words = reading.command(attrs)
    return reading.option(words, "-p", "--port", "port") or ""


def _ready(attrs: Mapping[str, Any]) -> Command:
    # Over TCP: while an image sets up a new cluster, its server listens on the socket alone.
    port = _port(attrs)
    return Command(
        ("pg_isready", "-q", "-t", "2", "-h", "127.0.0.1", *(("-p", port) if port else ()))
    )


def _on_port(attrs: Mapping[str, Any], text: str) -> Command:
    port = _port(attrs)
    return script((f"export PGPORT={int(port)}\n" if port.isdigit() else "") + text)


def _before_pause(attrs: Mapping[str, Any]) -> Command:
    return _on_port(attrs, _CHECKPOINT)


def _checks(attrs: Mapping[str, Any]) -> tuple[Check, ...]:
    says = "every table, index and page can be read and is in order"
    return (Check(says, _on_port(attrs, _AS_SUPERUSER + _AMCHECK)),)


def _folder(attrs: Mapping[str, Any]) -> str:
    given = reading.option(reading.command(attrs), "-D", "--pgdata", "data_directory")
    return given or _environment(attrs).get("PGDATA", "")


def _arguments(attrs: Mapping[str, Any]) -> tuple[str, ...]:
    # pg_cron would run its jobs, autovacuum would write, and archiving would tell the outside.
    words = ["autovacuum=off", "archive_mode=off", "cron.launch_active_jobs=off"]
    if _version(attrs) >= _SYNCFS:
        # One call for the whole file system in the place of one for each of the files.
        words.append("recovery_init_sync_method=syncfs")
    return tuple(part for word in words for part in ("-c", word))


def _version(attrs: Mapping[str, Any]) -> int:
    """The server's major version, as its image says it; 0 where it does not."""
    environment = _environment(attrs)
    said = [environment.get(name, "") for name in ("PG_MAJOR", "PATH")]
    if "POSTGRESQL_VOLUME_DIR" in environment:
        said.append(environment.get("APP_VERSION", ""))
    found = (match for text in said for match in (_VERSION.search(text),) if match)
    return next((int(match[1]) for match in found), 0)


def _sealed(attrs: Mapping[str, Any]) -> str:
    folder = _folder(attrs)
    return f"{folder}/global/pg_control" if folder else ""


def _unclean(content: bytes) -> str:
    state = int.from_bytes(content[_STATE_AT : _STATE_AT + 4], "little")
    if state in _CLEAN:
        return ""
    return f"pg_control says: {_STATES[state] if state < len(_STATES) else f'state {state}'}"


ENGINE = DataEngine(
    name="postgres",
    title="PostgreSQL",
    port=5432,
    variable="DATABASE_URL",
    programs=("postgres", "postmaster", "run-postgresql"),
    images=("postgres", "postgresql", "postgis", "timescaledb", "timescaledb-ha", "pgvector"),
    markers=("PG_MAJOR", "POSTGRESQL_VOLUME_DIR"),
    url=_url,
    ready=_ready,
    says=r"database system is ready to accept (?:read-only )?connections",
    # Fast shutdown. The usual SIGTERM waits until every client has left.
    stop_signal="SIGINT",
    folder=_folder,
    arguments=_arguments,
    before_pause=_before_pause,
    checks=_checks,
    sealed=_sealed,
    unclean=_unclean,
    quirks="With `synchronous_commit=off` the last moments before the instant may be missing, as "
    "after a power cut. Unlogged tables are empty in a state that was taken of a running server. "
    "A cluster of several servers is saved as so many single ones.",
)
