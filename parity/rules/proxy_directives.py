"""PX: nginx's settings on both sides, defaults included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parity.diff.units import show_size
from parity.diff.view import Service, ServicePair
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules import proxy_nginx as nginx
from parity.rules.contract import Found, pair


@dataclass(frozen=True)
class _Differing:
    """One directive with what is effective on both sides, and the file that it belongs into."""

    name: str
    left: str
    right: str
    at: tuple[tuple[str, Path], ...]


def _differing(pair: ServicePair, names: Sequence[str]) -> Iterator[_Differing]:
    """Directives whose effective values differ between two services whose files are both known."""
    known = [nginx.configurations(side) for side in (pair.left, pair.right)]
    if not all(known):
        return
    for name in names:
        sides = [nginx.effective(side, name) for side in (pair.left, pair.right)]
        if sides[0] != sides[1]:
            file = _file(pair.right, name) or _file(pair.left, name) or next(iter(known[1]))
            left, right = (_shown(name, values) for values in sides)
            at: tuple[tuple[str, Path], ...] = ((pair.name, (*file, name)), (pair.name, file))
            yield _Differing(name, left, right, at)


def _file(service: Service, name: str) -> Path | None:
    files = nginx.configurations(service)
    return next((p for p, f in files.items() if any(d.name == name for d in f)), None)


def _shown(name: str, values: tuple[str, ...]) -> str:
    if not values:
        return "not set"
    return " and ".join(
        show_size(int(v)) if name.endswith("_size") and v.isdecimal() and v != "0" else v
        for v in values
    )


def _found(pair: ServicePair, names: Sequence[str], effect: str) -> Iterator[Found]:
    for each in _differing(pair, names):
        yield Found(
            f"nginx has {each.name} {each.left} on the left and {each.right} on the right: {effect}",
            f"write `{each.name}` alike in both configurations",
            each.at,
        )


@pair(
    "PX005", "proxy.body-size-differs", Severity.WARNING,
    symptoms=("413", "entity too large", "upload", "body"), since="0.2",
)  # fmt: skip
def body_size_differs(pair: ServicePair) -> Iterator[Found]:
    """Nginx takes larger request bodies on one side.

    What it compares:
        `client_max_body_size` over all mounted nginx files of the service; without one it is 1 MiB, 0 is
        no limit.

    Why it matters:
        A larger upload is answered with 413 by the proxy. The application never sees the request, and
        its own limit and message do not count.

    Example:
        local: `client_max_body_size 100m;`
        production: nothing, so 1 MiB

    What to do:
        Write the same size in both configurations, a little above the application's own limit.

    When to ignore it:
        Services that take no uploads.

    References:
        Incident nginx-body-size-cloudinary; nginx documentation, ngx_http_core_module.
    """
    yield from _found(
        pair, ("client_max_body_size",), "larger uploads get 413 from the smaller one"
    )


@pair(
    "PX006", "proxy.timeout-differs", Severity.WARNING,
    symptoms=("504", "502", "time-?d? ?out", "ECONNRESET", "499"), since="0.2",
)  # fmt: skip
def timeout_differs(pair: ServicePair) -> Iterator[Found]:
    """Nginx waits longer on one side.

    What it compares:
        Time-outs towards the application (`proxy_read_timeout` and its likes) and towards the client
        (`client_body_timeout`, `send_timeout`, `keepalive_timeout`), with nginx's defaults.

    Why it matters:
        A slow report, an upload over a slow line or a quiet WebSocket ends after 60 s on one side, with
        504 or a reset, while the application works on.

    Example:
        local: `proxy_read_timeout 300s;`
        production: nothing, so 60 s

    What to do:
        Write the same time-outs in both configurations.

    When to ignore it:
        When every request is answered within seconds.

    References:
        Incident lb-keepalive-growthbook; nginx documentation, ngx_http_proxy_module.
    """
    names = (
        "proxy_read_timeout", "proxy_send_timeout", "proxy_connect_timeout", "fastcgi_read_timeout",
        "uwsgi_read_timeout", "grpc_read_timeout", "client_body_timeout", "client_header_timeout",
        "send_timeout", "keepalive_timeout",
    )  # fmt: skip
    yield from _found(pair, names, "slow requests end on the side that waits less")


@pair(
    "PX007", "proxy.buffering-differs", Severity.WARNING, silent=True,
    symptoms=("stream", "server-sent", "SSE", "EventSource", "progress"), since="0.2",
)  # fmt: skip
def buffering_differs(pair: ServicePair) -> Iterator[Found]:
    """Nginx collects answers before it passes them on, on one side only.

    What it compares:
        `proxy_buffering`, `fastcgi_buffering` and `proxy_request_buffering`, which are on by default.

    Why it matters:
        Server-sent events and streamed answers arrive in one piece at the end; a progress bar stands
        still. Uploads are written to the proxy's disk first.

    Example:
        local: `proxy_buffering off;`
        production: nothing, so on

    What to do:
        Switch it off in both for streaming paths, or send `X-Accel-Buffering: no`.

    When to ignore it:
        Applications that stream nothing.

    References:
        Incident sse-llamacpp-nginx-buffer; nginx documentation, ngx_http_proxy_module.
    """
    names = ("proxy_buffering", "proxy_request_buffering", "fastcgi_buffering")
    yield from _found(pair, names, "streams arrive in one piece where it is on")


@pair(
    "PX008", "proxy.headers-differ", Severity.WARNING, silent=True,
    symptoms=("header", "400", "431", "redirect", "websocket", "client ip"), since="0.2",
)  # fmt: skip
def headers_differ(pair: ServicePair) -> Iterator[Found]:
    """Nginx passes on, drops or refuses other headers on the other side.

    What it compares:
        `underscores_in_headers`, `ignore_invalid_headers`, `large_client_header_buffers`,
        `proxy_http_version`, and the names of headers that `proxy_set_header` sets.

    Why it matters:
        A header with an underscore is dropped without a word; a long cookie is refused with 400. Without
        `X-Forwarded-For`, `Host` or `Upgrade` the application sees another client, another address, no
        WebSocket.

    Example:
        local: `underscores_in_headers on;`
        production: nothing, so off

    What to do:
        Set the same headers in both configurations; use dashes in one's own.

    When to ignore it:
        Headers that nothing behind the proxy reads.

    References:
        Incidents nginx-underscore-fastapi-secret, xfp-sourcegraph-alb-loop, http2-cloudrun-websocket.
    """
    names = (
        "underscores_in_headers", "ignore_invalid_headers", "large_client_header_buffers", "proxy_http_version",
    )  # fmt: skip
    yield from _found(pair, names, "headers are passed on otherwise")
    files = [nginx.configurations(side) for side in (pair.left, pair.right)]
    if not all(files):
        return
    one, two = (_headers(side) for side in (pair.left, pair.right))
    if one != two:
        file = _file(pair.right, "proxy_set_header") or next(iter(files[1]))
        only = [
            f"{', '.join(sorted(extra))} on the {side} only"
            for extra, side in ((one - two, "left"), (two - one, "right"))
            if extra
        ]
        yield Found(
            f"nginx sets {' and '.join(only)} for the application",
            "set the same headers with proxy_set_header in both configurations",
            ((pair.name, (*file, "proxy_set_header")), (pair.name, file)),
        )


def _headers(service: Service) -> set[str]:
    return {
        d.words[0].lower()
        for file in nginx.configurations(service).values()
        for d in file
        if d.name == "proxy_set_header" and d.words
    }


@pair(
    "PX009",
    "proxy.answers-differ",
    Severity.INFO,
    symptoms=("redirect", "gzip", "etag"),
    since="0.2",
)
def answers_differ(pair: ServicePair) -> Iterator[Found]:
    """Nginx changes answers on one side: compression, redirects, slashes.

    What it compares:
        `gzip`, `port_in_redirect`, `absolute_redirect` and `merge_slashes`, with nginx's defaults.

    Why it matters:
        Compressed answers lose their length and strong ETags. A redirect with the proxy's own port leads
        nowhere from outside.

    Example:
        local: `port_in_redirect off;`
        production: nothing, so on

    What to do:
        Write them alike in both configurations.

    When to ignore it:
        Compression that a laptop does not need.

    References:
        Incident slash-mfserv-port-leak; nginx documentation, ngx_http_core_module.
    """
    names = ("gzip", "port_in_redirect", "absolute_redirect", "merge_slashes")
    yield from _found(pair, names, "answers are changed otherwise")
