"""MY: connections, isolation and all other settings of a MySQL or MariaDB server."""

from collections.abc import Iterator

from parity.diff.view import ServicePair
from parity.model.finding import Severity
from parity.rules._given import others
from parity.rules._servers import MYSQL, MYSQL_WORDS
from parity.rules.contract import Found, pair
from parity.rules.mysql import NOISE, SPOKEN, told


@pair(
    "MY009", "mysql.max-connections-differ", Severity.WARNING, words=MYSQL_WORDS,
    symptoms=(r"too many connections", r"1040"),
    since="0.2",
)  # fmt: skip
def max_connections_differ(both: ServicePair) -> Iterator[Found]:
    """The server accepts another number of connections on the other side.

    What it compares:
        `max-connections` on the command line and in mounted `.cnf` files; 151 where it is not set.

    Why it matters:
        Pools are sized against it. The side with fewer refuses clients as soon as there is load.

    Example:
        local: not set
        production: `command: --max-connections=1000`

    What to do:
        Set it on both sides, and keep pools x processes x replicas below it.

    When to ignore it:
        When the local stack never runs under load.

    References:
        MySQL Reference Manual, Server System Variables.
    """
    yield from told(both, "max-connections", "the server accepts another number of connections")


@pair(
    "MY010", "mysql.isolation-differs", Severity.WARNING, words=MYSQL_WORDS, silent=True,
    symptoms=(r"deadlock", r"lock wait timeout", r"stale read", r"1213|1205"),
    since="0.2",
)  # fmt: skip
def isolation_differs(both: ServicePair) -> Iterator[Found]:
    """Transactions see each other's changes differently on the other side.

    What it compares:
        `transaction-isolation` on the command line and in mounted `.cnf` files; `REPEATABLE-READ` where
        it is not set.

    Why it matters:
        Reads within one transaction change or stay, and locks on ranges are taken or not: races and
        deadlocks of one side cannot be seen on the other.

    Example:
        local: not set
        production: `command: --transaction-isolation=READ-COMMITTED`

    What to do:
        Set it on both sides.

    When to ignore it:
        When the program sets it in each transaction.

    References:
        MySQL Reference Manual, Transaction Isolation Levels.
    """
    yield from told(both, "transaction-isolation", "transactions see each other differently")


@pair("MY011", "mysql.setting-differs", Severity.INFO, words=MYSQL_WORDS, since="0.2")
def setting_differs(both: ServicePair) -> Iterator[Found]:
    """Another setting of the MySQL or MariaDB server differs.

    What it compares:
        All that the command line and mounted `.cnf` files tell the server and no other rule speaks of;
        not logging, file names and addresses.

    Why it matters:
        Buffer sizes, flushing and the binary log decide about speed, durability and what a replica sees.

    Example:
        local: not set
        production: `command: --innodb-flush-log-at-trx-commit=2`

    What to do:
        Mount the same configuration file on both sides, and override sizes only.

    When to ignore it:
        Sizes that follow the machine's memory.

    References:
        MySQL Reference Manual, Server System Variables.
    """
    for texts, places in others(both, MYSQL, SPOKEN, NOISE):
        yield Found(
            f"the server is told something else on the other side: {'; '.join(texts[:4])}",
            "mount one configuration on both sides, and override sizes only",
            places,
        )
