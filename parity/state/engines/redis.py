"""Redis and Valkey."""

from collections.abc import Mapping
from typing import Any

from parity.state.engines import reading
from parity.state.engines.contract import Check, Command, DataEngine
from parity.state.engines.shell import login, script, setting

_CLI = """\
auth="${REDISCLI_AUTH:-$(found REDIS_PASSWORD VALKEY_PASSWORD)}"
if [ -z "$auth" ] && [ -r "$CONF" ]; then
  auth="$(sed -n 's/^ *requirepass  *"\\{0,1\\}\\([^" ]*\\).*/\\1/p' "$CONF" | tail -n 1)"
fi
[ -z "$auth" ] || export REDISCLI_AUTH="$auth"
cli() { if command -v redis-cli >/dev/null; then redis-cli $PORT "$@"; else valkey-cli $PORT "$@"; fi; }
"""
_READY = """\
said="$(cli ping 2>&1)"
[ "$said" = PONG ] || { printf '%s\\n' "$said"; exit 1; }
"""
# With an append-only file everything is on disk already; without any way of saving, nothing is.
_SAVE = """\
case "$(cli info persistence 2>&1)" in
  *aof_enabled:1*) exit 0;;
  *aof_enabled:0*) ;;
  *) echo "it does not say how it keeps its data"; exit 1;;
esac
[ -n "$(cli config get save 2>&1 | sed -n 2p)" ] || exit 0
said="$(cli save 2>&1)"
[ "$said" = OK ] || { printf '%s\\n' "$said"; exit 1; }
"""
_CHECK = """\
said="$(cli info persistence 2>&1)"
case "$said" in *loading:0*) ;; *) printf '%s\\n' "$said" | head -n 1; exit 75;; esac
printf '%s\\n' "$said" | tr -d '\\r' | grep -E '^(rdb_last_bgsave_status|aof_last_write_status|aof_last_bgrewrite_status):' |
  grep -v ':ok$' && exit 1
dir="$(cli config get dir 2>/dev/null | sed -n 2p)"
[ -d "$dir" ] || exit 0
for file in "$dir"/*.rdb "$dir"/appendonlydir/*.manifest "$dir"/*.aof; do
  [ -f "$file" ] || continue
  case "$file" in *.rdb) kind=rdb;; *) kind=aof;; esac
  for tool in "redis-check-$kind" "valkey-check-$kind"; do
    command -v "$tool" >/dev/null || continue
    said="$("$tool" "$file" 2>&1)" || { echo "$tool ${file##*/}:"; printf '%s\\n' "$said" | tail -n 2; exit 1; }
    break
  done
done
"""


def _script(text: str, attrs: Mapping[str, Any]) -> Command:
    words = reading.command(attrs)
    port = reading.option(words, "--port")
    given = {"CONF": _conf(attrs), "PORT": f"-p {int(port)}" if port and port.isdigit() else ""}
    password = reading.option(words, "--requirepass")
    if password:
        given["REDISCLI_AUTH"] = password
    return script(_CLI + text, given)


def _conf(attrs: Mapping[str, Any]) -> str:
    word = next(iter(reading.command(attrs)[1:]), "")
    return "" if word.startswith("-") else word


def _url(host: str, port: int, environment: Mapping[str, str]) -> str:
    password = setting(environment, "REDIS_PASSWORD", "VALKEY_PASSWORD")
    return f"redis://{login('', password)}{host}:{port}/0"


def _ready(attrs: Mapping[str, Any]) -> Command:
    # While it loads its data, PING is answered with an error.
    return _script(_READY, attrs)


def _before_pause(attrs: Mapping[str, Any]) -> Command:
    return _script(_SAVE, attrs)


def _checks(attrs: Mapping[str, Any]) -> tuple[Check, ...]:
    says = "its files load as a whole, and the engine's own tools find them in order"
    return (Check(says, _script(_CHECK, attrs)),)


def _folder(attrs: Mapping[str, Any]) -> str:
    given = reading.option(reading.command(attrs), "--dir")
    # Without `dir` it is the folder it was started in; a configuration file may say otherwise.
    if given or _conf(attrs):
        return given or ""
    started_in = str(attrs["Config"].get("WorkingDir") or "")
    return started_in if started_in != "/" else ""


def _nothing_kept(attrs: Mapping[str, Any]) -> bool:
    words = reading.command(attrs)
    saves = reading.option(words, "--save")
    return (
        saves == "" and (reading.option(words, "--appendonly") or "no") == "no" and not _conf(attrs)
    )


ENGINE = DataEngine(
    name="redis",
    title="Redis and Valkey",
    port=6379,
    variable="REDIS_URL",
    programs=("redis-server", "valkey-server", "run-redis"),
    images=("redis", "valkey", "redis-stack", "redis-stack-server"),
    markers=("REDIS_VERSION", "VALKEY_VERSION", "REDIS_VOLUME_DIR"),
    url=_url,
    ready=_ready,
    says=r"[Rr]eady to accept connections",
    stop_signal="SIGTERM",
    folder=_folder,
    before_pause=_before_pause,
    checks=_checks,
    # Else a file that ends too early is cut to what can be read of it, with a line in the log.
    strict=("--aof-load-truncated", "no"),
    nothing_kept=_nothing_kept,
    quirks="With an append-only file a state has every write. With snapshots alone, parity has one "
    "taken (SAVE) after the clients are paused and before the server is. With neither, or without "
    "a volume, the service begins empty. Keys with a time to live end by the clock, not by the state.",
)
