"""EN: variables that say where other services are, and how they are spoken to."""

import re
from collections.abc import Iterator

from parity.diff.kinds import form
from parity.diff.parts import url_parts
from parity.diff.view import Comparison
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules._values import FALSE, LOOPBACK, TRUE, endpoints, production_is_left, text, truth
from parity.rules.contract import Found, single

_VARIABLES = ("environment.*",)
_WITH_TLS = {
    "http": "https", "ws": "wss", "redis": "rediss", "amqp": "amqps", "mqtt": "mqtts",
    "ldap": "ldaps", "smtp": "smtps", "ftp": "ftps", "imap": "imaps", "nats": "tls",
    "mongodb": "mongodb+srv",
}  # fmt: skip
_OF_BROWSERS = frozenset({"http", "ws"})
_INSIDE = re.compile(r"^[^.]+$|\.(?:local|localhost|test|internal|lan|home\.arpa|svc)$")

_TLS = re.compile(
    r"(?:^|_)(?:SSL|TLS|STARTTLS|HTTPS|SSL_?MODE|TLS_?MODE|(?:SSL|TLS|HTTPS)_(?:ENABLED?|REQUIRED?|REDIRECT|ONLY)"
    r"|COOKIES?_SECURE|SECURE_COOKIES?|SECURE|SECURITY_PROTOCOL)$|^PGSSLMODE$",
    re.IGNORECASE,
)
_TLS_PARTS = frozenset(
    {
        "query.sslmode", "query.ssl", "query.tls", "query.ssl_mode", "query.ssl-mode",
        "query.sslaccept", "query.usessl", "query.encrypt", "query.trustservercertificate",
        "query.ssl_cert_reqs", "query.requiressl",
    }
)  # fmt: skip
_OFF = FALSE | {"disable", "none", "plaintext", "sasl_plaintext", ""}
_MODES = (
    TRUE
    | _OFF
    | {
        "allow", "prefer", "preferred", "require", "required", "verify-ca", "verify-full",
        "verify_ca", "verify_identity", "optional", "starttls", "ssl", "tls", "strict", "auto",
        "sasl_ssl", "implicit", "explicit", "insecure", "skip-verify", "always",
    }
)  # fmt: skip

_CHECKS = re.compile(
    r"REJECT_UNAUTHORIZED$|HTTPSVERIFY$|(?:^|_)(?:SSL|TLS|CERTS?|CERTIFICATES?|PEER)_?(?:VERIFY|VERIFICATION|CHECK)$"
    r"|(?:^|_)(?:VERIFY|CHECK)_(?:SSL|TLS|CERTS?|CERTIFICATES?|PEER)$",
    re.IGNORECASE,
)
_CHECKS_NOT = re.compile(
    r"(?:SKIP|NO|DISABLE|IGNORE)_?(?:SSL|TLS|CERT\w*)?_?(?:VERIFY|VERIFICATION|CHECK|VALIDATION)$"
    r"|(?:SSL|TLS)_(?:INSECURE|ALLOW_INVALID\w*)$|^ALLOW_INSECURE_TLS$|INSECURE_TLS$",
    re.IGNORECASE,
)


def _names(comparison: Comparison) -> tuple[str, str]:
    return comparison.left.name, comparison.right.name


@single(
    "EN012", "environment.url-without-tls", Severity.WARNING, alone=True, paths=_VARIABLES,
    symptoms=(r"wrong version number", r"certificate", r"mixed content", r"ssl|tls", r"handshake"),
    since="0.2",
)  # fmt: skip
def url_without_tls(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A URL is encrypted in one environment and plain in the other.

    What it compares:
        The scheme of URLs: http and https, ws and wss, redis and rediss, amqp and amqps and others. An
        error where production's is the plain one; information where a browser's URL is plain on a host of
        the laptop.

    Why it matters:
        With TLS come certificates, their names and their dates, server name indication, secure cookies
        and another port. A client that has never spoken TLS fails at the first of these in production.

    Example:
        local: `REDIS_URL=redis://redis:6379/0`
        production: `REDIS_URL=rediss://cache.example:6380/0`

    What to do:
        Give the local service a certificate (`parity up` makes stand-ins), or test once against a service
        that speaks TLS.

    When to ignore it:
        When both URLs end at a proxy that takes TLS off.

    References:
        Incidents xfp-shoutrrr-trusted-proxies, mail-integreat-tls-587.
    """
    left, right = text(difference.left) or "", text(difference.right) or ""
    if not form(left) == form(right) == "url":
        return
    one, two = (value.partition("://")[0].lower() for value in (left, right))
    if _WITH_TLS.get(one) == two:
        plain_left = True
    elif _WITH_TLS.get(two) == one:
        plain_left = False
    else:
        return
    names = _names(comparison)
    plain, safe = names if plain_left else names[::-1]
    severity = None
    if plain_left is production_is_left(comparison):
        severity = Severity.ERROR
    elif (one if plain_left else two) in _OF_BROWSERS and _is_inside(left if plain_left else right):
        severity = Severity.INFO
    yield Found(
        f"`{difference.path[-1]}` is encrypted in {safe} ({two if plain_left else one}://) and plain "
        f"in {plain} ({one if plain_left else two}://)",
        f"use TLS in {plain} too, if only in one test, so that certificates and cookies are exercised",
        severity=severity,
    )


def _is_inside(url: str) -> bool:
    host = url_parts(url).get("host", "")
    return bool(LOOPBACK.match(host) or _INSIDE.search(host) or re.match(r"^\d+(\.\d+){3}$", host))


@single(
    "EN013", "environment.tls-mode-differs", Severity.WARNING, alone=True, paths=_VARIABLES,
    symptoms=(r"ssl|tls", r"certificate", r"no pg_hba.conf entry", r"wrong version number"),
    since="0.2",
)  # fmt: skip
def tls_mode_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """TLS is required, checked or switched off in one environment and not in the other.

    What it compares:
        PGSSLMODE, names that end in SSL, TLS, SSL_MODE, SECURE and the like, and the parameters sslmode,
        ssl, tls and encrypt of URLs. Unset counts as off.

    Why it matters:
        `sslmode=require` fails against a server without certificate, `verify-full` against one whose
        certificate has another name, and a secure cookie never comes back over plain HTTP, so that nobody
        can log in.

    Example:
        local: `DATABASE_URL=postgres://db/shop`
        production: `DATABASE_URL=postgres://db.example/shop?sslmode=verify-full`

    What to do:
        Give the local server a certificate and use the same mode, or know that this path is untested.

    When to ignore it:
        When the local server is on the laptop only and its driver is the same.

    References:
        PostgreSQL, SSL support; incident mail-integreat-tls-587.
    """
    name = str(difference.path[-1])
    rows = [
        (part.name.removeprefix("query."), part.left, part.right)
        for part in difference.parts
        if part.name.lower() in _TLS_PARTS
    ]
    if not rows and _TLS.search(name):
        rows = [(name, difference.left, difference.right)]
    for what, left, right in rows:
        modes = ["" if each is ABSENT else text(each) for each in (left, right)]
        if None in modes:
            continue
        one, two = (str(mode).strip().lower() for mode in modes)
        if not {one, two} <= _MODES or _same_mode(one, two):
            continue
        names = _names(comparison)
        yield Found(
            f"TLS (`{what}` of `{name}`) is `{one or 'unset'}` in {names[0]} and `{two or 'unset'}` in {names[1]}"
            if what != name
            else f"TLS (`{name}`) is `{one or 'unset'}` in {names[0]} and `{two or 'unset'}` in {names[1]}",
            "use the same mode on both sides; a stand-in with a certificate makes that possible locally",
        )
        return


def _same_mode(one: str, two: str) -> bool:
    return one == two or {one, two} <= _OFF or (one in TRUE and two in TRUE)


@single(
    "EN014", "environment.certificate-check-off", Severity.WARNING, paths=_VARIABLES, silent=True,
    symptoms=(r"self.signed certificate", r"certificate verify failed", r"unable to verify"),
    names=(_CHECKS, _CHECKS_NOT), since="0.2",
)  # fmt: skip
def certificate_check_off(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Certificates are not checked in one environment.

    What it compares:
        NODE_TLS_REJECT_UNAUTHORIZED, PYTHONHTTPSVERIFY, names that end in SSL_VERIFY, VERIFY_SSL,
        SKIP_TLS_VERIFY and the like: off on one side, on or unset on the other. An error where it is
        production that does not check.

    Why it matters:
        Where nothing is checked, a missing authority, an expired certificate or a wrong name goes
        unnoticed. The other side refuses the connection; or it is production that talks to anybody.

    Example:
        local: `NODE_TLS_REJECT_UNAUTHORIZED=0`
        production: unset

    What to do:
        Give the container the authority that signed the certificate, and check on both sides.

    When to ignore it:
        Never in production.

    References:
        Node.js, command-line documentation, NODE_TLS_REJECT_UNAUTHORIZED; incident ca-go-tfe-ubuntu.
    """
    name = str(difference.path[-1])
    off = [_unchecked(name, value) for value in (difference.left, difference.right)]
    if None in off or off[0] is off[1]:
        return
    names = _names(comparison)
    without, checks = names if off[0] else names[::-1]
    in_production = bool(off[0]) is production_is_left(comparison)
    yield Found(
        f"certificates are not checked in {without} (`{name}`), and are in {checks}",
        f"remove {name} in {without}, and add the authority to the container's certificates",
        severity=Severity.ERROR if in_production else None,
    )


def _unchecked(name: str, value: object) -> bool | None:
    if not (_CHECKS.search(name) or _CHECKS_NOT.search(name)):
        return None
    if value is ABSENT:
        return False
    meant = truth(value)
    return meant if meant is None or not _CHECKS.search(name) else not meant


_CLOUD = re.compile(
    r"EMULATOR|^AWS_ENDPOINT_URL|(?:S3|SQS|SNS|AWS|DYNAMO|STORAGE|BLOB|QUEUE|MINIO|BUCKET|KINESIS|PUBSUB)"
    r"\w*(?:ENDPOINT|URL|HOST|URI)",
    re.IGNORECASE,
)
_EMULATOR = re.compile(
    r"localstack|elasticmq|azurite|fake-?gcs|emulator|moto(?:$|[-_.:])|goaws|kinesalite|minio"
    r"|dynamodb-?local|storage-?mock|s3-?mock",
    re.IGNORECASE,
)
_PATH_STYLE = re.compile(r"PATH_?STYLE", re.IGNORECASE)


@single(
    "EN015", "environment.emulator-on-one-side", Severity.WARNING, paths=_VARIABLES, silent=True,
    symptoms=(r"NotImplemented", r"AccessControlList", r"message (?:too long|must be shorter)"),
    names=(_PATH_STYLE, _CLOUD), since="0.2",
)  # fmt: skip
def emulator_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A cloud service is the real one in one environment and an emulator in the other.

    What it compares:
        Endpoints of object stores, queues and the like (AWS_ENDPOINT_URL, S3_ENDPOINT, …_EMULATOR_HOST):
        one side names an emulator such as LocalStack, MinIO or Azurite, the other does not. Path style
        of object stores, on one side alone, too.

    Why it matters:
        Emulators accept what the real service refuses, such as messages above its size limit, and lack
        what it has, such as access lists. Permissions, limits and consistency are not tested at all.

    Example:
        local: `S3_ENDPOINT=http://minio:9000`, `S3_FORCE_PATH_STYLE=true`
        production: both unset

    What to do:
        Know the emulator's limits: check sizes in the program, use the address style of production, and
        run one test against the real service.

    When to ignore it:
        When the calls in use are known to behave alike.

    References:
        Incidents s3-alveus-minio-acl, sqs-localstack-256kb.
    """
    name = str(difference.path[-1])
    sides = (comparison.left, comparison.right)
    values = (difference.left, difference.right)
    if _PATH_STYLE.search(name):
        uses = [truth(value) is True for value in values]
    else:
        uses = [_emulates(name, value, comparison, index) for index, value in enumerate(values)]
    if uses[0] is uses[1]:
        return
    with_, without = sides if uses[0] else sides[::-1]
    what = "addresses an object store by path" if _PATH_STYLE.search(name) else "uses an emulator"
    yield Found(
        f"{with_.name} {what} (`{name}`) and {without.name} does not: the emulator has other limits "
        "and lacks features",
        f"check what {without.name}'s service limits and refuses, and test against it once",
    )


def _emulates(name: str, value: object, comparison: Comparison, index: int) -> bool:
    given = text(value)
    if not given:
        return False
    if "EMULATOR" in name.upper():
        return True
    side = (comparison.left, comparison.right)[index]
    emulators = {s.name.lower() for s in side.services.values() if s.technology in _EMULATORS}
    return any(
        _EMULATOR.search(endpoint.host) or endpoint.host in emulators
        for endpoint in endpoints(name, given)
    )


_EMULATORS = frozenset({"minio", "localstack"})
