"""RabbitMQ."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from parity.state.engines import reading
from parity.state.engines.contract import Check, Command, DataEngine
from parity.state.engines.shell import login, script, setting

_HOME = "/var/lib/rabbitmq"
# A queue's index is written when the queue has been idle for a second or two. What it does then is
# asked for here; where a broker has no such function, that time is waited for.
_FLUSH = """\
rabbitmqctl -q eval '
  Queues = [Queue || Queue <- rabbit_amqqueue:list(), is_pid(amqqueue:get_pid(Queue))],
  Write = fun(_, State) -> rabbit_variable_queue:handle_pre_hibernate(State) end,
  [rabbit_amqqueue:run_backing_queue(amqqueue:get_pid(Queue), rabbit_variable_queue, Write) || Queue <- Queues],
  [catch rabbit_amqqueue:info(Queue, [messages]) || Queue <- Queues],
  ok.' >/dev/null 2>&1 || sleep 3
"""
_CHECK = """\
said="$(rabbitmq-diagnostics -q check_virtual_hosts 2>&1)" || { printf '%s\\n' "$said"; exit 1; }
hosts="$(rabbitmqctl -q --no-table-headers list_vhosts name 2>&1)" || { printf '%s\\n' "$hosts"; exit 1; }
[ -n "$hosts" ] || { echo "no virtual host: it began with nothing"; exit 1; }
printf '%s\\n' "$hosts" | while read -r host; do
  said="$(rabbitmqctl -q --no-table-headers list_queues -p "$host" name state 2>&1)" ||
    { printf '%s\\n' "$said"; exit 1; }
  printf '%s\\n' "$said" | grep -E '[[:space:]](down|crashed|minority)$' && exit 1
  :
done
"""

# Counters of what was published and taken, every definition, and what lies in the queues: a message
# may end by the clock without anybody asking for it.
_MARK = """\
rabbitmqctl -q eval '
  Counted = rabbit_global_counters:overview(),
  Defined = maps:without([rabbitmq_version, rabbit_version], rabbit_definitions:all_definitions()),
  Held = lists:sort([{amqqueue:get_name(Queue), catch rabbit_amqqueue:info(Queue, [messages, messages_unacknowledged])}
                     || Queue <- rabbit_amqqueue:list()]),
  Kept = [maps:with([messages_received_total, messages_acknowledged_total, messages_delivered_total,
                     messages_get_empty_total, messages_redelivered_total], Values) || Values <- maps:values(Counted)],
  erlang:phash2({Kept, Defined, Held}, 4294967296).'
"""


def _url(host: str, port: int, environment: Mapping[str, str]) -> str:
    user = setting(environment, "RABBITMQ_DEFAULT_USER", "RABBITMQ_USERNAME", "RABBITMQ_USER")
    password = setting(environment, "RABBITMQ_DEFAULT_PASS", "RABBITMQ_PASSWORD")
    named = any(
        name.startswith(("RABBITMQ_DEFAULT_PASS", "RABBITMQ_PASSWORD")) for name in environment
    )
    vhost = setting(environment, "RABBITMQ_DEFAULT_VHOST", "RABBITMQ_VHOST") or "/"
    known = login(user or "guest", password or ("" if named or user else "guest"))
    return f"amqp://{known}{host}:{port}/{quote(vhost, safe='')}"


def _ready(attrs: Mapping[str, Any]) -> Command:
    del attrs
    return Command(("rabbitmq-diagnostics", "-q", "check_running"))


def _before_pause(attrs: Mapping[str, Any]) -> Command:
    del attrs
    return script(_FLUSH)


def _mark(attrs: Mapping[str, Any]) -> Command:
    del attrs
    return script(_MARK)


def _checks(attrs: Mapping[str, Any]) -> tuple[Check, ...]:
    del attrs
    return (Check("every virtual host is up, and every queue answers", script(_CHECK)),)


def _folder(attrs: Mapping[str, Any]) -> str:
    environment = reading.environment(attrs)
    given = setting(environment, "RABBITMQ_MNESIA_DIR", "RABBITMQ_MNESIA_BASE", "RABBITMQ_DATA_DIR")
    return given or (_HOME if reading.declares(attrs, _HOME) else "")


ENGINE = DataEngine(
    name="rabbitmq",
    title="RabbitMQ",
    port=5672,
    variable="AMQP_URL",
    programs=("rabbitmq-server",),
    images=("rabbitmq",),
    markers=("RABBITMQ_VERSION", "RABBITMQ_DATA_DIR", "RABBITMQ_VOLUME_DIR"),
    url=_url,
    ready=_ready,
    says=r"Server startup complete",
    stop_signal="SIGTERM",
    folder=_folder,
    before_pause=_before_pause,
    mark=_mark,
    checks=_checks,
    keep=("hostname",),
    quirks="It files its data under its host's name, so that a copy keeps the name; under another "
    "one it starts empty, without an error. Only durable queues and persistent messages are kept; "
    "parity has their index written after the clients are paused. Messages end by the clock where "
    "they have a time to live. A cluster of several nodes is not settled: a node alone waits for the others.",
)
