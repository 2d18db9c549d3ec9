"""RabbitMQ: policies, queues and exchanges with their arguments, plugins, permissions, settings of the broker.

Asked through the broker's own tool, in one program: only what is named here leaves the broker.
Source: RabbitMQ documentation, rabbitmqctl(8) eval, definitions, and the configuration of the `rabbit` application.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity.model.facts import Facts
from parity.probes.database.contract import Answers, Login, Question
from parity.probes.database.texts import clean, compact, one_text, unread

ENGINES = ("rabbitmq",)

_SETTINGS = (
    "auth_backends", "auth_mechanisms", "channel_max", "channel_operation_timeout",
    "cluster_partition_handling", "collect_statistics", "connection_max", "consumer_timeout",
    "default_consumer_prefetch", "default_queue_type", "disk_free_limit", "frame_max", "handshake_timeout",
    "heartbeat", "loopback_users", "max_message_size", "memory_monitor_interval", "msg_store_file_size_limit",
    "queue_index_embed_msgs_below", "queue_leader_locator", "queue_master_locator", "queue_max_length",
    "reverse_dns_lookups", "trace_vhosts", "vhost_max", "vm_memory_calculation_strategy",
    "vm_memory_high_watermark", "vm_memory_high_watermark_paging_ratio",
)  # fmt: skip
"""Of the `rabbit` application: what queues, channels and connections behave by."""
_MOST = 500
_LONGEST = 10_000
_NAME = re.compile(r"[a-z][a-z0-9_]{1,60}")
_DEFINED = ("version", "settings", "policies", "queues", "exchanges", "permissions")

# Its own tool for plugins takes seconds to say what is in one small file.
_PLUGINS = """\
file="${RABBITMQ_ENABLED_PLUGINS_FILE:-/etc/rabbitmq/enabled_plugins}"
if [ -e "$file" ]; then cat "$file"; else echo '[].'; fi
"""
# One program for all: each start of the tool takes seconds. Users, with the hashes of their passwords, stay
# where they are, and so do settings of other names.
_PROGRAM = f"""
Names = [{", ".join(_SETTINGS)}],
Settings = maps:from_list([{{Name, iolist_to_binary(io_lib:format("~0p", [Value]))}}
                           || {{Name, Value}} <- application:get_all_env(rabbit), lists:member(Name, Names)]),
Defined = maps:without([users, <<"users">>], rabbit_definitions:all_definitions()),
io:format("~ts~n", [rabbit_json:encode(Defined#{{settings => Settings}})]).
"""
_QUESTIONS = (
    Question("plugins", ("sh", "-c", _PLUGINS), 1),
    Question("definitions", ("rabbitmqctl", "-q", "eval", _PROGRAM), 1),
)


def questions(answers: Answers, login: Login) -> Sequence[Question]:
    """All are known from the beginning."""
    del answers, login
    return _QUESTIONS


def read(answers: Answers, login: Login) -> Facts:
    """What they say of the virtual host that the application uses."""
    missed = unread(answers)
    told = _json(answers, "definitions", missed)
    version = clean(told.get("rabbitmq_version") or told.get("rabbit_version"), 40)
    why = missed.pop("definitions", "")
    if why:
        missed |= dict.fromkeys(_DEFINED, why)
    host = login.database or "/"
    found: dict[str, Any] = {
        "engine": "rabbitmq",
        "version": version,
        "encrypted": login.encrypted,
        "settings": _settings(told),
        "policies": dict(_policies(told, host)),
        "queues": dict(_queues(told, host)),
        "exchanges": dict(_exchanges(told, host)),
        "permissions": _permissions(told, host, login.user),
        "plugins": _plugins(one_text(answers, "plugins")),
    }
    return Facts(compact(found) if told else {}, missed)


def _json(answers: Answers, name: str, missed: dict[str, str]) -> Mapping[str, Any]:
    text = one_text(answers, name)
    if not text:
        return {}
    try:
        # The tool adds what the program returned.
        found, _ = json.JSONDecoder().raw_decode(text[max(text.find("{"), 0) :])
    except (ValueError, RecursionError):
        missed[name] = "what it answered is no JSON"
        return {}
    return found if isinstance(found, dict) else {}


def _plugins(text: str) -> list[str]:
    """The names in a list of Erlang's: those that were asked for, without what these need."""
    return sorted(set(_NAME.findall(text[:_LONGEST])))


def _of(told: Mapping[str, Any], kind: str, host: str) -> Iterator[Mapping[str, Any]]:
    """The definitions of one kind in one virtual host."""
    rows = told.get(kind)
    for row in (rows if isinstance(rows, list) else [])[:_MOST]:
        if isinstance(row, dict) and row.get("vhost", host) == host:
            yield row


def _settings(told: Mapping[str, Any]) -> dict[str, str]:
    table = told.get("settings")
    own = table if isinstance(table, dict) else {}
    return {name: _text(own[name]) for name in _SETTINGS if name in own}


def _text(value: Any) -> str:
    """A value as JSON, in one order; a text as it is."""
    if isinstance(value, str):
        return clean(value)
    try:
        return clean(json.dumps(value, sort_keys=True, ensure_ascii=False))
    except RecursionError:
        return "…"


def _policies(told: Mapping[str, Any], host: str) -> Iterator[tuple[str, str]]:
    for row in _of(told, "policies", host):
        words = [_text(row.get(key)) for key in ("apply-to", "pattern", "priority", "definition")]
        yield clean(row.get("name"), 120), clean(" ".join(words))


def _queues(told: Mapping[str, Any], host: str) -> Iterator[tuple[str, str]]:
    """All but those that a server named for a client, which live as long as that does."""
    for row in _of(told, "queues", host):
        name = clean(row.get("name"), 120)
        if name and not name.startswith("amq.gen"):
            yield name, _definition(row)


def _exchanges(told: Mapping[str, Any], host: str) -> Iterator[tuple[str, str]]:
    for row in _of(told, "exchanges", host):
        name = clean(row.get("name"), 120)
        if name and not name.startswith("amq."):
            words = [clean(row.get("type"), 40), _definition(row)]
            words += ["internal"] if row.get("internal") else []
            yield name, clean(" ".join(words))


def _definition(row: Mapping[str, Any]) -> str:
    words = ["durable" if row.get("durable") else "transient"]
    words += ["auto-delete"] if row.get("auto_delete") else []
    arguments = row.get("arguments")
    if isinstance(arguments, dict):
        words += [f"{clean(k, 80)}={_text(v)}" for k, v in sorted(arguments.items())]
    return clean(" ".join(words))


def _permissions(told: Mapping[str, Any], host: str, user: str) -> str:
    for row in _of(told, "permissions", host):
        if row.get("user") == user:
            return clean(
                " ".join(f"{key} {_text(row.get(key))}" for key in ("configure", "write", "read"))
            )
    return ""
