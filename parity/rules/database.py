"""DB: which server answers, of which release, through what, and as whom."""

from collections.abc import Iterator, Mapping

from parity.diff.view import Comparison, Service, ServicePair
from parity.model.difference import Difference
from parity.model.finding import Severity
from parity.rules import _database
from parity.rules._database import READS
from parity.rules.contract import Found, pair, single
from parity.rules.image_tags import release, tag_of

_NEW: Mapping[str, Mapping[tuple[int, ...], str]] = {
    "postgres": {
        (10,): "identity columns and declarative partitions",
        (12,): "common table expressions are inlined, stored generated columns",
        (13,): "gen_random_uuid() without an extension",
        (14,): "passwords are kept as scram-sha-256",
        (15,): "only its owner may create in schema public, NULLS NOT DISTINCT, MERGE",
        (16,): "any_value(), JSON constructors",
        (17,): "JSON_TABLE, MERGE … RETURNING",
        (18,): "virtual generated columns, uuidv7()",
    },
    "mysql": {
        (5, 7): "ONLY_FULL_GROUP_BY and strict mode by default",
        (
            8,
            0,
        ): "utf8mb4 and caching_sha2_password by default, GROUP BY no longer sorts, new reserved words",
        (8, 4): "mysql_native_password is switched off",
        (9,): "mysql_native_password is gone",
    },
    "mariadb": {
        (10, 6): "utf8 is utf8mb3 by a switch, SKIP LOCKED",
        (10, 10): "UCA 14.0.0 collations",
        (11, 5): "uca1400_ai_ci is the collation of utf8mb4",
    },
    "redis": {
        (6, 0): "users with rights (ACL), TLS",
        (6, 2): "GETDEL, GETEX, COPY, SET … GET",
        (7, 0): "functions, EXPIRE … NX, sharded channels",
        (7, 4): "times to live of hash fields",
    },
    "rabbitmq": {
        (3, 8): "quorum queues",
        (3, 12): "lazy mode is always on",
        (4, 0): "classic queues are no longer mirrored, messages of at most 16 MiB",
    },
}
"""What came with a release and is refused, or does something else, before it."""
_TWO = frozenset({"redis"})
"""Servers that gain commands with the second number of the version."""


@pair(
    "DB001", "database.release-differs", Severity.ERROR, paths=("database.version",), reads=READS,
    symptoms=(r"syntax error", r"unknown (?:command|variable|function)", r"does not exist", r"unsupported",
              r"permission denied for schema public", r"duplicate key|NULLS NOT DISTINCT"), since="0.3",
)  # fmt: skip
def release_differs(both: ServicePair) -> Iterator[Found]:
    """The server itself says that it is of another release on the other side.

    What it compares:
        The version that the server answers with, up to the number that its users call a release. Redis,
        MariaDB and RabbitMQ gain commands with their second number: a warning.

    Why it matters:
        What a newer release knows is refused by the older one, or left out by frameworks that ask for the
        version: a unique index is then less strict, and nothing says so. Defaults change, too.

    Example:
        local: `16.4`
        production: `13.2`, though both definitions say `image: postgres`

    What to do:
        Run production's release locally. Its data has to be dumped and loaded.

    When to ignore it:
        While an upgrade is being rehearsed.

    References:
        Incidents pg-version-13-vs-16-nulls-not-distinct, redis-version-chirpstack-azure,
        rabbit-oasis-tag-consumer-timeout; release notes of the servers.
    """
    kind = _database.engine(both.right)
    if _database.engine(both.left) != kind:
        return
    one, two = (_release(kind, _database.version(side)) for side in (both.left, both.right))
    if not one or not two or one == two:
        return
    notes = [
        note for first, note in _NEW.get(kind, {}).items() if min(one, two) < first <= max(one, two)
    ]
    news = f"; since then: {'; '.join(notes[-3:])}" if notes else ""
    shown = [_database.text(side, "version") for side in (both.left, both.right)]
    yield Found(
        f"{kind} is of release {shown[0]} on the left and {shown[1]} on the right{news}",
        f"run {kind} {shown[1]} on both sides",
        (*_tags(both), _database.at(both, "version")),
        Severity.WARNING if one[:1] == two[:1] and kind not in ("mysql", "postgres") else None,
    )


def _release(kind: str, version: tuple[int, ...]) -> tuple[int, ...]:
    return version[:2] if kind in _TWO else release(kind, version)


def _tags(both: ServicePair) -> Iterator[tuple[str, tuple[str, str]]]:
    """The images' tags, where they say so themselves."""
    tags = [tag_of(side) for side in (both.left, both.right)]
    if tags[0] and tags[1] and tags[0].version != tags[1].version:
        yield both.name, ("image", "tag")


@single(
    "DB002", "database.encrypted-on-one-side", Severity.INFO, paths=("database.encrypted",), reads=READS,
    symptoms=(r"SSL|TLS", r"no encryption", r"certificate", r"insecure transport"), since="0.3",
)  # fmt: skip
def encrypted_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The connection to the database is encrypted on one side only.

    What it compares:
        What the server says of the connection that the application's settings make.

    Why it matters:
        A server that insists on TLS refuses clients that were never asked for it, and certificates are
        checked for the first time in production.

    Example:
        local: plain
        production: TLS 1.3, `require_secure_transport=ON`

    What to do:
        Give the local server a certificate, and connect with production's `sslmode`.

    When to ignore it:
        When the driver negotiates it, and the network is closed.

    References:
        PostgreSQL documentation, SSL Support; MySQL Reference Manual, Using Encrypted Connections.
    """
    if {difference.left, difference.right} == {True, False}:
        names = (comparison.left.name, comparison.right.name)
        has = names[0] if difference.left is True else names[1]
        yield Found(
            f"the connection to the database is encrypted in {has} only",
            "connect with the same sslmode on both sides, the local server with a certificate of its own",
        )


@single(
    "DB003", "database.pooler-on-one-side", Severity.ERROR, paths=("database.pooler",), reads=READS,
    symptoms=(r"prepared statement .* (?:already exists|does not exist)", r"unsupported startup parameter",
              r"advisory lock", r"search_path|SET .* lost"), since="0.3",
)  # fmt: skip
def pooler_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A pooler answers in the database's place on one side only.

    What it compares:
        Whether the other end of the application's connection is the server or a pooler.

    Why it matters:
        A pooler that lends connections for one transaction loses what belongs to a session: prepared
        statements, `SET`, advisory locks, `LISTEN`, temporary tables. Without one all of that works.

    Example:
        local: Postgres itself
        production: `pgbouncer` in front, `pool_mode = transaction`

    What to do:
        Run the same pooler locally, with production's pool mode.

    When to ignore it:
        With `pool_mode = session`.

    References:
        PgBouncer documentation, Features; incident pgbouncer-sqitch-test-prod.
    """
    names = (comparison.left.name, comparison.right.name)
    told = [side if isinstance(side, str) else "" for side in (difference.left, difference.right)]
    shown = [
        f"{text or 'the server itself'} in {name}" for text, name in zip(told, names, strict=True)
    ]
    yield Found(
        f"the application speaks with {shown[0]} and with {shown[1]}: prepared statements, `SET`, "
        "advisory locks and `LISTEN` may be lost with a pooler",
        f"run {told[0] or told[1]} on both sides, with the same pool mode",
    )


_RIGHTS = {
    "superuser": "is a superuser",
    "create-database": "may create databases",
    "create-role": "may create roles",
}


@pair(
    "DB004", "database.superuser-on-one-side", Severity.ERROR, reads=READS, paths=("database.role",),
    symptoms=(r"must be (?:owner|superuser)", r"permission denied", r"42501", r"CREATE EXTENSION|CREATE DATABASE"),
    since="0.3",
)  # fmt: skip
def superuser_on_one_side(both: ServicePair) -> Iterator[Found]:
    """The application's role may do everything on one side only.

    What it compares:
        Whether the role that the application connects as is a superuser, or may create databases or roles.

    Why it matters:
        `CREATE EXTENSION`, `COPY … FROM` a file, changing another's table: what a migration does as a
        superuser is refused on a managed server, which gives that right to nobody.

    Example:
        local: `POSTGRES_USER: shop`, which the image makes a superuser
        production: a role of a managed server

    What to do:
        Connect as an ordinary role on both sides: `CREATE ROLE shop LOGIN NOSUPERUSER`.

    When to ignore it:
        When migrations run as another role on both sides.

    References:
        Incident pg-extension-digdag-rds; PostgreSQL documentation, Role Attributes.
    """
    names = [name for name in _RIGHTS if _database.differs(both, "role", name)]
    if not names:
        return
    has = "left" if _database.fact(both.left, "role", names[0]) is True else "right"
    yield Found(
        f"the application's role {_RIGHTS[names[0]]} on the {has} only: migrations that need this fail in the "
        "other environment",
        "connect as a role of the same rights: `ALTER ROLE … NOSUPERUSER NOCREATEDB NOCREATEROLE`",
        tuple(_database.at(both, "role", name) for name in _with_it(both, names)),
        None if "superuser" in names else Severity.WARNING,
    )


def _with_it(both: ServicePair, names: list[str]) -> Iterator[str]:
    """The rights that differ; a superuser is above policies on rows, too."""
    yield from names
    if "superuser" in names and _database.differs(both, "role", "bypass-row-security"):
        yield "bypass-row-security"


@pair(
    "DB005", "database.row-security-on-one-side", Severity.ERROR, reads=READS, silent=True,
    paths=("database.role.bypass-row-security", "database.tables"),
    symptoms=(r"row.?(?:level)?.?security|RLS", r"(?:sees|shows) (?:all|no) rows", r"tenant"), since="0.3",
)  # fmt: skip
def row_security_on_one_side(both: ServicePair) -> Iterator[Found]:
    """Policies on rows apply to the application's role on one side only.

    What it compares:
        Whether the role has BYPASSRLS, and which tables have row security switched on.

    Why it matters:
        The same query shows all rows on one side and those of one tenant on the other. Neither is an
        error, and a policy that is missing is never noticed by the role that passes it.

    Example:
        local: a role with BYPASSRLS
        production: an ordinary role

    What to do:
        `ALTER ROLE … NOBYPASSRLS`, and `ALTER TABLE … ENABLE ROW LEVEL SECURITY` in a migration.

    When to ignore it:
        When no table has policies.

    References:
        PostgreSQL documentation, Row Security Policies.
    """
    role = ("role", "bypass-row-security")
    left, right = (_secured(side) for side in (both.left, both.right))
    implied = _database.differs(both, "role", "superuser") and not (left | right)
    if _database.differs(both, *role) and not implied:
        has = "left" if _database.fact(both.left, *role) is True else "right"
        yield Found(
            f"policies on rows do not apply to the application's role on the {has}, and do on the other side",
            "ALTER ROLE … NOBYPASSRLS on both sides",
            (_database.at(both, *role),),
        )
    for side, names in _database.lacking(left, right):
        yield Found(
            f"row security of {_database.some(sorted(names))} is switched off on the {side}, and on on the other",
            "ALTER TABLE … ENABLE ROW LEVEL SECURITY in a migration",
            tuple(_database.at(both, "tables", name) for name in sorted(names)),
        )


def _secured(side: Service) -> frozenset[str]:
    """Tables whose policies apply."""
    told = _database.below(side, "tables")
    return frozenset(str(path[0]) for path, kind in told.items() if "row security" in str(kind))


@single(
    "DB006", "database.connection-limit-differs", Severity.WARNING, reads=READS,
    paths=("database.role.connection-limit",),
    symptoms=(r"too many connections for role", r"53300", r"remaining connection slots"), since="0.3",
)  # fmt: skip
def connection_limit_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The application's role may open another number of connections on the other side.

    What it compares:
        The role's connection limit; -1 is none.

    Why it matters:
        Pools that are sized against `max_connections` meet the smaller limit first, under load.

    Example:
        local: -1
        production: 20

    What to do:
        `ALTER ROLE … CONNECTION LIMIT 20` locally too.

    When to ignore it:
        When the pools of all services stay below it.

    References:
        PostgreSQL documentation, CREATE ROLE.
    """
    numbers = [
        side if isinstance(side, int) else -1 for side in (difference.left, difference.right)
    ]
    if numbers[0] == numbers[1]:
        return
    one, two = ("any number of" if number < 0 else str(number) for number in numbers)
    yield Found(
        f"the application's role may open {one} connections in {comparison.left.name} and {two} in "
        f"{comparison.right.name}",
        f"ALTER ROLE … CONNECTION LIMIT {min(n for n in numbers if n >= 0)} on both sides"
        if max(numbers) >= 0
        else "give the role the same limit on both sides",
    )
