"""What rules ask of values: truth, hosts in URLs and lists, which names lead to which service."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from parity.diff.view import Comparison, Service, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.hidden import MARK

TRUE = frozenset({"true", "yes", "on", "1", "t", "y", "enabled"})
FALSE = frozenset({"false", "no", "off", "0", "f", "n", "disabled"})
LOOPBACK = re.compile(r"^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0)$", re.IGNORECASE)
"""Where a client that is told this connects to: its own container."""

MANY = 8
"""From so many variables on one side alone, one finding speaks of all."""

_PRODUCTION = re.compile(r"(?:^|[^a-z])(?:prod|production|live|prd)(?:$|[^a-z])", re.IGNORECASE)
_HOST = r"(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)"
_URL = re.compile(
    rf"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^\s/@,'\"]*@)?(?P<host>{_HOST})(?::(?P<port>\d+))?",
    re.IGNORECASE,
)
_ONE_HOST = re.compile(_HOST)
_LISTED = re.compile(rf"^(?P<host>{_HOST}):(?P<port>\d{{2,5}})$")


def by_name(pattern: str) -> Callable[[str], bool]:
    """Whether a variable's name holds a pattern, whatever its case. A name is searched once: services
    have many variables of the same names.
    """
    search = re.compile(pattern, re.IGNORECASE).search
    return lru_cache(maxsize=8192)(lambda name: search(name) is not None)


_is_host_name = by_name(
    r"(?:^|_|^PG)(?:HOST|HOSTNAME|HOSTS|SERVER|SERVERS|ADDR|ADDRESS|ENDPOINT|BROKERS?|NODES?)$"
)


@dataclass(frozen=True)
class Endpoint:
    """A host that a value names. `scheme` and `port` are empty where the value has none."""

    scheme: str
    host: str
    port: str


def text(value: Any) -> str | None:
    """A value's text, secrets in it marked; None for what is unset or a secret as a whole."""
    return str(value) if isinstance(value, str) else None


def truth(value: Any) -> bool | None:
    """What a value means as a boolean; None for what is none."""
    word = str(value).strip().lower()
    if word in TRUE:
        return True
    return False if word in FALSE else None


@lru_cache(maxsize=256)
def is_production(name: str) -> bool:
    """Whether an environment is production by its name."""
    return bool(_PRODUCTION.search(name))


def production_is_left(comparison: Comparison) -> bool:
    """Which side is production: the one called so, else the right one."""
    return is_production(comparison.left.name) and not is_production(comparison.right.name)


def endpoints(name: str, value: Any) -> tuple[Endpoint, ...]:
    """The hosts that a variable names: in URLs, in `host:port` lists, or alone where the variable
    is called so.
    """
    given = text(value)
    if not given:
        return ()
    host = _is_host_name(name)
    return _endpoints(given, alone=host) if host or ":" in given else ()


@lru_cache(maxsize=8192)
def _endpoints(given: str, *, alone: bool) -> tuple[Endpoint, ...]:
    if "://" in given:
        return tuple(
            Endpoint(match["scheme"].lower(), match["host"].lower(), match["port"] or "")
            for match in _URL.finditer(given)
        )
    found: list[Endpoint] = []
    for item in (part.strip() for part in given.split(",")):
        listed = _LISTED.match(item)
        if listed:
            found.append(Endpoint("", listed["host"].lower(), listed["port"]))
        elif alone and _ONE_HOST.fullmatch(item) and MARK not in item:
            found.append(Endpoint("", item.lower(), ""))
    return tuple(found)


Calls = tuple[tuple[str, Any, tuple[Endpoint, ...]], ...]


def calls(service: Service) -> Calls:
    """The variables that name hosts: name, value and the hosts."""
    return service.once(_calls)


def _calls(service: Service) -> Calls:
    found = [
        (name, value, endpoints(name, value))
        for name, value in service.environment()
        if isinstance(value, str) and (":" in value or _is_host_name(name))
    ]
    return tuple(row for row in found if row[2])


def names_of(service: Service) -> set[str]:
    """The names under which other containers find a service."""
    names = {service.name.lower()}
    for key in ("container_name", "hostname"):
        if isinstance(value := service.get(key), str):
            names.add(value.lower())
    networks = service.document.get("networks")
    for member in networks.values() if isinstance(networks, Mapping) else ():
        aliases = member.get("aliases") if isinstance(member, Mapping) else None
        names.update(str(alias).lower() for alias in aliases or ())
    return names


@lru_cache(maxsize=4)
def addresses(side: Side) -> Mapping[str, str]:
    """Names of the network -> service, of a whole side."""
    found: dict[str, str] = {}
    for service in side.services.values():
        for name in names_of(service):
            found.setdefault(name, service.name)
    return found


def clients_of(side: Side, target: str) -> Iterator[tuple[str, str]]:
    """(service, variable) of everything that names the service `target` as a host."""
    names = names_of(side.services[target])
    for service in side.services.values():
        if service.name == target:
            continue
        for name, _, hosts in calls(service):
            if any(endpoint.host in names for endpoint in hosts):
                yield service.name, name


def shares_network(service: Service) -> bool:
    """Whether it lives in the network of the host or of another container."""
    mode = service.get("network_mode")
    return isinstance(mode, str) and (mode == "host" or ":" in mode)


LOOPBACK_TEXTS = ("localhost", "127.", "::1", "0.0.0.0")  # noqa: S104 - looked for, not listened on


def says_loopback(value: Any) -> bool:
    """A quick look: whether a value may hold a loopback address at all."""
    given = text(value) or ""
    return "localhost" in given or "127." in given or "::1" in given or "0.0.0.0" in given  # noqa: S104


def is_shared(side: Side, service: str) -> bool:
    """Whether `localhost` in the service may be another one: it shares a network, or is shared."""
    joined = {f"service:{service}", f"container:{service}"}
    return shares_network(side.services[service]) or any(
        other.get("network_mode") in joined for other in side.services.values()
    )


def surplus(both: ServicePair) -> tuple[list[str], list[str]]:
    """Variables that only the left side sets, and those that only the right sets."""
    changed = [str(path[1]) for path in both.changed if path[0] == "environment"]
    return (
        [name for name in changed if not both.right.has_env(name)],
        [name for name in changed if not both.left.has_env(name)],
    )


def is_one_of_many(difference: Difference, comparison: Comparison) -> bool:
    """Whether so many variables are on one side alone that EN030 speaks of all of them together."""
    both = comparison.pair(difference.service)
    if both is None or ABSENT not in (difference.left, difference.right):
        return False
    left, right = surplus(both)
    return len(left if difference.right is ABSENT else right) >= MANY


def is_set(value: Any) -> bool:
    """Whether there is a value that is not empty."""
    return value is not ABSENT and value != ""
