"""DB: modules, replicas, queues and policies of Redis and RabbitMQ."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules import _database
from parity.rules._database import READS
from parity.rules.contract import Found, pair, single

_OF_THE_MOMENT = re.compile(r"^amq\.|[0-9a-f]{8}|@|pidbox|celeryev|^$", re.IGNORECASE)
"""Names that are made up by a client for as long as it runs."""


@single(
    "DB025", "database.modules-differ", Severity.ERROR, paths=("database.modules",), reads=READS,
    symptoms=(r"unknown command", r"(?:JSON|FT|BF|TS)\.\w+"), since="0.3",
)  # fmt: skip
def modules_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Redis has a module on one side only.

    What it compares:
        The modules that the server loaded.

    Why it matters:
        `JSON.SET`, `FT.SEARCH` and `BF.ADD` are unknown commands without their module, which a plain image
        and most managed servers do not have.

    Example:
        local: `redis/redis-stack`
        production: `redis:7.2`

    What to do:
        Run the same image, or load the module: `--loadmodule`.

    When to ignore it:
        When nothing uses it.

    References:
        Redis documentation, Modules API.
    """
    del comparison
    sides = [_database.listed(side) for side in (difference.left, difference.right)]
    lacks = [
        f"{_database.some(sorted(names))} on the {side}"
        for side, names in _database.lacking(*sides)
    ]
    if lacks:
        yield Found(
            f"Redis lacks modules: {'; '.join(lacks)}",
            "run an image with the same modules on both sides",
        )


@single(
    "DB026", "database.replica-on-one-side", Severity.ERROR, paths=("database.replica",), reads=READS,
    symptoms=(r"READONLY", r"read.?only (?:replica|transaction)", r"stale"), since="0.3",
)  # fmt: skip
def replica_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The application speaks with a replica on one side only.

    What it compares:
        What the server says of its own role.

    Why it matters:
        A replica refuses writes, and its reads are a little old: what was just written is not there yet.

    Example:
        local: one server
        production: the address of a replica

    What to do:
        Connect to the primary, or run a replica locally too.

    When to ignore it:
        For connections that only read, and may read what is old.

    References:
        Redis documentation, Replication.
    """
    if {difference.left, difference.right} == {True, False}:
        names = (comparison.left.name, comparison.right.name)
        has = names[0] if difference.left is True else names[1]
        yield Found(
            f"the application speaks with a replica in {has} only: it refuses writes",
            "connect to the primary on both sides",
        )


@pair(
    "DB028", "database.queues-differ", Severity.ERROR, paths=("database.queues", "database.exchanges"), reads=READS,
    symptoms=(r"PRECONDITION_FAILED", r"inequivalent arg", r"406", r"NOT_FOUND - no (?:queue|exchange)"),
    since="0.3",
)  # fmt: skip
def queues_differ(both: ServicePair) -> Iterator[Found]:
    """A queue or an exchange was declared with other arguments on the other side.

    What it compares:
        Type, durability and arguments of queues and exchanges that both brokers have. That one has more
        of them is only said; names that clients make up for themselves do not count.

    Why it matters:
        Arguments are fixed when the queue is made. Code that declares it otherwise is refused with
        PRECONDITION_FAILED, where the queue is older than the code.

    Example:
        local: `orders`: classic, durable
        production: `orders`: quorum, durable

    What to do:
        Delete the queue when it is empty and let it be declared anew, or use a policy.

    When to ignore it:
        Queues that nothing declares any more.

    References:
        RabbitMQ documentation, Queues: property equivalence.
    """
    told, places, alone = [], [], []
    for kind in ("queues", "exchanges"):
        left, right = (_database.below(side, kind) for side in (both.left, both.right))
        for path in dict.fromkeys((*left, *right)):
            name = ".".join(map(str, path))
            place = _database.at(both, kind, *map(str, path))
            if _OF_THE_MOMENT.search(name):
                continue
            if path not in left or path not in right:
                alone.append((f"`{name}` on the {'left' if path in left else 'right'}", place))
            elif left[path] != right[path]:
                told.append(f"`{name}` is {left[path]} on the left and {right[path]} on the right")
                places.append(place)
    if told:
        yield Found(
            f"arguments differ: {'; '.join(told[:4])}",
            "delete the queue when it is empty and let it be declared anew on the older side",
            tuple(places),
        )
    if alone:
        shown = ", ".join(text for text, _ in alone[:6])
        yield Found(
            f"queues or exchanges are on one side only: {shown}",
            "start what declares them on both sides",
            tuple(place for _, place in alone),
            Severity.INFO,
        )


@pair(
    "DB029", "database.policies-differ", Severity.WARNING, paths=("database.policies",), reads=READS, silent=True,
    symptoms=(r"dead.?letter", r"(?:queue|memory) (?:grows|full)", r"lost messages", r"max-length|message-ttl"),
    since="0.3",
)  # fmt: skip
def policies_differ(both: ServicePair) -> Iterator[Found]:
    """A policy of RabbitMQ is missing or another on one side.

    What it compares:
        Policies by name: pattern, definition and what they apply to.

    Why it matters:
        Policies give queues their length, their time to live and where dead letters go. They are made by
        hand, once, and stand in no definition: without them a queue grows, or messages vanish.

    Example:
        local: none
        production: `dlx`: `^orders` `{"dead-letter-exchange": "dead"}`

    What to do:
        Bring them with `load_definitions` on both sides.

    When to ignore it:
        Policies for mirroring in clusters of several nodes.

    References:
        RabbitMQ documentation, Policies; Schema Definition Export and Import.
    """
    left, right = (_database.below(side, "policies") for side in (both.left, both.right))
    for path in dict.fromkeys((*right, *left)):
        one, two = left.get(path, ABSENT), right.get(path, ABSENT)
        if one != two:
            shown = [("missing" if side is ABSENT else str(side)) for side in (one, two)]
            yield Found(
                f"policy `{'.'.join(map(str, path))}` is {shown[0]} on the left and {shown[1]} on the right",
                "bring policies with `load_definitions` on both sides",
                (_database.at(both, "policies", *map(str, path)),),
            )
