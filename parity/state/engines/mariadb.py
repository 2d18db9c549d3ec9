"""MariaDB, MySQL and Percona Server."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from parity.state.engines import reading
from parity.state.engines.contract import Check, Command, DataEngine
from parity.state.engines.shell import login, script, setting

_HOME = "/var/lib/mysql"
_KINDS = ("MARIADB", "MYSQL")

_TOOL = """\
tool() {
  name="$1"; shift
  if command -v "mariadb-$name" >/dev/null; then "mariadb-$name" "$@"; else "mysql$name" "$@"; fi
}
"""
# `ping` succeeds where a server answers, even if it lets nobody in.
_READY = """\
tool admin ping --connect-timeout=2 -h 127.0.0.1 ${PORT:+-P "$PORT"} 2>&1 && exit 0
tool admin ping --connect-timeout=2 2>&1
"""
_CHECK = """\
MYSQL_PWD="$(found MARIADB_ROOT_PASSWORD MYSQL_ROOT_PASSWORD MARIADB_MASTER_ROOT_PASSWORD)"
export MYSQL_PWD
if ! said="$(tool admin -u root status 2>&1)"; then echo "root cannot log in: $said"; exit 75; fi
said="$(tool check -u root --all-databases --check --extended 2>&1)"
code=$?
bad="$(printf '%s\\n' "$said" | awk '
  function tell() { if (wrong) printf "%s", told; told = ""; wrong = 0 }
  tolower($1) ~ /^(error|warning|info|note|status)$/ || $1 ~ /:$/ {
    told = told name ": " $0 "\\n"
    if (tolower($1) == "error" && $0 !~ /(upgrade|rebuild) required/) wrong = 1
    next
  }
  { tell(); name = $1 }
  END { tell() }')"
if [ -z "$bad" ] && [ "$code" = 0 ]; then exit 0; fi
printf '%s\\n' "${bad:-$said}" | tail -n 20
exit 1
"""


def _of(environment: Mapping[str, str], *names: str) -> str:
    return setting(environment, *(f"{kind}_{name}" for name in names for kind in _KINDS))


def _url(host: str, port: int, environment: Mapping[str, str]) -> str:
    user = _of(environment, "USER")
    password = _of(environment, "PASSWORD") if user else _of(environment, "ROOT_PASSWORD")
    database = _of(environment, "DATABASE")
    return f"mysql://{login(user or 'root', password)}{host}:{port}/{quote(database, safe='')}"


def _ready(attrs: Mapping[str, Any]) -> Command:
    port = reading.option(reading.command(attrs), "-P", "--port") or ""
    return script(_TOOL + _READY, {"PORT": port})


def _checks(attrs: Mapping[str, Any]) -> tuple[Check, ...]:
    del attrs
    says = "every table of every database passes CHECK TABLE"
    return (Check(says, script(_TOOL + _CHECK)),)


def _folder(attrs: Mapping[str, Any]) -> str:
    given = reading.option(reading.command(attrs), "-h", "--datadir")
    return given or (_HOME if reading.declares(attrs, _HOME) else "")


def _arguments(attrs: Mapping[str, Any]) -> tuple[str, ...]:
    del attrs
    # Its events would change the data after the instant.
    return ("--event-scheduler=OFF",)


ENGINE = DataEngine(
    name="mariadb",
    title="MariaDB and MySQL",
    port=3306,
    variable="DATABASE_URL",
    programs=("mariadbd", "mysqld", "mariadbd-safe", "mysqld_safe", "run-mysqld"),
    images=("mariadb", "mysql", "mysql-server", "percona", "percona-server"),
    markers=("MARIADB_VERSION", "MYSQL_MAJOR", "MYSQL_VERSION", "PERCONA_VERSION"),
    url=_url,
    ready=_ready,
    says=r"ready for connections",
    stop_signal="SIGTERM",
    folder=_folder,
    arguments=_arguments,
    checks=_checks,
    quirks="With `innodb_flush_log_at_trx_commit=0` the last second before the instant may be "
    "missing, as after a power cut. MyISAM and MEMORY tables have no log: the first kind is as it "
    "was on disk, the second is empty. Events of the scheduler run in forks as they do in the stack.",
)
