"""How names are resolved: `dns.search`, `dns.options`, `localhost`. Source: resolv.conf(5), hosts(5)."""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.inside._tables import plain, rows
from parity.probes.inside.contract import Seen, Wants

LAYER = Layer.RUNNING
NAMES: tuple[str, ...] = ("dns", "localhost")

_RESOLV, _HOSTS = "/etc/resolv.conf", "/etc/hosts"
_OWN = frozenset({"edns0", "trust-ad"})
"""Options that the engine passes on from its host, without effect on what is found."""
_NONE = frozenset({"ndots:0", "ndots:1"})
"""As if nothing were said, but for names without a dot, which are the same to both."""
_MOST = 20


def wants(record: Mapping[str, Any]) -> Wants:
    """As the container has them."""
    del record
    return Wants(inside=(_RESOLV, _HOSTS))


def read(seen: Seen) -> Facts:
    """Servers are left out: each network has its own."""
    lines = [words for words in rows(seen.inside.get(_RESOLV, "")) if words[0][0] not in "#;"]
    search = [plain(word) for words in lines if words[0] == "search" for word in words[1:]]
    options = {word for words in lines if words[0] == "options" for word in words[1:]}
    told = {
        "search": search[:_MOST],
        "options": sorted(map(plain, options - _OWN - _NONE))[:_MOST],
    }
    dns = {name: value for name, value in told.items() if value}
    local = _localhost(seen.inside.get(_HOSTS, ""))
    return Facts(({"dns": dns} if dns else {}) | ({"localhost": local} if local else {}))


def _localhost(text: str) -> list[str]:
    names = (words for words in rows(text) if not words[0].startswith("#"))
    found = [plain(words[0]) for words in names if "localhost" in words[1:]]
    return list(dict.fromkeys(found))[:_MOST]
