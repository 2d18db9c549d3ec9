"""EN: variables that must fit what stands between the program and others: mail, proxies, browsers."""

import re
from collections.abc import Iterator, Mapping

from parity.diff.view import Comparison, Service, Side
from parity.model.difference import Difference
from parity.model.finding import Severity
from parity.rules._values import addresses, endpoints, is_set, production_is_left, text, truth
from parity.rules._words import line
from parity.rules.contract import Found, joint, single

_MAIL = re.compile(r"MAIL|SMTP", re.IGNORECASE)
_STARTTLS = re.compile(r"(?:USE_?TLS|STARTTLS|_TLS|TLS_ENABLED?)$", re.IGNORECASE)
_IMPLICIT = re.compile(r"(?:USE_?SSL|_SSL|_SECURE|SSL_ENABLED?)$", re.IGNORECASE)
_NAMED = re.compile(r"(?:ENCRYPTION|SECURITY|TLS_MODE)$", re.IGNORECASE)


@joint(
    "EN026", "environment.mail-without-tls", Severity.ERROR, words=("mail", "smtp", "email"),
    symptoms=(r"SMTPNotSupported", r"starttls", r"wrong version number", r"mail", r"5(?:30|54|35)\b"),
    since="0.2",
)  # fmt: skip
def mail_without_tls(side: Side) -> Iterator[Found]:
    """The port of the mail server and the TLS setting do not go together.

    What it compares:
        A mail port of 587 (which begins plain and asks for STARTTLS) or 465 (TLS from the first byte) with
        the variables that switch TLS on, for servers that are no service of the same environment.

    Why it matters:
        A local mail catcher takes everything in the clear. The real server refuses the login without
        STARTTLS, or waits in silence where TLS is expected first.

    Example:
        local: `EMAIL_HOST=mail`, `EMAIL_PORT=1025`
        production: `EMAIL_HOST=smtp.example`, `EMAIL_PORT=587`, EMAIL_USE_TLS unset

    What to do:
        587: `EMAIL_USE_TLS: "true"`; 465: `EMAIL_USE_SSL: "true"`, or what the program calls these.

    When to ignore it:
        When the program chooses by the port.

    References:
        RFC 8314; incident mail-integreat-tls-587.
    """
    for service in side.mentioning("mail", "smtp"):
        ports = [
            (name, text(value))
            for name, value in service.environment()
            if name.upper().endswith("PORT") and _MAIL.search(name)
        ]
        if not ports or _is_inside(service, addresses(side)):
            continue
        name, port = ports[0]
        switch, problem = _mail_problem(service, name, port or "")
        if problem:
            yield Found(
                f"`{service.name}` sends mail through port {port} {problem}",
                f'{switch}: "true"' if "without" in problem else f"use the port that fits {switch}",
                at=(
                    (service.name, ("environment", switch)),
                    (service.name, ("environment", name)),
                ),
            )


def _is_inside(service: Service, known: Mapping[str, str]) -> bool:
    """Whether mail goes to a catcher in the same environment."""
    return any(
        endpoint.host in known
        for name, value in service.environment()
        if _MAIL.search(name)
        for endpoint in endpoints(name, value)
    )


def _mail_problem(service: Service, port_name: str, port: str) -> tuple[str, str]:
    """The switch to look at and what is wrong; both empty where nothing is known to be."""
    starttls = _switches(service, _STARTTLS)
    implicit = _switches(service, _IMPLICIT)
    named = [value for _, value in _switches_raw(service, _NAMED)]
    if any(named) and not all(value in ("none", "null", "false") for value in named):
        return "", ""
    on = any(starttls.values()), any(implicit.values())
    django = port_name.upper() == "EMAIL_PORT"
    if port == "587" and not any(on) and (django or starttls or named):
        return next(iter(starttls), "EMAIL_USE_TLS" if django else port_name), "without STARTTLS"
    if port == "587" and on == (False, True):
        return next(
            name for name, is_on in implicit.items() if is_on
        ), "with TLS from the first byte"
    if port == "465" and on == (True, False) and django:
        return next(name for name, is_on in starttls.items() if is_on), "with STARTTLS"
    if port == "465" and implicit and not any(on):
        return next(iter(implicit)), "without TLS"
    return "", ""


def _switches(service: Service, pattern: re.Pattern[str]) -> dict[str, bool]:
    return {name: truth(value) is True for name, value in _switches_raw(service, pattern)}


def _switches_raw(service: Service, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [
        (name, (text(value) or "").strip().lower())
        for name, value in service.environment()
        if _MAIL.search(name) and pattern.search(name)
    ]


_TRUST = re.compile(
    r"TRUST(?:ED)?_?PROX(?:Y|IES)|PROXY_HOPS$|FORWARDED_ALLOW_IPS|USE_X_FORWARDED|PROXY_SSL_HEADER"
    r"|FORWARDEDHEADERS_ENABLED|FORWARD_HEADERS_STRATEGY|^KC_PROXY|PROXY_HEADERS$|REVERSE_PROXY|BEHIND_PROXY",
    re.IGNORECASE,
)


@single(
    "EN027", "environment.trusted-proxies-differ", Severity.INFO, paths=("environment.*",),
    silent=True, symptoms=(r"redirect", r"too many redirects", r"http://", r"client ip"), names=(_TRUST,), since="0.2",
)  # fmt: skip
def trusted_proxies_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The program trusts a proxy in front of it in one environment only.

    What it compares:
        TRUSTED_PROXIES, FORWARDED_ALLOW_IPS, USE_X_FORWARDED_HOST and the like: set on one side and unset,
        empty or off on the other. A warning where it is production that trusts none.

    Why it matters:
        Behind a proxy that ends TLS the program sees plain HTTP from the proxy's address. Only if it
        trusts the proxy does it build https URLs and know its clients; without it redirects loop, and
        logins come back to http.

    Example:
        local: `TRUSTED_PROXIES=*`
        production: TRUSTED_PROXIES unset, behind a load balancer

    What to do:
        Set it where there is a proxy, to the proxy's addresses.

    When to ignore it:
        When the side without it has no proxy.

    References:
        Incidents xfp-shoutrrr-trusted-proxies, xfp-sourcegraph-alb-loop.
    """
    name = str(difference.path[-1])
    trusts = [
        is_set(value) and truth(value) is not False for value in (difference.left, difference.right)
    ]
    if trusts[0] is trusts[1]:
        return
    names = (comparison.left.name, comparison.right.name)
    with_, without = names if trusts[0] else names[::-1]
    in_production = not trusts[0] if production_is_left(comparison) else not trusts[1]
    yield Found(
        f"`{name}` is set in {with_} and not in {without}: behind a proxy the program there takes every "
        "request for plain HTTP from the proxy",
        f"set {name} in {without} to the addresses of the proxy in front of it",
        severity=Severity.WARNING if in_production else None,
    )


_FRONTS = frozenset({"nginx", "traefik", "haproxy", "caddy", "apache"})
_PUBLIC = re.compile(
    r"^(?:APP|BASE|PUBLIC|SITE|EXTERNAL|ROOT|WEB|SERVER|FRONTEND|NEXTAUTH|OAUTH)_?(?:URL|URI|ORIGIN|ADDRESS)$"
    r"|EXTERNAL_URL$|PUBLIC_URL$|(?:REDIRECT|CALLBACK)_(?:URL|URI)$",
    re.IGNORECASE,
)
_REDIRECTS = re.compile(
    r"(?:FORCE|REDIRECT)_?(?:TO_)?(?:SSL|HTTPS)|(?:SSL|HTTPS)_(?:FORCE|REDIRECT|ONLY)|REDIRECT_UR[IL]"
    r"|CALLBACK_UR[IL]|OAUTH|OIDC",
    re.IGNORECASE,
)
_KNOWS_BY_COMMAND = re.compile(r"\buvicorn\b|\bgunicorn\b")


@joint(
    "EN028", "environment.trusted-proxies-unset", Severity.WARNING, words=("https",), silent=True,
    symptoms=(r"too many redirects", r"redirect loop", r"redirect_uri", r"mixed content", r"http://"),
    since="0.2",
)  # fmt: skip
def trusted_proxies_unset(side: Side) -> Iterator[Found]:
    """A program stands behind a proxy that ends TLS, and nothing says that it trusts it.

    What it compares:
        Services with a public https URL that force HTTPS, take part in OAuth, or run under gunicorn or
        uvicorn or as a Laravel or Symfony application; whether the environment has a proxy or ingress
        rules; and whether any variable names trusted proxies.

    Why it matters:
        The program takes the proxy's plain HTTP for the client's: it redirects to https for ever, or
        sends logins back to http URLs that the provider refuses.

    Example:
        local: no proxy, `APP_URL=http://localhost:8000`
        production: a proxy, `APP_URL=https://shop.example`, TRUSTED_PROXIES unset

    What to do:
        Set the framework's variable, for example `TRUSTED_PROXIES` or `FORWARDED_ALLOW_IPS`.

    When to ignore it:
        When the program is told in its configuration files.

    References:
        Incidents xfp-shoutrrr-trusted-proxies, xfp-sourcegraph-alb-loop.
    """
    if not _has_front(side):
        return
    for service in side.services.values():
        names = [name for name, _ in service.environment()]
        url = next((name for name in names if _is_public(service, name)), "")
        if not url or service.technology or any(_TRUST.search(name) for name in names):
            continue
        variable = _expected(service, names)
        if variable:
            yield Found(
                f"`{service.name}` is served as https (`{url}`) behind a proxy, and no variable says that it "
                "trusts the proxy: it will take requests for plain HTTP",
                f"{variable}: the addresses of the proxy, for example 10.0.0.0/8",
                at=(
                    (service.name, ("environment", variable)),
                    (service.name, ("environment", url)),
                ),
            )


def _has_front(side: Side) -> bool:
    if (side.document.get("x-parity") or {}).get("ingress"):
        return True
    return any(service.technology in _FRONTS for service in side.services.values())


def _is_public(service: Service, name: str) -> bool:
    return bool(_PUBLIC.search(name)) and (service.env(name) or "").startswith("https://")


def _expected(service: Service, names: list[str]) -> str:
    """The variable that should say it; empty where nothing shows that the program needs one."""
    if _KNOWS_BY_COMMAND.search(line(service)):
        return "FORWARDED_ALLOW_IPS"
    php = {"APP_KEY", "APP_URL"} <= set(names) or {"APP_SECRET", "APP_ENV"} <= set(names)
    return "TRUSTED_PROXIES" if php or any(_REDIRECTS.search(name) for name in names) else ""


_CROSS = re.compile(r"CORS|ALLOW(?:ED)?_?ORIGINS?|ALLOWED_HOSTS?$|ALLOW_HOSTS?$", re.IGNORECASE)


@single(
    "EN029", "environment.open-to-all-on-one-side", Severity.WARNING, paths=("environment.*",),
    symptoms=(r"CORS", r"access-control-allow-origin", r"blocked by"), names=(_CROSS,), since="0.2",
)  # fmt: skip
def open_to_all_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Any origin or host is allowed in one environment, and a list decides in the other.

    What it compares:
        Variables of cross-origin requests and allowed hosts: `*` on one side, something else or nothing on
        the other.

    Why it matters:
        With `*` no browser ever refuses a request. The list's mistakes, such as a missing subdomain, a
        port or a scheme, show first where the list is.

    Example:
        local: `CORS_ALLOWED_ORIGINS=*`
        production: `CORS_ALLOWED_ORIGINS=https://shop.example`

    What to do:
        Use a list on both sides: `http://localhost:3000` in it locally.

    When to ignore it:
        When no browser calls the service.

    References:
        Fetch Standard, CORS protocol; incident allowedhosts-gasista-debug-false.
    """
    name = str(difference.path[-1])
    opened = [
        (text(value) or "").strip("[]\"' ") == "*" for value in (difference.left, difference.right)
    ]
    if opened[0] is not opened[1]:
        names = (comparison.left.name, comparison.right.name)
        open_, closed = names if opened[0] else names[::-1]
        yield Found(
            f"`{name}` allows everything in {open_} and not in {closed}",
            f"use a list in {open_} too, so that what is missing in it shows",
        )
