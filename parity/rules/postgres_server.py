"""PG: durability, authentication, extensions and all other settings of a Postgres server."""

import re
from collections.abc import Iterator

from parity.diff.view import ServicePair
from parity.model.finding import Severity
from parity.rules._given import changes, others
from parity.rules._servers import POSTGRES, POSTGRES_WORDS
from parity.rules.contract import Found, pair
from parity.rules.postgres import DURABILITY, NOISE, SPOKEN, sessions

_AUTH = "POSTGRES_HOST_AUTH_METHOD"


@pair(
    "PG006", "postgres.durability-differs", Severity.WARNING, words=POSTGRES_WORDS, silent=True,
    symptoms=(r"lost (?:data|rows|writes)", r"corrupt", r"slow (?:commit|write)"),
    since="0.2",
)  # fmt: skip
def durability_differs(both: ServicePair) -> Iterator[Found]:
    """Postgres keeps commits safe on one side and not on the other.

    What it compares:
        `fsync`, `full_page_writes` and `synchronous_commit`.

    Why it matters:
        Switched off, commits are many times quicker and a crash loses or corrupts them. What is quick
        enough on the unsafe side may be too slow on the safe one.

    Example:
        local: `command: postgres -c fsync=off`
        production: the default, `on`

    What to do:
        Leave all three on wherever speed is measured or data matters.

    When to ignore it:
        In databases that tests throw away.

    References:
        PostgreSQL documentation, Write Ahead Log.
    """
    for change in changes(both, POSTGRES, *DURABILITY):
        yield Found(
            f"Postgres' {change.name} is {change.left} on one side and {change.right} on the other",
            f"remove `-c {change.name}=off`, or accept it for a database that is thrown away",
            change.at,
        )


@pair(
    "PG007", "postgres.authentication-differs", Severity.WARNING, words=POSTGRES_WORDS,
    symptoms=(r"password authentication failed", r"no pg_hba\.conf entry", r"SASL|scram"),
    since="0.2",
)  # fmt: skip
def authentication_differs(both: ServicePair) -> Iterator[Found]:
    """Postgres lets clients in by another method on the other side.

    What it compares:
        `POSTGRES_HOST_AUTH_METHOD` of Postgres containers and the server's `password_encryption`.

    Why it matters:
        With `trust` any password is right, also none: a client that sends a wrong one works on that side
        only. Old drivers know `md5` and not `scram-sha-256`.

    Example:
        local: `POSTGRES_HOST_AUTH_METHOD: trust`
        production: unset, which is `scram-sha-256`

    What to do:
        Remove the variable locally and give the database a password.

    When to ignore it:
        In databases that tests throw away, when the password is tested elsewhere.

    References:
        Incident postgres-image-breaking-without-version-change; Docker Official Image postgres,
        POSTGRES_HOST_AUTH_METHOD.
    """
    if POSTGRES.runs(both):
        one, two = (each.env(_AUTH) or "a password" for each in (both.left, both.right))
        if one != two:
            yield Found(
                f"Postgres lets clients in by {one} on one side and by {two} on the other",
                f"remove {_AUTH}, and give the database a password",
                ((both.name, ("environment", _AUTH)),),
            )
    for change in changes(both, POSTGRES, "password_encryption"):
        yield Found(
            f"Postgres keeps passwords as {change.left} on one side and {change.right} on the other",
            "use scram-sha-256 on both sides",
            change.at,
        )


@pair(
    "PG008", "postgres.preloaded-libraries-differ", Severity.WARNING, words=POSTGRES_WORDS,
    symptoms=(r"must be loaded via shared_preload_libraries", r"could not access file", r"extension"),
    since="0.2",
)  # fmt: skip
def preloaded_libraries_differ(both: ServicePair) -> Iterator[Found]:
    """Postgres loads an extension's library at its start on one side only.

    What it compares:
        `shared_preload_libraries`, as a set, without `pg_stat_statements`, which only measures.

    Why it matters:
        Extensions such as pg_cron, timescaledb or pgaudit fail, or do nothing, where the library is not
        loaded at the server's start.

    Example:
        local: unset
        production: `command: postgres -c shared_preload_libraries=pg_cron`

    What to do:
        Load the same libraries, from an image that has them.

    When to ignore it:
        When the library only measures.

    References:
        Incident pg-extension-digdag-rds; PostgreSQL documentation, Shared Library Preloading.
    """
    for change in changes(both, POSTGRES, "shared_preload_libraries"):
        one, two = (_libraries(text) for text in (change.left, change.right))
        if one != two:
            yield Found(
                f"Postgres loads {', '.join(sorted(one ^ two))} at its start on one side only",
                "load the same libraries: `-c shared_preload_libraries=…`",
                change.at,
            )


def _libraries(text: str) -> set[str]:
    text = text.removesuffix(" (default)")
    names = {name.strip(" '\"") for name in text.split(",")}
    return {n for n in names if not _PROVIDERS.match(n)} - {
        "",
        "empty",
        "unset",
        "pg_stat_statements",
    }


_PROVIDERS = re.compile(r"rds|aws|azure|google|cloudsql")
"""What managed servers load for themselves."""


@pair(
    "PG009", "postgres.search-path-differs", Severity.ERROR, words=("search", "currentschema"),
    symptoms=(r"relation .* does not exist", r"42P01", r"schema"),
    since="0.2",
)  # fmt: skip
def search_path_differs(both: ServicePair) -> Iterator[Found]:
    """Clients look for tables in another schema on the other side.

    What it compares:
        `search_path` in `PGOPTIONS`, in `options=` and in `currentSchema=` of connection URLs, and what
        the server says that the application's session has, by its role or its database.

    Why it matters:
        A name without a schema is another table, or none. Where both schemas have the table, rows are
        written to the wrong one without an error.

    Example:
        local: `DATABASE_URL=postgres://db/shop`
        production: `DATABASE_URL=postgres://db/shop?options=-c%20search_path%3Dshop`

    What to do:
        Use the same schema on both sides, or write it before the tables' names.

    When to ignore it:
        When every statement names its schema.

    References:
        Incident pg-searchpath-tbls; PostgreSQL documentation, Schemas.
    """
    for change in changes(both, POSTGRES, "search_path"):
        yield Found(
            f"tables are looked for in schema {change.left} on one side and {change.right} on the other",
            "use the same search_path: `ALTER ROLE … SET search_path`, or `ALTER ROLE … RESET search_path`",
            change.at,
        )
    for _, left, right, path in sessions(both, "search_path"):
        yield Found(
            f"tables are looked for in schema {left} on one side and {right} on the other",
            "use the same search_path on both sides",
            ((both.name, path),),
        )


@pair("PG010", "postgres.setting-differs", Severity.INFO, words=POSTGRES_WORDS, since="0.2")
def setting_differs(both: ServicePair) -> Iterator[Found]:
    """Another setting of the Postgres server differs.

    What it compares:
        All that the command line and mounted configuration files tell the server and no other rule
        speaks of; not logging, file names, ports and archiving.

    Why it matters:
        Planner costs, memory and parallelism decide which plan a query gets, `wal_level` whether it can
        be replicated, `max_locks_per_transaction` how much one migration may touch.

    Example:
        local: `command: postgres`
        production: `command: postgres -c random_page_cost=1.1 -c wal_level=logical`

    What to do:
        Mount the same configuration file on both sides, and override sizes only.

    When to ignore it:
        Sizes that follow the machine's memory.

    References:
        PostgreSQL documentation, Server Configuration.
    """
    for told, places in others(both, POSTGRES, SPOKEN | {"password_encryption"}, NOISE):
        yield Found(
            f"Postgres is told something else on the other side: {'; '.join(told[:4])}",
            "mount one configuration on both sides, and override sizes only",
            places,
        )
