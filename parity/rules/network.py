"""NE: how services reach each other and the world: modes, names, resolvers, closed networks."""

import re
from collections.abc import Iterator
from typing import Any

from parity.diff.view import Comparison, Service, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules._notations import shared_by_nature
from parity.rules._values import endpoints
from parity.rules.contract import Found, joint, single

_OF_HOST = re.compile(
    r"\b(host\.docker\.internal|gateway\.docker\.internal|host\.containers\.internal"
    r"|docker\.for\.(?:mac|win)\.(?:host\.internal|localhost))\b",
    re.IGNORECASE,
)
_LOOKUP = (
    "could not resolve", "name or service not known", "ENOTFOUND", "no such host", "unknown host",
    "temporary failure in name resolution", "getaddrinfo",
)  # fmt: skip
_REFUSED = (
    "ECONNREFUSED",
    "connection refused",
    "no route to host",
    "network is unreachable",
    "time(d)? ?out",
)
_URL_WITH_UNDERSCORE = re.compile(
    r"\b(?:https?|wss?)://(?:[^\s/@'\"]*@)?([a-z0-9-]*_[a-z0-9_-]*)(?=[:/\s;'\"]|$)", re.IGNORECASE
)
_WEB = frozenset({"http", "https", "ws", "wss"})
_STORES = frozenset(
    {
        "postgres",
        "mysql",
        "mariadb",
        "mongodb",
        "redis",
        "memcached",
        "rabbitmq",
        "kafka",
        "pgbouncer",
    }
)


@single(
    "NE001", "network.mode-differs", Severity.ERROR, paths=("network_mode",),
    symptoms=(*_LOOKUP, *_REFUSED), since="0.2",
)  # fmt: skip
def mode_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The service lives in the host's network, in another container's or in none on one side only.

    What it compares:
        `network_mode`; without one a service is in networks of its own. `bridge` and `default` are no
        difference, nor is the network that the containers of a pod or task share.

    Why it matters:
        In the host's network `localhost` is the host, services have no names, and every port is taken on
        the machine. With `none` nothing is reached. A shared network is a warning: `localhost` is then
        the other container too.

    Example:
        local: no `network_mode`
        production: `network_mode: host`

    What to do:
        Use the same mode, and service names instead of `localhost`.

    When to ignore it:
        Monitoring agents and VPN clients that production runs beside the service.

    References:
        Compose Specification on network_mode; incident hdi-ddev-bluemix.
    """
    shown = [
        "" if shared_by_nature(value, side.source) else _mode(value)
        for value, side in (
            (difference.left, comparison.left),
            (difference.right, comparison.right),
        )
    ]
    if shown[0] == shown[1]:
        return
    words = [
        {"": "networks of its own", "host": "the host's network", "none": "no network"}.get(
            mode, f"the network of {mode.partition(':')[2] or mode}"
        )
        for mode in shown
    ]
    strong = {"host", "none"} & set(shown)
    yield Found(
        f"it lives in {words[0]} in {comparison.left.name} and in {words[1]} in {comparison.right.name}",
        "use the same network_mode on both sides",
        severity=None if strong else Severity.WARNING,
    )


def _mode(value: Any) -> str:
    return "" if value is ABSENT or value in ("bridge", "default", "") else str(value)


@joint("NE002", "network.name-of-the-host", Severity.WARNING, symptoms=_LOOKUP, since="0.2")
def name_of_the_host(side: Side) -> Iterator[Found]:
    """A setting names `host.docker.internal`, and nothing defines it.

    What it compares:
        Variables, commands and mounted configuration that name the host by Docker Desktop's special
        name, with `extra_hosts` of the same service.

    Why it matters:
        Docker Desktop answers to the name, an engine on Linux does not, nor does a cluster: the same
        definition works on a Mac and fails with "unknown host" on the server.

    Example:
        local: `DB_HOST=host.docker.internal` on Docker Desktop
        production: the same on a Linux server

    What to do:
        Add `extra_hosts: ["host.docker.internal:host-gateway"]`, or name a service.

    When to ignore it:
        When everybody who runs this environment has Docker Desktop.

    References:
        Incident hdi-ddev-bluemix; Docker documentation on networking for Docker Desktop.
    """
    for service in side.mentioning("docker.internal", "containers.internal", "docker.for."):
        known = {str(path[1]).lower() for path in service.settings if path[0] == "extra_hosts"}
        for path, text in _texts(service):
            match = _OF_HOST.search(text)
            if match and match[1].lower() not in known and service.get("network_mode") != "host":
                yield Found(
                    f"`{match[1]}` is named, which only Docker Desktop knows by itself",
                    f'extra_hosts: ["{match[1]}:host-gateway"]',
                    ((service.name, path),),
                    None if side.source in ("compose", "docker") else Severity.ERROR,
                )
                break


def _texts(service: Service, holding: str = "") -> Iterator[tuple[Path, str]]:
    """What may name a host: variables, command lines, health checks, contents of files."""
    for name, value in service.variables.items():
        if isinstance(value, str) and value and holding in value:
            yield ("environment", name), value
    for path, value in service.others.items():
        text = ""
        if path[0] in ("command", "entrypoint") or path == ("healthcheck", "test"):
            text = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        elif path[0] in ("configs", "volumes") and path[-1] == "content":
            text = str(value)
        if text and holding in text:
            yield path, text


@single(
    "NE003", "network.extra-hosts-differ", Severity.WARNING, paths=("extra_hosts.*",),
    symptoms=_LOOKUP, since="0.2",
)  # fmt: skip
def extra_hosts_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A host name is written into the container on one side only, or with another address.

    What it compares:
        `extra_hosts` by name.

    Why it matters:
        On one side the name leads where the definition says, on the other the resolver decides: to
        another machine, or to none.

    Example:
        local: `extra_hosts: ["api.example:10.0.0.5"]`
        production: unset

    What to do:
        Write the entry on both sides, or give the name through the network's resolver.

    When to ignore it:
        Names of the developer's own machine that no setting mentions.

    References:
        Incident hdi-ddev-bluemix; Compose Specification on extra_hosts.
    """
    name = str(difference.path[1])
    names = comparison.left.name, comparison.right.name
    if ABSENT in (difference.left, difference.right):
        has, lacks = names if difference.right is ABSENT else (names[1], names[0])
        both = comparison.pair(difference.service)
        used = both is not None and any(
            name.lower() in text.lower() for s in (both.left, both.right) for _, text in _texts(s)
        )
        yield Found(
            f"`{name}` leads to a written address in {has}, and where the resolver says in {lacks}",
            f"write it in extra_hosts of {lacks} too",
            severity=None if used else Severity.INFO,
        )
    else:
        yield Found(
            f"`{name}` leads to {_joined(difference.left)} in {names[0]} "
            f"and to {_joined(difference.right)} in {names[1]}",
            "write the same address on both sides, if it is the same machine",
            severity=Severity.INFO,
        )


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@single(
    "NE004", "network.resolver-differs", Severity.WARNING, paths=("dns", "dns_search", "dns_opt"),
    symptoms=_LOOKUP, since="0.2",
)  # fmt: skip
def resolver_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Host names are looked up by other servers, domains or options on the other side.

    What it compares:
        `dns`, `dns_search` and `dns_opt`.

    Why it matters:
        A short name finds its host through the search list of one side only. With `ndots:5` every name is
        tried with each search domain first: lookups are slower, and wildcards answer wrongly.

    Example:
        local: the engine's resolver
        production: `dns_opt: ["ndots:5"]`, `dns_search: [shop.svc.cluster.local]`

    What to do:
        Use full names in settings, and the same resolver options on both sides.

    When to ignore it:
        Another DNS server that answers alike.

    References:
        Incidents ndots-mdn-mysql-host, musl-dns-search-domains-k8s-508; resolv.conf(5).
    """
    shown = [
        "the engine's" if v is ABSENT or v == () else _joined(v)
        for v in (difference.left, difference.right)
    ]
    if shown[0] != shown[1]:
        field = difference.path[0]
        yield Found(
            f"names are looked up otherwise: `{field}` is {shown[0]} in {comparison.left.name} "
            f"and {shown[1]} in {comparison.right.name}",
            f"set {field} alike on both sides",
            severity=Severity.INFO if field == "dns" else None,
        )


@joint(
    "NE005", "network.underscore-in-host-name", Severity.WARNING,
    symptoms=("400", "bad request", "invalid host", "HTTP_HOST", "does not conform to RFC"), since="0.2",
)  # fmt: skip
def underscore_in_host_name(side: Side) -> Iterator[Found]:
    """A URL names a host with an underscore, which web servers and clients refuse.

    What it compares:
        Hosts in http and ws URLs of variables, commands and mounted configuration; for Swarm also
        `STACK_SERVICE` names without a scheme.

    Why it matters:
        Host names have no underscores. Name servers answer to them all the same, but Tomcat, Django and
        Java's URI refuse them with "400 bad request" or a null host. Swarm puts `STACK_` in front of
        names that Compose knows without it.

    Example:
        local: `BACKEND_URL=http://backend:8080`
        production: `BACKEND_URL=http://shop_backend:8080`

    What to do:
        Use a network alias without an underscore: Swarm answers to the plain service name as well.

    When to ignore it:
        When both ends are known to take such names.

    References:
        Incident host-swarm-underscore-names; RFC 1123, section 2.1.
    """
    for service in side.holding("_"):
        name = service.name
        for path, text in _texts(service, holding="_"):
            host = _underscored(path, text, side)
            if host:
                yield Found(
                    f"the host `{host}` has an underscore, which web servers refuse",
                    f"give the service an alias without it, and use that: {host.replace('_', '-')}",
                    ((name, path),),
                )


def _underscored(path: Path, text: str, side: Side) -> str:
    match = _URL_WITH_UNDERSCORE.search(text)
    if match:
        return match[1]
    if path[0] != "environment":
        return ""
    for endpoint in endpoints(str(path[1]), text):
        stack, _, service = endpoint.host.partition("_")
        target = side.services.get(service)
        web = target is not None and target.technology not in _STORES
        if not endpoint.scheme and stack and web and endpoint.host not in side.services:
            return endpoint.host
    return ""
