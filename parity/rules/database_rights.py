"""DB: what the application may do, and how it logs in."""

from collections.abc import Iterator

from parity.diff.view import Comparison, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules import _database
from parity.rules._database import READS
from parity.rules._servers import REDIS, REDIS_WORDS
from parity.rules.contract import Found, pair, single


@pair(
    "DB020", "database.rights-on-tables-differ", Severity.ERROR, reads=READS,
    paths=("database.rights", "database.schema-rights"),
    symptoms=(r"permission denied for (?:table|relation|sequence|schema)", r"42501", r"denied to user"), since="0.3",
)  # fmt: skip
def rights_on_tables_differ(both: ServicePair) -> Iterator[Found]:
    """The application's role may do less with a table on one side.

    What it compares:
        What the role may do with each table that both databases have, and whether it may create tables in
        their schemas: since Postgres 15 only the owner may, in `public`.

    Why it matters:
        Locally the role owns what its migrations made. Where another role runs them, new tables are closed
        until somebody grants the rights: the first write is refused.

    Example:
        local: `orders`: delete, insert, select, update
        production: `orders`: select

    What to do:
        `ALTER DEFAULT PRIVILEGES … GRANT … TO shop`, once, for the role that migrates.

    When to ignore it:
        Tables that the application only reads on both sides.

    References:
        PostgreSQL documentation, ALTER DEFAULT PRIVILEGES.
    """
    told, places = [], []
    for kind in ("rights", "schema-rights"):
        for path in _database.below(both.left, kind):
            names = tuple(map(str, path))
            sides = [_database.fact(side, kind, *names) for side in (both.left, both.right)]
            if ABSENT in sides:
                continue
            for side, lacks in _database.lacking(*map(_database.listed, sides)):
                told.append(f"no {', '.join(sorted(lacks))} on `{'.'.join(names)}` on the {side}")
                places.append(_database.at(both, kind, *names))
    if told:
        more = f" and {len(told) - 4} more" if len(told) > 4 else ""  # noqa: PLR2004
        yield Found(
            f"the application's role may do other things: {'; '.join(told[:4])}{more}",
            "GRANT the same on both sides; ALTER DEFAULT PRIVILEGES for tables to come",
            tuple(dict.fromkeys(places)),
        )


@single(
    "DB021", "database.grants-differ", Severity.ERROR, paths=("database.grants",), reads=READS,
    symptoms=(r"access denied", r"command denied", r"1044|1045|1142|1227"), since="0.3",
)  # fmt: skip
def grants_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The application's user of MySQL may do less on one side.

    What it compares:
        What `SHOW GRANTS` says, without the names of databases.

    Why it matters:
        Locally the application is `root`, or has all rights on its database. Triggers, views, temporary
        tables and `PROCESS` are rights of their own, and refused in production.

    Example:
        local: all privileges
        production: delete, insert, select, update

    What to do:
        Give the local user production's rights.

    When to ignore it:
        Rights that only migrations need, where another user runs them.

    References:
        MySQL Reference Manual, Privileges Provided by MySQL.
    """
    del comparison
    sides = [_database.listed(side) for side in (difference.left, difference.right)]
    if ABSENT in (difference.left, difference.right):
        return
    lacks = [
        f"{', '.join(sorted(names)[:8])} on the {side}" for side, names in _database.lacking(*sides)
    ]
    yield Found(
        f"the application may do other things: it lacks {'; '.join(lacks)}",
        "GRANT the same on both sides",
    )


@single(
    "DB024", "database.commands-refused", Severity.ERROR, paths=("database.acl",), reads=READS,
    symptoms=(r"NOPERM", r"unknown command", r"ERR .*CONFIG", r"no permissions to run"), since="0.3",
)  # fmt: skip
def commands_refused(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Redis refuses commands to the application on one side only.

    What it compares:
        Which of the commands that programs and libraries need the application may not use.

    Why it matters:
        Managed servers block `CONFIG`, and users with rights of their own lack more. A library that
        switches on key events at its start does not start.

    Example:
        local: none is refused
        production: `config`

    What to do:
        Refuse the same commands locally (`ACL SETUSER … -config`), and tell the library not to use them.

    When to ignore it:
        When only administrators use the command.

    References:
        Incidents redis-config-memorystore, redis-auth-mongooseim-acl; Redis documentation, ACL.
    """
    del comparison
    sides = [_database.listed(side) for side in (difference.left, difference.right)]
    # What one side lacks among the refused ones, the other refuses.
    other = {"left": "right", "right": "left"}
    told = [
        f"{_database.some(sorted(names))} on the {other[side]}"
        for side, names in _database.lacking(*sides)
    ]
    if told:
        yield Found(
            f"Redis refuses commands on one side only: {'; '.join(told)}",
            "ACL SETUSER … -COMMAND on both sides, and tell libraries to do without",
        )


@pair(
    "DB027", "database.login-differs", Severity.WARNING, words=REDIS_WORDS, paths=("database.authentication",),
    reads=READS, symptoms=(r"NOAUTH", r"WRONGPASS", r"AUTH", r"authentication (?:required|failed)"), since="0.3",
)  # fmt: skip
def login_differs(both: ServicePair) -> Iterator[Found]:
    """Redis is open on one side, or asks for a password alone, and wants a user on the other.

    What it compares:
        How the application's connection logged in: `none`, `password`, or `user` with a password.

    Why it matters:
        A client that knows no user names is refused by a server with users, and one that always sends a
        password by a server that has none.

    Example:
        local: `redis://cache:6379`
        production: `redis://app:…@cache:6379`

    What to do:
        Make the same user locally, with another password: `ACL SETUSER app on >…`.

    When to ignore it:
        When the client's tests cover both.

    References:
        Incident redis-auth-mongooseim-acl; Redis documentation, ACL.
    """
    if not _database.differs(both, "authentication"):
        return
    one, two = (_database.text(side, "authentication") for side in (both.left, both.right))
    told = [REDIS.told(side).get("requirepass") for side in (both.left, both.right)]
    given = told[1] or told[0]
    first = [(both.name, given.path)] if given and None in told else []
    words = {"none": "nothing", "password": "a password", "user": "a user and a password"}
    yield Found(
        f"the application logs in with {words.get(one, one)} on the left and with {words.get(two, two)} on the right",
        "make the same user on both sides: `ACL SETUSER NAME on >PASSWORD ~* +@all`",
        (*first, _database.at(both, "authentication")),
        Severity.ERROR if "user" in (one, two) else None,
    )


@single(
    "DB030", "database.permissions-differ", Severity.ERROR, paths=("database.permissions",), reads=READS,
    symptoms=(r"ACCESS_REFUSED", r"access to .* refused", r"403"), since="0.3",
)  # fmt: skip
def permissions_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The application's user of RabbitMQ may configure, write or read other things on the other side.

    What it compares:
        The user's permissions: three patterns of names.

    Why it matters:
        Programs declare their queues at their start. A user who may not is refused with ACCESS_REFUSED,
        even where the queue is there already.

    Example:
        local: `configure .* write .* read .*`
        production: `configure ^$ write .* read .*`

    What to do:
        Give the local user production's permissions: `rabbitmqctl set_permissions`.

    When to ignore it:
        When names are prefixed by environment, and so are the patterns.

    References:
        RabbitMQ documentation, Access Control.
    """
    del comparison
    if ABSENT not in (difference.left, difference.right):
        yield Found(
            f"the application's permissions are `{difference.left}` on the left and `{difference.right}` on "
            "the right",
            "rabbitmqctl set_permissions alike on both sides",
        )
