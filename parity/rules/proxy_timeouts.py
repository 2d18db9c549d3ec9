"""PX: limits of a proxy against those of the application behind it, and rules in labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from parity.diff.units import seconds, show_seconds, show_size, size
from parity.diff.view import Service, ServicePair, Side
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules import proxy_edges as edges
from parity.rules import proxy_nginx as nginx
from parity.rules.contract import Found, joint, pair
from parity.rules.proxy_edges import Place

_IDLE_ATTRIBUTE = re.compile(r"idle_timeout\.timeout_seconds\s*=\s*(\d+)")
_IDLE_NAME = re.compile(
    r"(?:idle[-_]timeout|connection-idle-timeout|upstream-keepalive-timeout)(?:[-_](?:s|sec|seconds))?$"
)
_IDLE_VARIABLE = re.compile(
    r"^(?:A?LB|ELB|LOAD_?BALANCER|INGRESS|GATEWAY|PROXY)_IDLE_TIMEOUT(?:_MS|_S|_SECONDS)?$"
)
_KEEP_ALIVE = re.compile(r"KEEP_?ALIVE_?(?:TIMEOUT)?(?:_MS|_S|_SECS|_SECONDS)?$", re.IGNORECASE)
_KEEP_ALIVE_OPTION = re.compile(r"--(?:timeout-)?keep-alive(?:-timeout)?[= ](\d+)")
_SERVERS = (
    (re.compile(r"^(?:\S*/)?(?:node|npm|npx|yarn|pnpm|next|nest|pm2-runtime|ts-node|tsx)\b"), 5.0),
    (re.compile(r"\b(?:uvicorn|hypercorn|fastapi run)\b(?!\S*Worker)"), 5.0),
    (
        re.compile(r"\bgunicorn\b.*(?:-k|--worker-class)[= ]*(?:gthread|gevent|eventlet|uvicorn)"),
        2.0,
    ),
    (re.compile(r"\b(?:puma|rails s(?:erver)?)\b"), 20.0),
)
"""Seconds for which servers keep an idle connection unless told otherwise, by their command lines."""
_NODE_DEFAULT = 5.0
_BALANCER_IDLE = 60.0
"""Seconds for which load balancers and ingress-nginx keep an idle connection unless told otherwise."""
_LIMIT_NAME = re.compile(
    r"(?:^|_)(?:MAX|LIMIT)(?:_|$).*(?:UPLOAD|BODY|FILE|REQUEST|ATTACHMENT|PAYLOAD|CONTENT_LENGTH)"
    r"|(?:UPLOAD|BODY|FILE|REQUEST|ATTACHMENT|PAYLOAD).*(?:_|^)(?:MAX|LIMIT)(?:_|$)",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(
    r"COUNT|NUMBER|FILES$|REQUESTS|RATE|AGE|TIME|PER_|RETRIES|SOCKET|DEPTH|CONCURRENT",
    re.IGNORECASE,
)
_LEAST = 64 * 1024
"""A bare number below is of an unknown unit."""
_MIDDLEWARE = re.compile(
    r"^traefik\.(?:http|tcp)\.middlewares\.[^.]+\.(buffering|ratelimit|inflightreq|inflightconn|stripprefix"
    r"|stripprefixregex|addprefix|replacepath|replacepathregex|redirectscheme|redirectregex|basicauth|digestauth"
    r"|forwardauth|compress|retry|circuitbreaker|headers|ipallowlist|ipwhitelist|errors|chain)\b"
    r"|^traefik\.http\.services\.[^.]+\.loadbalancer\.(sticky|passhostheader|responseforwarding|serverstransport)\b"
    r"|^(?:nginx|haproxy|alb|traefik)\.ingress\.kubernetes\.io/([a-z-]+)$",
    re.IGNORECASE,
)
_NOT_BEHAVIOUR = frozenset(
    {"scheme", "certificate-arn", "group", "subnets", "security-groups", "tags", "listen-ports"}
)


@dataclass(frozen=True)
class _Time:
    """A duration in seconds, where it stands, and in which words."""

    seconds: float
    place: Place
    words: str


@joint(
    "PX010", "proxy.idle-longer-than-keep-alive", Severity.WARNING,
    symptoms=("502", "ECONNRESET", "connection reset", "socket hang up", "bad gateway"), since="0.2",
)  # fmt: skip
def idle_longer_than_keep_alive(side: Side) -> Iterator[Found]:
    """A load balancer keeps connections for longer than the application does.

    What it compares:
        The application's keep-alive (`KEEP_ALIVE_TIMEOUT` and its likes, `--timeout-keep-alive`, or what
        its server does by itself: 5 s in Node and uvicorn, 2 s in gunicorn, 20 s in Puma) with the idle
        time-out in front of it: labels and annotations of a load balancer, an nginx upstream with
        `keepalive`, or 60 s behind an ingress.

    Why it matters:
        The balancer sends a request on a connection that the application is just closing. The client
        gets 502, the application logs nothing, and it happens a few times a minute under load.

    Example:
        local: the browser talks to Node, 5 s
        production: a load balancer with an idle time-out of 4000 s, Node still 5 s

    What to do:
        Keep connections alive for longer than the balancer does: `server.keepAliveTimeout = 65_000` and
        `server.headersTimeout = 66_000`, or `--timeout-keep-alive 65`.

    When to ignore it:
        When the balancer opens a new connection for each request.

    References:
        Incidents lb-keepalive-boxel-4000, lb-keepalive-growthbook.
    """
    proxies = edges.proxies(side)
    told = set(side.mentioning("keep-alive", "keepalive", "keep_alive"))
    for service in side.services.values():
        own = next(_keep_alive(service, told=service in told), None)
        if own is None:
            continue
        idle = max(_idle(side, service, proxies), key=lambda each: each.seconds, default=None)
        if idle is not None and own.seconds <= idle.seconds:
            yield Found(
                f"it keeps connections for {show_seconds(own.seconds)} ({own.words}), and {idle.words} "
                f"in front of it for {show_seconds(idle.seconds)}",
                f"keep connections for longer than {show_seconds(idle.seconds)} in the application",
                (own.place, idle.place),
            )


def _keep_alive(service: Service, *, told: bool) -> Iterator[_Time]:
    """The application's keep-alive, as it is told or as its server does by itself."""
    name = service.name
    for variable, value in service.environment() if told else ():
        if (
            isinstance(value, str)
            and _KEEP_ALIVE.search(variable)
            and "TCP" not in variable.upper()
        ):
            number = _duration(variable, str(value))
            if number is not None:
                yield _Time(number, (name, ("environment", variable)), f"`{variable}`")
        match = _KEEP_ALIVE_OPTION.search(str(value))
        if match:
            yield _Time(float(match[1]), (name, ("environment", variable)), f"`{match[0]}`")
    line = " ".join(map(str, service.words))
    field: Path = ("command",) if ("command",) in service.settings else ("entrypoint",)
    match = _KEEP_ALIVE_OPTION.search(line)
    if match:
        yield _Time(float(match[1]), (name, field), f"`{match[0]}`")
    elif known := next((number for pattern, number in _SERVERS if pattern.search(line)), None):
        yield _Time(known, (name, field), "its server's default")
    elif not line and (service.has_env("NODE_ENV") or service.has_env("NODE_OPTIONS")):
        variable = "NODE_OPTIONS" if service.has_env("NODE_OPTIONS") else "NODE_ENV"
        yield _Time(_NODE_DEFAULT, (name, ("environment", variable)), "Node's default")


def _duration(name: str, text: str) -> float | None:
    """Seconds; a number of a thousand and more, or a name in MS, counts milliseconds."""
    if text.isdecimal():
        number = float(text)
        if name.upper().endswith("_MS") or number >= 1000:  # noqa: PLR2004 - no server keeps them that long
            return number / 1000
        return number
    found = seconds(text)
    return found if isinstance(found, float) else None


def _idle(side: Side, service: Service, proxies: list[Service]) -> Iterator[_Time]:
    """How long what stands in front of a service keeps idle connections."""
    for place, key, value in edges.notes(side, service):
        match = _IDLE_ATTRIBUTE.search(value)
        number = match[1] if match else value if _IDLE_NAME.search(key.lower()) else ""
        if number.isdecimal():
            yield _Time(float(number), place, "a load balancer")
    for variable, given in service.environment():
        if _IDLE_VARIABLE.match(variable) and isinstance(given, str):
            found = _variable_seconds(variable, str(given))
            if found is not None:
                yield _Time(found, (service.name, ("environment", variable)), "a load balancer")
    for proxy in proxies:
        yield from _upstream(proxy, service)
    for number, row in edges.ingress(side):
        if service.name in edges.behind(side, str(row.get("service"))):
            yield _Time(_BALANCER_IDLE, ("", ("x-parity", "ingress", number)), "an ingress")


def _variable_seconds(name: str, text: str) -> float | None:
    if text.isdecimal():
        return float(text) / (1000 if name.endswith("_MS") else 1)
    found = seconds(text)
    return found if isinstance(found, float) else None


def _upstream(proxy: Service, service: Service) -> Iterator[_Time]:
    """Nginx keeps connections to an upstream with `keepalive` for 60 s, or for its `keepalive_timeout`."""
    for path, file in nginx.configurations(proxy).items():
        inside = [d for d in file if d.blocks[-1:] == ("upstream",)]
        leads = any(
            d.name == "server" and d.words and d.words[0].partition(":")[0] == service.name
            for d in inside
        )
        if leads and any(d.name == "keepalive" for d in inside):
            told = [
                seconds(d.words[0]) for d in inside if d.name == "keepalive_timeout" and d.words
            ]
            number = next((t for t in told if isinstance(t, float)), _BALANCER_IDLE)
            yield _Time(number, (proxy.name, path), "nginx")


@joint(
    "PX011", "proxy.body-limit-below-application", Severity.WARNING,
    symptoms=("413", "entity too large", "upload"), since="0.2",
)  # fmt: skip
def body_limit_below_application(side: Side) -> Iterator[Found]:
    """The proxy takes smaller bodies than the application is told to.

    What it compares:
        nginx's `client_max_body_size` (1 MiB unless written), or an ingress annotation for it, with
        variables that limit uploads, bodies or attachments.

    Why it matters:
        The proxy answers 413 to what the application would take. The setting of the application looks as
        if it decided.

    Example:
        local: `MAX_UPLOAD_SIZE=50mb`, no proxy
        production: `MAX_UPLOAD_SIZE=50mb`, nginx without `client_max_body_size`

    What to do:
        Give the proxy a limit a little above the application's.

    When to ignore it:
        When uploads go past the proxy, straight to an object store.

    References:
        Incident nginx-body-size-cloudinary; nginx documentation, ngx_http_core_module.
    """
    for limit, place in _proxy_limits(side):
        for name, service in side.services.items():
            for variable, value in service.environment():
                wanted = _body_limit(variable, value)
                if 0 < limit < wanted:
                    yield Found(
                        f"`{variable}` allows {show_size(wanted)}, and the proxy stops at {show_size(limit)}",
                        f"client_max_body_size {-(-wanted // 1024**2)}m; in the proxy's configuration",
                        (place, (name, ("environment", variable))),
                    )
                    return


def _proxy_limits(side: Side) -> Iterator[tuple[int, Place]]:
    for proxy in edges.proxies(side):
        files = nginx.configurations(proxy)
        if files:
            numbers = [
                int(v) for v in nginx.effective(proxy, "client_max_body_size") if v.isdecimal()
            ]
            file = next(
                (p for p, f in files.items() if any(d.name == "client_max_body_size" for d in f)),
                None,
            )
            if numbers and 0 not in numbers:
                yield (
                    max(numbers),
                    (proxy.name, (*(file or next(iter(files))), "client_max_body_size")),
                )
    for service in side.services.values():
        for place, key, value in edges.notes(side, service):
            if key.endswith("/proxy-body-size"):
                number = size(value)
                if isinstance(number, int):
                    yield number, place


def _body_limit(name: str, value: Any) -> int:
    """Bytes that a variable allows; 0 where it says nothing of it."""
    if not isinstance(value, str) or not _LIMIT_NAME.search(name) or _NO_SIZE.search(name):
        return 0
    number = size(str(value))
    if not isinstance(number, int):
        return 0
    if str(value).strip().isdecimal():
        if re.search(r"_MI?B$", name, re.IGNORECASE):
            return number * 1024**2
        return number if number >= _LEAST else 0
    return number


@pair(
    "PX012", "proxy.route-rules-differ", Severity.WARNING,
    symptoms=("401", "403", "404", "413", "429", "redirect"), since="0.2",
)  # fmt: skip
def route_rules_differ(pair: ServicePair) -> Iterator[Found]:
    """The proxy treats requests to this service by other rules on the other side.

    What it compares:
        Labels and annotations that Traefik and ingress controllers read: sizes, rates, prefixes,
        redirects, authentication, headers, stickiness. Host names and certificates are left out.

    Why it matters:
        They look like notes and are behaviour: requests are limited, rewritten, refused or sent to
        another replica, on one side only.

    Example:
        local: no labels
        production: `traefik.http.middlewares.limit.buffering.maxRequestBodyBytes: "2000000"`

    What to do:
        Run the same proxy locally and give the service the same labels.

    When to ignore it:
        Rules that only keep strangers out of production.

    References:
        Incidents nginx-body-size-cloudinary, replicas-fusionauth-session-pin; Traefik documentation.
    """
    one, two = (_rules(side) for side in (pair.left, pair.right))
    changed = [path for path in dict.fromkeys((*two, *one)) if one.get(path) != two.get(path)]
    if changed:
        kinds = sorted({_kind(str(path[-1])) for path in changed})
        yield Found(
            f"the proxy treats requests otherwise: {', '.join(kinds)}",
            "give the service the same labels on both sides",
            tuple((pair.name, path) for path in changed),
        )


def _rules(service: Service) -> dict[Path, Any]:
    if not edges.noted(service):
        return {}
    return {
        path: value
        for path, value in service.settings.items()
        if path[0] in ("labels", "annotations") or path[:2] == ("deploy", "labels")
        if _kind(str(path[-1])) and value is not ABSENT
    }


def _kind(key: str) -> str:
    match = _MIDDLEWARE.match(key)
    kind = next((group for group in match.groups() if group), "").lower() if match else ""
    return "" if kind in _NOT_BEHAVIOUR else kind
