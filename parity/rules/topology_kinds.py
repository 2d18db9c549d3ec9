"""TO: what runs in other ways, or in other places, on the other side."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, Service, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules._scale import where
from parity.rules._servers import contents
from parity.rules._values import clients_of, endpoints
from parity.rules._words import argv, line
from parity.rules.contract import Found, pair, single

_SINGLE_VARIABLE = re.compile(r"^discovery[._]type$", re.IGNORECASE)
_SINGLE_WORDS = re.compile(
    r"discovery\.type=single-node|\bstart-single-node\b|\bconsul\b.*\s-dev\b|\bvault\b.*\s-dev\b|\bagent\s+-dev\b"
    r"|\bserver\s+-dev\b|-bootstrap-expect[= ]1\b"
)


@pair(
    "TO008", "topology.single-node-mode", Severity.ERROR, words=("single", "dev", "bootstrap"),
    symptoms=(r"bootstrap checks? failed", r"vm\.max_map_count", r"master not discovered", r"not enough nodes"),
    since="0.2",
)  # fmt: skip
def single_node_mode(both: ServicePair) -> Iterator[Found]:
    """A server that is made for clusters runs in its single-node mode on one side only.

    What it compares:
        Elasticsearch's and OpenSearch's `discovery.type=single-node`, CockroachDB's `start-single-node`,
        Consul's and Vault's `-dev`.

    Why it matters:
        The mode switches off more than the cluster: checks of the host's kernel settings and limits,
        durability, access control. The other side refuses to start on a host that was fine so far.

    Example:
        local: `discovery.type=single-node`
        production: unset, with `cluster.initial_master_nodes`

    What to do:
        Give the host what the checks ask for (`vm.max_map_count=262144`), and run without the mode once.

    When to ignore it:
        When only queries are tested locally, and the host's settings are kept elsewhere.

    References:
        Incidents es-single-node-hides-check-hypothesis, es-maxmap-opensearch-helm.
    """
    modes = [_single_node(both.left), _single_node(both.right)]
    path = modes[1] or modes[0]
    if path and None in modes:
        yield Found(
            f"`{both.name}` runs in its single-node mode on one side only: the other side's start-up "
            "checks never ran there",
            "set the host's `vm.max_map_count=262144` and limits, and start it once without the mode",
            ((both.name, path),),
        )


def _single_node(service: Service) -> Path | None:
    if "single-node" in service.variables.values():
        for name, value in service.environment():
            if _SINGLE_VARIABLE.match(name) and value == "single-node":
                return ("environment", name)
    for _, path in (c for c in contents(service, r"search\.yml$") if "single-node" in c[0]):
        return path
    return where(service) if _SINGLE_WORDS.search(line(service)) else None


@pair(
    "TO009", "topology.replica-set-on-one-side", Severity.ERROR, words=("mongo", "mongodb"),
    symptoms=(r"transaction numbers are only allowed", r"change ?stream", r"replica ?set", r"not primary"),
    since="0.2",
)  # fmt: skip
def replica_set_on_one_side(both: ServicePair) -> Iterator[Found]:
    """MongoDB runs as a replica set on one side and alone on the other.

    What it compares:
        `--replSet` on the command line and `MONGODB_REPLICA_SET_MODE` and its kind.

    Why it matters:
        Transactions and change streams exist in replica sets only; write concerns and reads from
        secondaries mean something there only.

    Example:
        local: `mongod`
        production: `mongod --replSet rs0`

    What to do:
        A replica set of one member is enough locally: `command: [mongod, --replSet, rs0]`.

    When to ignore it:
        When the program uses neither transactions nor change streams.

    References:
        MongoDB documentation, Transactions and Change Streams.
    """
    if "mongodb" not in (both.left.technology, both.right.technology):
        return
    sets = [_replica_set(both.left), _replica_set(both.right)]
    path = sets[1] or sets[0]
    if path and None in sets:
        yield Found(
            "MongoDB runs as a replica set on one side and alone on the other",
            "one member is enough locally: `command: [mongod, --replSet, rs0]`",
            ((both.name, path),),
        )


def _replica_set(service: Service) -> Path | None:
    for name in ("MONGODB_REPLICA_SET_MODE", "MONGODB_REPLICA_SET_NAME", "MONGO_REPLICA_SET_NAME"):
        if service.has_env(name):
            return ("environment", name)
    words = argv(service.words)
    return where(service) if any(w.partition("=")[0] == "--replSet" for w in words) else None


_POOLER_HOST = re.compile(
    r"pgbouncer|pooler|-pool\b|\.proxy-[a-z0-9]+\.|odyssey|pgcat", re.IGNORECASE
)
_POOLER_URL = re.compile(r"[?&]pgbouncer=true\b")
_DATABASE_URL = re.compile(r"^(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?$", re.IGNORECASE)
_POOLER_PORTS = frozenset({"6432", "6543"})


@single(
    "TO010", "topology.pooler-on-one-side", Severity.ERROR,
    symptoms=(r"prepared statement", r"26000|42P05", r"server closed the connection", r"advisory lock"),
    paths=("", "environment"), since="0.2",
)  # fmt: skip
def pooler_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A connection pooler stands between the program and the database on one side only.

    What it compares:
        PgBouncer and its kin among the services, and the hosts, ports and options of database URLs, with
        the other side's.

    Why it matters:
        In transaction mode, consecutive statements may meet different sessions: prepared statements,
        `SET`, advisory locks, temporary tables and `LISTEN` are gone. Migration tools fail.

    Example:
        local: `DATABASE_URL=postgres://db:5432/shop`
        production: `DATABASE_URL=postgres://pgbouncer:6432/shop`

    What to do:
        Put the same pooler in the same mode in front of the local database; let migrations connect to the
        database itself.

    When to ignore it:
        When the pooler works in session mode.

    References:
        Incident pgbouncer-sqitch-test-prod; PgBouncer documentation, SQL feature map for pooling modes.
    """
    if not difference.path:
        yield from _pooler_service(difference, comparison)
        return
    both = comparison.pair(difference.service)
    if difference.path[0] != "environment" or both is None:
        return
    left, right = (
        _pools(str(difference.path[1]), value, side)
        for value, side in (
            (difference.left, comparison.left),
            (difference.right, comparison.right),
        )
    )
    if left is None or right is None or left is right or _alone(comparison):
        return
    with_, without = _names(comparison, right)
    yield Found(
        f"{with_} reaches the database through a pooler (`{difference.path[1]}`), {without} directly",
        f"put the same pooler in front of {without}'s database",
    )


def _alone(comparison: Comparison) -> bool:
    """Whether a pooler is a service of one side alone: then that is the finding."""
    sides = (
        (comparison.left, comparison.only_left),
        (comparison.right, comparison.only_right),
    )
    return any(
        side.services[name].technology == "pgbouncer" for side, only in sides for name in only
    )


def _names(comparison: Comparison, right: bool) -> tuple[str, str]:  # noqa: FBT001
    names = (comparison.left.name, comparison.right.name)
    return (names[1], names[0]) if right else names


def _pooler_service(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    right = difference.service in comparison.only_right
    side, other = comparison.right, comparison.left
    if not right:
        side, other = other, side
    service = side.services.get(difference.service)
    if service is None or service.technology != "pgbouncer":
        return
    if any(each.technology == "pgbouncer" for each in other.services.values()):
        return
    renamed = {} if right else comparison.renamed
    clients = [
        (renamed.get(client, client), ("environment", name))
        for client, name in clients_of(side, service.name)
    ]
    yield Found(
        f"a pooler, `{service.name}`, stands in front of the database in {side.name} and not in "
        f"{other.name}: statements of one session may meet several",
        f"put the same pooler in front of {other.name}'s database",
        ((difference.service, ()), *clients),
    )


def _pools(name: str, value: object, side: Side) -> bool | None:
    """Whether a database's address leads to a pooler; None for what is no database's address."""
    if not isinstance(value, str):
        return None
    for endpoint in endpoints(name, value):
        target = side.services.get(endpoint.host)
        technology = target.technology if target else ""
        if technology == "pgbouncer" or _POOLER_URL.search(value):
            return True
        is_database = _DATABASE_URL.match(endpoint.scheme) or technology == "postgres"
        if not is_database and not re.search(r"PG|POSTGRES|DB|DATABASE", name, re.IGNORECASE):
            continue
        by_port = _DATABASE_URL.match(endpoint.scheme) and endpoint.port in _POOLER_PORTS
        return bool(_POOLER_HOST.search(endpoint.host) or by_port)
    return None


@pair(
    "TO011", "topology.pool-mode-differs", Severity.ERROR, words=("pgbouncer", "pgpool", "odyssey", "pgcat"),
    symptoms=(r"prepared statement", r"26000|42P05", r"SET .*lost|search_path"),
    since="0.2",
)  # fmt: skip
def pool_mode_differs(both: ServicePair) -> Iterator[Found]:
    """The connection pooler shares sessions at another point on the other side.

    What it compares:
        PgBouncer's `pool_mode` in variables and mounted files; `session` where it is not set.

    Why it matters:
        In transaction and statement mode, what a session sets is lost or reaches another client.

    Example:
        local: `POOL_MODE=session`
        production: `POOL_MODE=transaction`

    What to do:
        Use production's mode locally.

    When to ignore it:
        When the program is known to keep nothing in its sessions.

    References:
        Incident pgbouncer-sqitch-test-prod; PgBouncer documentation, pool_mode.
    """
    if "pgbouncer" not in (both.left.technology, both.right.technology):
        return
    modes = [_mode(both.left), _mode(both.right)]
    if modes[0][0] != modes[1][0]:
        path = modes[1][1] or modes[0][1]
        yield Found(
            f"the pooler works in {modes[0][0]} mode on one side and in {modes[1][0]} mode on the other",
            "use production's mode locally: `POOL_MODE: transaction`",
            ((both.name, path),),
        )


def _mode(service: Service) -> tuple[str, Path]:
    for name in ("POOL_MODE", "PGBOUNCER_POOL_MODE"):
        if value := service.env(name):
            return value.lower(), ("environment", name)
    for text, path in contents(service, r"pgbouncer\.ini$"):
        match = re.search(r"^\s*pool_mode\s*=\s*(\w+)", text, re.MULTILINE)
        if match:
            return match[1].lower(), path
    return "session", ()
