"""NE: networks as a whole, and ports: closed networks, packet sizes, addresses, protocols."""

import re
from collections.abc import Iterator
from typing import Any

from parity.diff.view import Comparison, Service, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules.contract import Found, joint, pair, single

_UNREACHABLE = (
    "network is unreachable",
    "time(d)? ?out",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "could not resolve",
)
_LOOPBACK = re.compile(r"^(?:127\.|::1$|localhost$)")
_SOCKET_NAME = re.compile(r"(?:^|_)(?:WS|WSS|WEBSOCKETS?|SOCKET_?IO)(?:_|$)", re.IGNORECASE)
_SOCKET_TEXT = re.compile(r"\bwss?://|proxy_set_header\s+upgrade\b|socket\.io", re.IGNORECASE)
_H2 = frozenset({"h2c", "http2", "kubernetes.io/h2c", "h2"})


@single(
    "NE006", "network.closed-on-one-side", Severity.WARNING, paths=("networks",),
    symptoms=_UNREACHABLE, since="0.2",
)  # fmt: skip
def closed_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A network has no way out on one side only.

    What it compares:
        `internal` of the environment's networks. Where a service is in closed networks alone, it is an
        error.

    Why it matters:
        Calls to the world (payment, mail, licences, updates) work on one side and time out on the other.

    Example:
        local: `networks: {backend: {}}`
        production: `networks: {backend: {internal: true}}`

    What to do:
        Close the network locally too, so that a forgotten call shows.

    When to ignore it:
        Never, if a service of it calls the world.

    References:
        Compose Specification on internal networks.
    """
    if difference.service or difference.path[2:] != ("internal",):
        return
    closed = difference.left is True, difference.right is True
    if closed[0] == closed[1]:
        return
    side = comparison.left if closed[0] else comparison.right
    inside = sorted(n for n, s in side.services.items() if _only_in_closed(s, side))
    who = f"; {', '.join(inside)} cannot reach the world" if inside else ""
    yield Found(
        f"the network `{difference.path[1]}` has no way out in {side.name} and has one on the other side{who}",
        f"networks: {{{difference.path[1]}: {{internal: true}}}} on both sides",
        severity=Severity.ERROR if inside else None,
    )


def _only_in_closed(service: Service, side: Side) -> bool:
    known = side.document.get("networks") or {}
    joined = {str(path[1]) for path in service.settings if path[0] == "networks"}
    return bool(joined) and all((known.get(name) or {}).get("internal") is True for name in joined)


@single(
    "NE007", "network.packet-size-differs", Severity.WARNING, paths=("networks",),
    symptoms=("hang", "time(d)? ?out", "TLS handshake"), since="0.2",
)  # fmt: skip
def packet_size_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The largest packet of a network differs.

    What it compares:
        The network driver's `com.docker.network.driver.mtu`.

    Why it matters:
        Packets larger than the path allows are dropped without a word: small requests pass, large answers
        and TLS handshakes hang.

    Example:
        local: 1500, the engine's default
        production: `driver_opts: {com.docker.network.driver.mtu: "1454"}`

    What to do:
        Set the value that fits the host's network on that host, and test large answers with it.

    When to ignore it:
        When each host's network has its own size and both are set to it.

    References:
        Incident mtu-openstack-https-hang; Docker documentation on the bridge driver.
    """
    if difference.service or not str(difference.path[-1]).endswith(".mtu"):
        return
    shown = [
        "the engine's default" if v is ABSENT else str(v)
        for v in (difference.left, difference.right)
    ]
    yield Found(
        f"packets of `{difference.path[1]}` hold {shown[0]} bytes in {comparison.left.name} "
        f"and {shown[1]} in {comparison.right.name}",
        "set the network's mtu to what the host's own network takes",
    )


@single(
    "NE008", "network.ipv6-differs", Severity.WARNING, paths=("networks",),
    symptoms=("::1", "ECONNREFUSED", "address family", "network is unreachable"), since="0.2",
)  # fmt: skip
def ipv6_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A network speaks IPv6 on one side only.

    What it compares:
        `enable_ipv6` of the environment's networks.

    Why it matters:
        Where a name has addresses of both kinds, programs try the IPv6 one first or only. Servers that
        listen on 0.0.0.0 refuse it, allow-lists do not know it.

    Example:
        local: `networks: {default: {}}`
        production: `networks: {default: {enable_ipv6: true}}`

    What to do:
        Enable it on both sides or on none; listen on `::`.

    When to ignore it:
        When no service of the network looks names up.

    References:
        Incident ipv6-faros-node18-localhost; Docker documentation on IPv6.
    """
    if difference.service or difference.path[2:] != ("enable_ipv6",):
        return
    on = [value is True for value in (difference.left, difference.right)]
    if on[0] != on[1]:
        side = comparison.left if on[0] else comparison.right
        yield Found(
            f"the network `{difference.path[1]}` speaks IPv6 in {side.name} only",
            f"set networks.{difference.path[1]}.enable_ipv6 alike on both sides",
        )


@single("NE009", "network.published-to-others", Severity.INFO, paths=("ports",), since="0.2")
def published_to_others(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A port is open to this machine on one side and to the whole network on the other.

    What it compares:
        Whether the address of a published port is a loopback one.

    Why it matters:
        What is meant for a proxy on the same host is open to everybody, or a client on another host is
        refused. Docker's published ports go past most firewalls.

    Example:
        local: `ports: ["127.0.0.1:5432:5432"]`
        production: `ports: ["5432:5432"]`

    What to do:
        Bind it to the same kind of address, or do not publish it.

    When to ignore it:
        When only the laptop publishes it for tools.

    References:
        Docker documentation on publishing ports.
    """
    if difference.path[2:] != ("host_ip",):
        return
    local = [
        v is not ABSENT and bool(_LOOPBACK.match(str(v)))
        for v in (difference.left, difference.right)
    ]
    if local[0] != local[1]:
        names = comparison.left.name, comparison.right.name
        near, far = names if local[0] else (names[1], names[0])
        yield Found(
            f"port {difference.path[1]} is open to the machine alone in {near} and to others in {far}",
            "bind both to 127.0.0.1, or publish neither",
        )


@pair(
    "NE010", "network.container-port-differs", Severity.WARNING,
    symptoms=("ECONNREFUSED", "connection refused", "502", "bad gateway"), paths=("ports", "expose"), since="0.2",
)  # fmt: skip
def container_port_differs(pair: ServicePair) -> Iterator[Found]:
    """The service listens on another port inside its container.

    What it compares:
        The container's port where each side names exactly one, published or exposed. Ports of the host
        are each host's own.

    Why it matters:
        Other services, health checks and proxies are told the container's port. What fits one side is
        refused on the other.

    Example:
        local: `ports: ["3000:3000"]`
        production: `ports: ["80:8080"]`

    What to do:
        Listen on the same port inside, and publish whatever the host has free.

    When to ignore it:
        When a development server takes the place of the real one on purpose.

    References:
        Compose Specification on ports and expose.
    """
    sides = [_targets(side) for side in (pair.left, pair.right)]
    if all(len(found) == 1 for found in sides) and set(sides[0]) != set(sides[1]):
        (one,), (two,) = sides
        yield Found(
            f"it listens on {one} on the left and on {two} on the right, inside its container",
            "listen on the same port on both sides; only the published one may differ",
            ((pair.name, sides[1][two]), (pair.name, sides[0][one])),
        )


def _targets(service: Service) -> dict[str, Path]:
    """The container's tcp ports -> the setting that names them."""
    found: dict[str, Path] = {}
    for path in service.settings:
        if path[0] == "ports" and str(path[1]).endswith("/tcp"):
            found[str(path[1]).partition("/")[0]] = path[:2]
    exposed = service.get("expose")
    for text in exposed if isinstance(exposed, tuple) else ():
        if text.endswith("/tcp"):
            found.setdefault(text.partition("/")[0], ("expose",))
    return found


@joint(
    "NE011", "network.websocket-over-http2", Severity.WARNING,
    symptoms=("websocket", "upgrade", "404", "426"), since="0.2",
)  # fmt: skip
def websocket_over_http2(side: Side) -> Iterator[Found]:
    """A service uses WebSockets, and what stands in front of it speaks HTTP/2 with it.

    What it compares:
        Signs of WebSockets (ws URLs, variables called so, `Upgrade` headers in mounted configuration)
        with a port of HTTP/2 (`h2c`, also as `appProtocol`), or with Cloud Run's front end.

    Why it matters:
        HTTP/2 has no upgrade header: it disappears on the way, and the service answers 404 or 426 to what
        works when it is called directly.

    Example:
        local: the browser calls the container, HTTP/1.1
        production: Cloud Run with a port called `h2c`

    What to do:
        Let the front end speak HTTP/1.1 with the service: remove `h2c` from the port's name.

    When to ignore it:
        When server and front end both know RFC 8441.

    References:
        Incident http2-cloudrun-websocket; RFC 9113, section 8.2.2; RFC 8441.
    """
    for name, service in side.services.items():
        port = next(_h2_ports(service, side), None)
        hint = next(_socket_hints(service), None) if port or side.source == "cloudrun" else None
        if hint is None:
            continue
        if port is not None:
            yield Found(
                "it uses WebSockets, and its port speaks HTTP/2, which has no upgrade header",
                "name the port http1, so that the front end speaks HTTP/1.1 with the service",
                ((name, port), (name, hint)),
                Severity.ERROR,
            )
        else:
            yield Found(
                "it uses WebSockets behind a front end that speaks HTTP/2 with browsers",
                "have the proxy recognise WebSockets without the `Connection` and `Upgrade` headers, "
                "and test through the front end",
                ((name, hint),),
            )


def _socket_hints(service: Service) -> Iterator[Path]:
    for path, value in service.settings.items():
        if path[0] == "environment":
            named = _SOCKET_NAME.search(str(path[1])) and str(value).lower() not in (
                "false",
                "0",
                "",
            )
            if named or (isinstance(value, str) and _SOCKET_TEXT.search(str(value))):
                yield path
        elif path[-1] == "content" and isinstance(value, str) and _SOCKET_TEXT.search(str(value)):
            yield path


def _h2_ports(service: Service, side: Side) -> Iterator[Path]:
    rows = service.document.get("ports")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and _is_h2(row):
            yield ("ports", f"{row.get('target')}/{row.get('protocol', 'tcp')}")
    for known in (side.document.get("x-parity") or {}).get("services") or ():
        names = known.get("backends") or (known.get("name"),)
        if service.name in names and any(map(_is_h2, known.get("ports") or ())):
            yield ("ports",)


def _is_h2(port: dict[str, Any]) -> bool:
    words = {str(port.get(key) or "").lower() for key in ("name", "app_protocol")}
    return bool(words & _H2) or any(word.startswith(("h2c-", "http2-")) for word in words)
