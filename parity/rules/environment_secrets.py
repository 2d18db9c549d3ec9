"""EN: secrets, of which shape and fingerprint are known and never the value."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from parity.diff.parts import url_parts
from parity.diff.view import Service, ServicePair, Side
from parity.model.finding import Severity
from parity.model.hidden import Concealed, Hidden, Relation, alike, relation
from parity.rules._values import calls, names_of, text
from parity.rules.contract import Found, joint, pair

_NAMED = 4
_STRONG = 16
"""Characters of a secret that somebody made for the purpose."""


@pair("EN033", "environment.same-secret-on-both-sides", Severity.WARNING, equal=True, since="0.2")
def same_secret_on_both_sides(both: ServicePair) -> Iterator[Found]:
    """Both environments use the same secret.

    What it compares:
        Fingerprints of the secrets that both sides set under one name. Information where none of them has
        16 characters: those are mostly an example's.

    Why it matters:
        Who has the laptop has production: a local dump, a log or a committed env file is enough. A program
        that points at the wrong side is let in instead of being refused.

    Example:
        local: `JWT_SECRET=` the one of production
        production: `JWT_SECRET=` the same

    What to do:
        Make a new one for one side; parity makes stand-ins for the local stack.

    When to ignore it:
        Keys that are public by design, and values that protect nothing.

    References:
        OWASP, Secrets Management Cheat Sheet; docs/secrets.md.
    """
    same = [
        name
        for name, value in both.right.secrets
        if _is_same(both.left.get("environment", name), value)
    ]
    if same:
        listed = ", ".join(f"`{name}`" for name in same[:_NAMED])
        more = f" and {len(same) - _NAMED} others" if same[_NAMED:] else ""
        yield Found(
            f"`{both.name}` has the same secret in both environments: {listed}{more}",
            "make new ones for one of the two environments, and keep production's away from laptops",
            at=tuple((both.name, ("environment", name)) for name in same),
            severity=None
            if any(_strong(both.right.get("environment", n)) for n in same)
            else Severity.INFO,
        )


def _strong(value: Any) -> bool:
    """Whether it is long enough to protect something; shorter ones are mostly an example's."""
    secrets = value.hidden if isinstance(value, Concealed) else (value,)
    return any(isinstance(each, Hidden) and each.length >= _STRONG for each in secrets)


def _is_same(left: Any, right: Any) -> bool:
    if isinstance(left, Concealed) and isinstance(right, Concealed):
        pairs = list(zip(left.hidden, right.hidden, strict=False))
        return bool(pairs) and all(relation(*each) is Relation.SAME for each in pairs)
    known = isinstance(left, Hidden) and isinstance(right, Hidden)
    return known and relation(left, right) is Relation.SAME


@pair(
    "EN034", "environment.secret-with-odd-edges", Severity.WARNING, paths=("environment.*",),
    symptoms=(r"authentication failed", r"access denied", r"invalid (?:token|key|signature)", r"\b401\b"),
    since="0.2",
)  # fmt: skip
def secret_with_odd_edges(both: ServicePair) -> Iterator[Found]:
    """A secret has a space, a newline or quotes at its ends in one environment.

    What it compares:
        What is odd at the ends of secrets that both sides set. An error where the rest is known to be the
        same secret.

    Why it matters:
        `echo` puts a newline at the end of what is piped into a secret store, and a text editor at the end
        of a file. The password is then another one, and no log shows the difference.

    Example:
        local: `API_TOKEN=` 24 characters
        production: `API_TOKEN=` 24 characters and a newline

    What to do:
        Write the secret again without it: `printf %s`, not `echo`.

    When to ignore it:
        When the program is known to trim it. PEM keys end in a newline by their format.

    References:
        Kubernetes, managing Secrets (`echo -n`); incident compose-vs-docker-run-envfile-quotes.
    """
    for name, right in both.right.secrets:
        left = both.left.get("environment", name)
        if not isinstance(left, Hidden) or not isinstance(right, Hidden):
            continue
        if left.edges == right.edges or "pem" in (left.kind, right.kind):
            continue
        edges = ", ".join(dict.fromkeys((*left.edges, *right.edges)))
        yield Found(
            f"the secret `{name}` of `{both.name}` has this at its ends on one side only: {edges}",
            'write it again without: printf %s "$VALUE" | your-secret-store',
            at=((both.name, ("environment", name)),),
            severity=Severity.ERROR if alike(left, right) else None,
        )


_ACCOUNTS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "postgres": (("POSTGRES_USER", "POSTGRES_PASSWORD", "postgres"),),
    "mysql": (("MYSQL_USER", "MYSQL_PASSWORD", ""), ("", "MYSQL_ROOT_PASSWORD", "root")),
    "mariadb": (
        ("MARIADB_USER", "MARIADB_PASSWORD", ""), ("", "MARIADB_ROOT_PASSWORD", "root"),
        ("MYSQL_USER", "MYSQL_PASSWORD", ""), ("", "MYSQL_ROOT_PASSWORD", "root"),
    ),
    "rabbitmq": (("RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_PASS", "guest"),),
    "mongodb": (("MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD", ""),),
}  # fmt: skip
"""By technology: the variables of a user and of its password, and the user where the first is unset."""
_HOST = re.compile(r"^(?P<stem>\w*?)_?HOST(?:NAME)?$", re.IGNORECASE)


@joint(
    "EN035", "environment.passwords-disagree", Severity.ERROR, words=("password", "pass", "pwd"),
    symptoms=(r"password authentication failed", r"access denied for user", r"authentication failed", r"ACCESS_REFUSED"),
    since="0.2",
)  # fmt: skip
def passwords_disagree(side: Side) -> Iterator[Found]:
    """A service logs in to a database of the same environment with another password than it has.

    What it compares:
        Fingerprints of the password that the database's container is made with and of the one that another
        service uses for the same user, in a URL or beside its host.

    Why it matters:
        Two readers of one env file took the value apart at `#`, `$` or a quote in different ways, or one
        of two copies was changed. The login fails in this environment only.

    Example:
        local: `POSTGRES_PASSWORD` and the password in DATABASE_URL are one
        production: they are two

    What to do:
        Write the password once, as a variable or secret that both services are given, in single quotes.

    When to ignore it:
        When the user's password was changed in the database after its first start.

    References:
        Incident hash-dokploy-truncated-secret.
    """
    for database in side.services.values():
        for user, variable, secret in _accounts(database):
            for client, name, used in _logins(side, database, user):
                if relation(secret, used) is Relation.DIFFERS and not _maybe_encoded(secret, used):
                    yield Found(
                        f"`{client}` logs in to `{database.name}` as `{user}` with another password "
                        f"(`{name}`) than the one that `{database.name}` is made with",
                        "give both services the password from one variable, and quote it in env files",
                        at=(
                            (client, ("environment", name)),
                            (database.name, ("environment", variable)),
                        ),
                    )


def _accounts(database: Service) -> Iterator[tuple[str, str, Hidden]]:
    """(user, variable, password) that a database is made with."""
    for user, password, otherwise in _ACCOUNTS.get(database.technology, ()):
        secret = database.get("environment", password)
        name = (database.env(user) if user else None) or otherwise
        if isinstance(secret, Hidden) and name:
            yield name, password, secret


def _logins(side: Side, database: Service, user: str) -> Iterator[tuple[str, str, Hidden]]:
    """(service, variable, password) of those who log in to it as a user."""
    hosts = names_of(database)
    for service in side.services.values():
        if service.name == database.name:
            continue
        for name, value, named in calls(service):
            if not any(endpoint.host in hosts for endpoint in named):
                continue
            if isinstance(value, Concealed) and len(value.hidden) == 1:
                if url_parts(str(value)).get("user") == user:
                    yield service.name, name, value.hidden[0]
            elif match := _HOST.match(name):
                yield from _beside(service, match["stem"], user)


def _beside(service: Service, stem: str, user: str) -> Iterator[tuple[str, str, Hidden]]:
    """The password that belongs to a host's variable: DB_PASSWORD beside DB_HOST."""
    before = f"{stem}_" if stem and stem.upper() != "PG" else stem
    users = [text(service.get("environment", f"{before}{e}")) for e in ("USER", "USERNAME")]
    if user not in users:
        return
    for ending in ("PASSWORD", "PASS", "PWD"):
        secret = service.get("environment", f"{before}{ending}")
        if isinstance(secret, Hidden):
            yield service.name, f"{before}{ending}", secret


def _maybe_encoded(secret: Hidden, used: Hidden) -> bool:
    """Whether the one may be the other as a URL writes it: `%` and two digits for a character."""
    more = used.length - secret.length
    return secret.kind == used.kind == "printable" and more > 0 and more % 2 == 0
