"""PX: what stands between clients and services: proxies, ingress rules, where TLS ends."""

import re
from collections.abc import Iterator

from parity.diff.units import show_size
from parity.diff.view import Comparison, Side
from parity.model.difference import Difference
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules import proxy_edges as edges
from parity.rules import proxy_nginx as nginx
from parity.rules.contract import Found, joint, single
from parity.rules.proxy_edges import Place

_SYMPTOMS = (
    "413", "entity too large", "502", "504", "bad gateway", "gateway time-?out", "redirect loop",
    "too many redirects", "mixed content", "upload", "ECONNRESET",
)  # fmt: skip


@single("PX001", "proxy.on-one-side", Severity.WARNING, symptoms=_SYMPTOMS, since="0.2")
def on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Requests pass a proxy or load balancer in one environment and none in the other.

    What it compares:
        Services that are proxies by their image, name or configuration, and ingress rules: one
        environment has some, the other has none of any kind.

    Why it matters:
        A proxy cuts bodies (nginx: above 1 MiB), ends idle connections (60 s), buffers streams, ends TLS
        and adds headers. The application is never told: it sees http, another client address, and resets.

    Example:
        local: the browser talks to `web`
        production: `proxy: {image: nginx:1.27}` in front of `web`

    What to do:
        Run the proxy locally with production's configuration; `parity up` does. Trust its headers
        (`X-Forwarded-Proto`, `X-Forwarded-For`), and keep connections alive for longer than it does.

    When to ignore it:
        When the tests go through a proxy elsewhere before every release.

    References:
        Incidents nginx-body-size-cloudinary, lb-keepalive-growthbook, xfp-sourcegraph-alb-loop,
        xfp-shoutrrr-trusted-proxies, sse-llamacpp-nginx-buffer.
    """
    if not edges.once(difference, comparison):
        return
    has, lacks = comparison.left, comparison.right
    if edges.has_edge(has) == edges.has_edge(lacks):
        return
    if not edges.has_edge(has):
        has, lacks = lacks, has
    at = list(_entrances(has, comparison))
    if at:
        shown = ", ".join(dict.fromkeys(_shown(place, has) for place in at))
        yield Found(
            f"requests pass {shown} in {has.name}, and nothing in {lacks.name}: {_largest(has)}, time-outs, "
            f"headers and TLS exist on one side only{_does(has)}",
            f"run it in {lacks.name} too, with {has.name}'s configuration",
            tuple(at),
        )


def _entrances(side: Side, comparison: Comparison) -> Iterator[Place]:
    """The proxies and ingress rules of a side, as the comparison's differences name them."""
    for service in edges.proxies(side):
        yield service.name, ()
        for path in nginx.configurations(service):
            yield service.name, (*path, "client_max_body_size")
    named = [("", d.path) for d in comparison.differences if d.path[:1] == ("ingress",)]
    rows: list[Place] = [("", ("x-parity", "ingress", n)) for n, _ in edges.ingress(side)]
    yield from named or rows[:1]


def _largest(side: Side) -> str:
    """The limit on bodies of the side's nginx, in words."""
    for service in edges.proxies(side):
        known = [*filter(str.isdecimal, nginx.effective(service, "client_max_body_size"))]
        if service.technology == "nginx" and known and "0" not in known:
            return f"a limit on bodies ({show_size(max(map(int, known)))})"
    return "limits on bodies"


def _does(side: Side) -> str:
    """What the side's nginx does to requests and answers, where its files are known."""
    known = [s for s in edges.proxies(side) if nginx.configurations(s)]
    told = [
        text
        for name, (value, text) in nginx.EFFECTS.items()
        if any(value in nginx.effective(s, name) for s in known)
    ]
    return f"; {', '.join(told)}" if told else ""


def _shown(place: Place, side: Side) -> str:
    service, _ = place
    return (
        f"`{service}` ({side.services[service].technology or 'a proxy'})"
        if service
        else "an ingress"
    )


@single("PX002", "proxy.another-product", Severity.WARNING, symptoms=_SYMPTOMS, since="0.2")
def another_product(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Another product passes requests on: nginx in one environment, Traefik in the other.

    What it compares:
        The proxies among both sides' services. An ingress controller is a product of its own.

    Why it matters:
        Products differ in every default: size of bodies and headers, time-outs, buffering, WebSockets,
        what they do with `//` and underscores. Their configuration cannot be compared line by line.

    Example:
        local: `proxy: {image: traefik:3}`
        production: `proxy: {image: nginx:1.27}`

    What to do:
        Use production's product locally.

    When to ignore it:
        When the local one only gives names and certificates to developers.

    References:
        Incidents nginx-underscore-fastapi-secret, slash-mfserv-port-leak.
    """
    if not edges.once(difference, comparison):
        return
    kinds = [{s.technology or s.name for s in edges.proxies(x)} for x in _both(comparison)]
    if kinds[0] and kinds[1] and not kinds[0] & kinds[1]:
        left, right = (", ".join(sorted(kind)) for kind in kinds)
        first = edges.proxies(comparison.right)[0]
        yield Found(
            f"requests pass {left} in {comparison.left.name} and {right} in {comparison.right.name}",
            f"use {right} on both sides",
            ((first.name, ()),),
        )


def _both(comparison: Comparison) -> tuple[Side, Side]:
    return comparison.left, comparison.right


@single(
    "PX003", "proxy.tls-ends-on-one-side", Severity.WARNING,
    symptoms=("redirect loop", "too many redirects", "mixed content", "cookie", "csrf", "https?"), since="0.2",
)  # fmt: skip
def tls_ends_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """TLS ends at a proxy in one environment, and the other speaks plain HTTP.

    What it compares:
        Ingress rules with `tls`, ports 443 and 8443, `listen … ssl` of mounted nginx configuration, and
        Traefik's router labels.

    Why it matters:
        Behind the proxy the application sees http: without trust in `X-Forwarded-Proto` it redirects for
        ever or makes http links. Secure cookies, HSTS and service workers exist under https only.

    Example:
        local: `http://localhost:8080`
        production: an ingress with a certificate in front of port 8080

    What to do:
        Open the local stack under https as well; `parity up` gives it a certificate.

    When to ignore it:
        APIs without cookies, redirects and links.

    References:
        Incidents xfp-sourcegraph-alb-loop, xfp-shoutrrr-trusted-proxies.
    """
    if not edges.once(difference, comparison):
        return
    found = [list(edges.tls_ends(side)) for side in _both(comparison)]
    if bool(found[0]) == bool(found[1]):
        return
    side = comparison.left if found[0] else comparison.right
    other = comparison.right if found[0] else comparison.left
    place = (found[0] or found[1])[0]
    yield Found(
        f"TLS ends inside {side.name}, and {other.name} speaks plain HTTP",
        "open both under https, and let the application trust X-Forwarded-Proto from the proxy",
        (_known(place, comparison),),
    )


def _known(place: Place, comparison: Comparison) -> Place:
    """The place under the name that the right side knows the service by."""
    names = comparison.renamed
    return names.get(place[0], place[0]), place[1]


@joint(
    "PX004", "proxy.scheme-not-forwarded", Severity.WARNING,
    symptoms=("redirect loop", "too many redirects", "mixed content", "csrf"), since="0.2",
)  # fmt: skip
def scheme_not_forwarded(side: Side) -> Iterator[Found]:
    """Nginx ends TLS and does not tell the application that the request came by https.

    What it compares:
        `listen … ssl` with `proxy_pass http://…` and `proxy_set_header X-Forwarded-Proto` in the mounted
        configuration of one service.

    Why it matters:
        The application takes the request for http: it redirects to https for ever, makes http links and
        sends cookies that the browser drops.

    Example:
        local: no proxy
        production: `listen 443 ssl; location / { proxy_pass http://web:8000; }`

    What to do:
        `proxy_set_header X-Forwarded-Proto $scheme;` beside `proxy_pass`, and trust the proxy in the
        application.

    When to ignore it:
        When the application is told its public address by a setting.

    References:
        Incidents xfp-sourcegraph-alb-loop, xfp-shoutrrr-trusted-proxies.
    """
    for name, service in side.services.items():
        files = nginx.configurations(service)
        every = [each for file in files.values() for each in file]
        secure = any(d.name == "listen" and "ssl" in d.words for d in every)
        passes = any(d.name == "proxy_pass" and d.value.startswith("http://") for d in every)
        told = any(
            (d.name == "proxy_set_header" and _SCHEME.match(d.value))
            or (d.name == "include" and "proxy" in d.value)
            for d in every
        )
        if secure and passes and not told:
            path: Path = (
                *next(p for p, f in files.items() if any(d.name == "proxy_pass" for d in f)),
            )
            yield Found(
                "nginx ends TLS and passes requests on without X-Forwarded-Proto",
                "proxy_set_header X-Forwarded-Proto $scheme;",
                ((name, (*path, "proxy_set_header")), (name, path)),
            )


_SCHEME = re.compile(r"(?:X-Forwarded-(?:Proto|Scheme|Ssl)|X-Scheme|Forwarded)\b", re.IGNORECASE)
