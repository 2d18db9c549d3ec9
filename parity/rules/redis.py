"""RD: what a Redis server, or one of its kin, is told on one side and not on the other."""

import re
from collections.abc import Iterator

from parity.diff.units import show_size
from parity.diff.view import ServicePair
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules import _database
from parity.rules._given import at, changes, others
from parity.rules._numbers import whole
from parity.rules._servers import REDIS, REDIS_WORDS
from parity.rules.contract import Found, pair

_NOISE = re.compile(
    r"^(?:loglevel|logfile|syslog|dir|port|bind|protected-mode|dbfilename|pidfile|supervised|daemonize|masterauth"
    r"|tls-\w+-file|appenddirname|appendfilename|always-show-logo|aclfile|unixsocket|rdbchecksum|latency|slowlog)"
)
_SPOKEN = {
    "maxmemory",
    "maxmemory-policy",
    "appendonly",
    "appendfsync",
    "save",
    "cluster-enabled",
    "notify-keyspace-events",
    "requirepass",
    "rename-command",
}


@pair(
    "RD001", "redis.eviction-differs", Severity.ERROR, words=REDIS_WORDS, silent=True,
    symptoms=(r"(?:lost|missing|vanish\w*|dropped) (?:jobs?|keys?|sessions?)", r"OOM command not allowed", r"evict"),
    since="0.2",
)  # fmt: skip
def eviction_differs(both: ServicePair) -> Iterator[Found]:
    """When memory is full, Redis drops keys on one side and not on the other.

    What it compares:
        `maxmemory-policy` on the command line, in variables and in mounted files; `noeviction` where it is
        not set.

    Why it matters:
        With any other policy a queue's jobs, locks and sessions are keys like any other: they go without
        an error, under load only. With `noeviction` writes are refused instead.

    Example:
        local: not set, which is `noeviction`
        production: `command: redis-server --maxmemory 1536mb --maxmemory-policy allkeys-lru`

    What to do:
        Use the same policy; give queues and caches a Redis each, the queue's with `noeviction`.

    When to ignore it:
        When the Redis holds nothing but a cache.

    References:
        Incidents redis-maxmemory-fleetyards, redis-bullmq-volatile-lru; Redis documentation, Key eviction.
    """
    for change in changes(both, REDIS, "maxmemory-policy"):
        yield Found(
            f"a full Redis follows {change.left} on one side and {change.right} on the other: "
            "one of them drops keys",
            "set it alike: `command: [redis-server, --maxmemory-policy, POLICY]`; noeviction for queues",
            change.at,
        )


@pair(
    "RD002", "redis.memory-differs", Severity.WARNING, words=REDIS_WORDS,
    symptoms=(r"OOM command not allowed", r"used memory > 'maxmemory'"),
    since="0.2",
)  # fmt: skip
def memory_differs(both: ServicePair) -> Iterator[Found]:
    """Redis may use another amount of memory on the other side.

    What it compares:
        `maxmemory` in bytes; no bound where it is not set.

    Why it matters:
        At the bound, writes are refused or keys are dropped, as the policy says. Without one the container
        is killed at its limit. Neither happens with a laptop's data.

    Example:
        local: not set
        production: `command: redis-server --maxmemory 1536mb`

    What to do:
        Set a bound on both sides, smaller locally if need be, so that the full state is met once.

    When to ignore it:
        Sizes that follow the data.

    References:
        Incident redis-maxmemory-fleetyards; Redis documentation, Key eviction.
    """
    for change in changes(both, REDIS, "maxmemory"):
        one, two = (_size(text) for text in (change.left, change.right))
        yield Found(
            f"Redis may use {one} on one side and {two} on the other",
            "set a bound on both sides: `command: [redis-server, --maxmemory, SIZE]`",
            change.at,
        )


def _size(text: str) -> str:
    number = whole(text.removesuffix(" (default)"))
    if number == 0:
        return "memory without bound"
    return text if number is None else show_size(number)


@pair(
    "RD003", "redis.persistence-differs", Severity.WARNING, words=REDIS_WORDS, silent=True,
    symptoms=(r"lost .*(?:restart|reboot|deploy)", r"MISCONF", r"(?:empty|gone) after"),
    since="0.2",
)  # fmt: skip
def persistence_differs(both: ServicePair) -> Iterator[Found]:
    """Redis keeps its data over a restart on one side, or more of it.

    What it compares:
        `appendonly`, `appendfsync` and `save`.

    Why it matters:
        Without persistence each restart empties queues and sessions. With snapshots only, the last minutes
        are gone. Appending costs writes to disk, which the other side never waits for.

    Example:
        local: `command: redis-server --save ""`
        production: `command: redis-server --appendonly yes`

    What to do:
        Use the same persistence where anything but a cache is kept.

    When to ignore it:
        Caches.

    References:
        Redis documentation, Redis persistence.
    """
    for change in changes(both, REDIS, "appendonly", "save", "appendfsync"):
        yield Found(
            f"Redis keeps its data differently: {change.name} is {change.left} on one side and "
            f"{change.right} on the other",
            f"set it alike: `command: [redis-server, --{change.name}, VALUE]`",
            change.at,
        )


@pair(
    "RD004", "redis.cluster-mode-differs", Severity.ERROR, words=REDIS_WORDS,
    symptoms=(r"CROSSSLOT", r"\bMOVED \d+", r"cluster support disabled", r"SELECT is not allowed"),
    since="0.2",
)  # fmt: skip
def cluster_mode_differs(both: ServicePair) -> Iterator[Found]:
    """Redis runs as a cluster on one side only.

    What it compares:
        `cluster-enabled`, images made for clusters, and what the server itself says.

    Why it matters:
        In a cluster, commands on several keys fail unless all are in one slot, there is only database 0,
        and clients must follow redirections.

    Example:
        local: `image: redis:7`
        production: `command: redis-server --cluster-enabled yes`

    What to do:
        Run a cluster locally too; three nodes on one laptop are enough.

    When to ignore it:
        When the client library hides the difference and only single keys are used.

    References:
        Incident redis-cluster-rails-performance; Redis documentation, Cluster specification.
    """
    if not REDIS.runs(both):
        return
    sides = [
        "cluster" in str(each.get("image", "repository"))
        or REDIS.value(REDIS.read(each), "cluster-enabled") == "yes"
        or _database.fact(each, "cluster") is True
        for each in (both.left, both.right)
    ]
    if sides[0] != sides[1]:
        yield Found(
            "Redis runs as a cluster on one side only",
            "run a cluster on both sides: `command: [redis-server, --cluster-enabled, 'yes']`",
            tuple((both.name, path) for path in _clustered(both)),
        )


def _clustered(both: ServicePair) -> Iterator[Path]:
    """What says so, the definition before the server itself."""
    given = [REDIS.read(each).get("cluster-enabled") for each in (both.right, both.left)]
    places = [path for _, path in at(both, *(each for each in given if each))]
    if _database.differs(both, "cluster"):
        places.append((_database.ROOT, "cluster"))
    places.sort(key=lambda path: (path[0] == _database.ROOT, path[1:2] != ("cluster",)))
    yield from places or [("image", "repository")]


@pair(
    "RD005", "redis.events-differ", Severity.ERROR, words=REDIS_WORDS, silent=True,
    symptoms=(r"keyspace", r"expired? (?:event|listener)", r"notification"),
    since="0.2",
)  # fmt: skip
def events_differ(both: ServicePair) -> Iterator[Found]:
    """Redis tells subscribers of changed or expired keys on one side only.

    What it compares:
        `notify-keyspace-events`; nothing is told where it is not set.

    Why it matters:
        A program that waits for the event waits for ever, without an error.

    Example:
        local: `command: redis-server --notify-keyspace-events Ex`
        production: not set

    What to do:
        Set it alike on both sides.

    When to ignore it:
        When nothing subscribes to key events.

    References:
        Incident redis-config-memorystore; Redis documentation, Keyspace notifications.
    """
    for change in changes(both, REDIS, "notify-keyspace-events"):
        one, two = ((t if t != " (default)" else "none") for t in (change.left, change.right))
        yield Found(
            f"Redis tells of key events {one} on one side and {two} on the other",
            "set it alike: `command: [redis-server, --notify-keyspace-events, EVENTS]`",
            change.at,
        )


@pair(
    "RD006", "redis.password-on-one-side", Severity.WARNING, words=REDIS_WORDS,
    symptoms=(r"NOAUTH", r"WRONGPASS", r"AUTH.*called without any password"),
    since="0.2",
)  # fmt: skip
def password_on_one_side(both: ServicePair) -> Iterator[Found]:
    """Redis asks for a password on one side only.

    What it compares:
        Whether `requirepass`, or the image's variable for it, is set.

    Why it matters:
        A client that sends no password is refused on that side; one that always sends one is refused by
        some servers on the other.

    Example:
        local: `command: redis-server`
        production: `command: redis-server --requirepass …`

    What to do:
        Set a password on both sides, another one locally.

    When to ignore it:
        When the client's tests cover both.

    References:
        Incident redis-auth-mongooseim-acl; Redis documentation, Redis security.
    """
    if not REDIS.runs(both):
        return
    told = [REDIS.read(each).get("requirepass") for each in (both.left, both.right)]
    found = told[1] or told[0]
    if found and None in told:
        yield Found(
            "Redis asks for a password on one side only",
            "set a password on both sides: `command: [redis-server, --requirepass, PASSWORD]`",
            ((both.name, found.path),),
        )


@pair(
    "RD007", "redis.commands-renamed", Severity.WARNING, words=REDIS_WORDS,
    symptoms=(r"unknown command", r"ERR unknown", r"NOPERM"),
    since="0.2",
)  # fmt: skip
def commands_renamed(both: ServicePair) -> Iterator[Found]:
    """Commands of Redis are renamed or switched off on one side.

    What it compares:
        `rename-command` on the command line and in mounted files.

    Why it matters:
        Libraries call `CONFIG`, `KEYS`, `EVAL` or `FLUSHDB` on their own; the call fails on the side that
        has none. Managed services behave alike.

    Example:
        local: nothing renamed
        production: `rename-command CONFIG ""`

    What to do:
        Switch off the same commands locally.

    When to ignore it:
        When only administrators use the command.

    References:
        Incident redis-config-memorystore; Redis documentation, Redis security.
    """
    for change in changes(both, REDIS, "rename-command"):
        yield Found(
            "commands of Redis are renamed or switched off on one side",
            "switch off the same commands on both sides",
            change.at,
        )


@pair("RD008", "redis.setting-differs", Severity.INFO, words=REDIS_WORDS, since="0.2")
def setting_differs(both: ServicePair) -> Iterator[Found]:
    """Another setting of the Redis server differs.

    What it compares:
        All that the command line, variables and mounted files tell the server and no other rule speaks
        of; not logging, file names and addresses.

    Why it matters:
        Idle timeouts close pooled connections, `databases` bounds what can be selected, client buffers
        decide when a slow subscriber is cut off.

    Example:
        local: not set
        production: `command: redis-server --timeout 300`

    What to do:
        Set it alike on both sides.

    When to ignore it:
        Sizes that follow the machine's memory.

    References:
        Redis documentation, Redis configuration.
    """
    for texts, places in others(both, REDIS, _SPOKEN, _NOISE):
        yield Found(
            f"Redis is told something else on the other side: {'; '.join(texts[:4])}",
            "set it alike: `command: [redis-server, --NAME, VALUE]`",
            places,
        )
