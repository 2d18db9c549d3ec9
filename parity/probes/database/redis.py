"""Redis and Valkey: settings, role, cluster, modules, and the commands that the application may not use.

Where CONFIG is forbidden, as in managed services, INFO tells the most important of the settings.
Source: Redis documentation, CONFIG GET, INFO, ACL DRYRUN, COMMAND INFO.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity.model.facts import Facts
from parity.probes.database.contract import Answers, Login, Question, Rows
from parity.probes.database.texts import clean, compact, unread, whole

ENGINES = ("redis",)

_PLACES = re.compile(
    r"^(?:bind|bind-source-addr|port|tls-port|dir|dbfilename|pidfile|logfile|aclfile|unixsocket.*|requirepass"
    r"|masterauth|masteruser|primaryauth|primaryuser|replicaof|slaveof|cluster-(?:announce|config).*"
    r"|(?:replica|slave)-announce-.*|append(?:filename|dirname)|tls-.*-(?:file|dir|pass)|.*password.*|syslog-.*"
    r"|proc-title-template|set-proc-title|.*[-_]cpulist|supervised|daemonize|availability-zone|locale-collate"
    r"|loadmodule|rdbchannel.*|io-threads-do-reads|daily-.*|crash-.*|always-show-logo|loglevel|logfile)$"
)
"""Of where files lie, of the host, of one server among equals; or a password."""
_NEEDED: tuple[tuple[str, ...], ...] = (
    ("config", "get", "maxmemory"), ("info",), ("keys", "x"), ("scan", "0"), ("dbsize",), ("select", "1"),
    ("flushdb",), ("flushall",), ("eval", "return 1", "0"), ("evalsha", "0" * 40, "0"),
    ("script", "load", "return 1"), ("subscribe", "x"), ("psubscribe", "x"), ("publish", "x", "y"),
    ("multi",), ("watch", "x"), ("client", "setname", "x"), ("client", "list"), ("object", "encoding", "x"),
    ("memory", "usage", "x"), ("xadd", "x", "*", "a", "b"), ("blpop", "x", "1"), ("sort", "x"), ("set", "x", "y"),
    ("get", "x"), ("del", "x"), ("expire", "x", "1"), ("monitor",), ("save",), ("bgsave",), ("debug", "jmap"),
)  # fmt: skip
"""With arguments that each of them takes: they are only asked about, never run."""
_FALLBACK = {
    "maxmemory": "maxmemory",
    "maxmemory_policy": "maxmemory-policy",
    "aof_enabled": "appendonly",
}
_TRY = "acl of "
_LISTS = 7
"""The version that can say whether a user may run a command."""


def questions(answers: Answers, login: Login) -> Sequence[Question]:
    """The fixed ones, and then whether the user that it turned out to be may run what programs need."""
    del login
    if "info" not in answers:
        return (
            Question("info", ("info",)),
            Question("settings", ("config", "get", "*")),
            Question("modules", ("module", "list")),
            Question("acl commands", ("command", "info", *dict.fromkeys(w[0] for w in _NEEDED))),
            Question("acl user", ("acl", "whoami")),
        )
    user = _texts(answers, "acl user")[:1]
    return [
        Question(f"{_TRY}{' '.join(words)}", ("acl", "dryrun", *user, *words))
        for words in (_NEEDED if user else ())
    ]


def read(answers: Answers, login: Login) -> Facts:
    """What they say. Answers are trees of texts, one in a row: see `Rows`."""
    told = _info(answers)
    if not told:
        return Facts({}, unread(answers))
    acl = _forbidden(answers)
    found: dict[str, Any] = {
        "engine": "redis",
        "version": clean(told.get("valkey_version") or told.get("redis_version"), 40),
        "settings": _settings(answers, told),
        "cluster": _switch(told.get("cluster_enabled")),
        "replica": told["role"] == "slave" if "role" in told else None,
        "encrypted": login.encrypted,
        "authentication": _authentication(login),
        "modules": _modules(answers),
    }
    lists = {name: each for name, each in (("acl", acl),) if each is not None}
    return Facts({**compact(found), **lists}, _unread(answers, told))


def _authentication(login: Login) -> str:
    """What the application shows of itself; a server of one password has one user, `default`."""
    if login.user not in ("", "default"):
        return "user"
    return "password" if login.password else "none"


def _unread(answers: Answers, told: Mapping[str, str]) -> dict[str, str]:
    """A server without access lists has no user to ask about: what it has is for everybody."""
    missed = unread(answers)
    if whole(str(told.get("redis_version")).partition(".")[0] or 0) in range(_LISTS):
        missed.pop("acl", None)
    return missed


def _texts(answers: Answers, name: str) -> list[str]:
    """The flat texts of an answer."""
    found: Rows | str = answers.get(name, ())
    if isinstance(found, str):
        return []
    return [str(row[0]) for row in found if row and isinstance(row[0], (str, int))]


def _info(answers: Answers) -> dict[str, str]:
    lines = "\n".join(_texts(answers, "info")).splitlines()
    pairs = (line.partition(":") for line in lines[:2000] if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _switch(value: str | None) -> bool | None:
    return None if value is None else value == "1"


def _settings(answers: Answers, told: Mapping[str, str]) -> dict[str, str]:
    if isinstance(answers.get("settings"), str):
        found = {name: told[given] for given, name in _FALLBACK.items() if given in told}
        if "appendonly" in found:
            found["appendonly"] = "yes" if found["appendonly"] == "1" else "no"
        return {name: clean(value) for name, value in found.items()}
    words = _texts(answers, "settings")
    pairs = dict(zip(words[::2], words[1::2], strict=False))
    return {
        clean(name, 80): clean(value)
        for name, value in pairs.items()
        if not _PLACES.match(name) and _today(name) not in pairs.keys() - {name}
    }


def _today(name: str) -> str:
    """The name that an old one has now; a server tells both."""
    return name.replace("slave", "replica").replace("ziplist", "listpack")


def _modules(answers: Answers) -> list[str] | None:
    found: Rows | str = answers.get("modules", ())
    if isinstance(found, str):
        return None
    return sorted({clean(name, 60) for row in found for name in _names(row)})


def _names(row: Sequence[Any]) -> Iterator[str]:
    """A module is told as a list of names and values in turn."""
    fields = row[0] if row and isinstance(row[0], (list, tuple)) else row
    for name, value in zip(fields[::2], fields[1::2], strict=False):
        if name == "name" and isinstance(value, str):
            yield value


def _forbidden(answers: Answers) -> list[str] | None:
    """Commands that are not there (renamed away), and those that the user may not run."""
    tried = {n.removeprefix(_TRY): a for n, a in answers.items() if n.startswith(_TRY)}
    commands: Rows | str = answers.get("acl commands", ())
    if isinstance(commands, str) and all(isinstance(a, str) for a in tried.values()):
        return None
    known: set[str] = set()
    if not isinstance(commands, str):
        told = [row[0] for row in commands if row]
        known = {str(each[0]).lower() for each in told if isinstance(each, (list, tuple)) and each}
    gone = {words[0] for words in _NEEDED if known and words[0] not in known}
    denied = {
        name.partition(" ")[0]
        for name, answer in tried.items()
        if not isinstance(answer, str) and _texts({"": answer}, "")[:1] != ["OK"]
    }
    return sorted(gone | denied)
