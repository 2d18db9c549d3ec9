"""TO: how many of a service run, and what only one of many may do."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, Service, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules._scale import MIGRATION_HINTS, REPLICAS, migrates, most, replicas, where
from parity.rules._words import line
from parity.rules.contract import Found, joint, pair, single

_ONE_HOST = frozenset({"", "compose", "docker"})
_MANY = 8


@single(
    "TO001", "topology.one-against-many", Severity.WARNING, silent=True,
    paths=("deploy.replicas", "deploy.mode"),
    symptoms=(r"log(?:ged)? ?(?:in|out)", r"session", r"twice|duplicate", r"sometimes|every other|intermittent",
              r"deadlock", r"cache"),
    since="0.2",
)  # fmt: skip
def one_against_many(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A service runs once on one side and several times on the other.

    What it compares:
        `deploy.replicas`, 1 where it is not set, and the mode `global`.

    Why it matters:
        What one process keeps for itself is shared by nobody: sessions, caches, locks, uploaded files,
        scheduled jobs, migrations at start. With one replica none of it shows; with two, every other
        request fails, or work is done twice without an error.

    Example:
        local: `replicas` unset, which is 1
        production: `deploy: {replicas: 2}`

    What to do:
        Run two locally: `deploy: {replicas: 2}`. Where the program cannot have it, pin sessions to one
        replica in production.

    When to ignore it:
        For services that keep nothing and do nothing at their start.

    References:
        Incidents replicas-fusionauth-session-pin, replicas-machine-keys, migrate-langfuse-deadlock.
    """
    both = comparison.pair(difference.service)
    if both is None or (difference.path[-1] == "mode" and "global" not in _values(difference)):
        return
    if difference.path[-1] == "mode":
        counts = ["everywhere" if v == "global" else "once" for v in _values(difference)]
    else:
        numbers = [replicas(both.left), replicas(both.right)]
        if min(numbers) != 1 or max(numbers) == 1:
            return
        counts = ["once" if number == 1 else f"{number} times" for number in numbers]
    yield Found(
        f"`{both.name}` runs {counts[0]} in {comparison.left.name} and {counts[1]} in "
        f"{comparison.right.name}: what one process keeps for itself differs from request to request",
        "run two on both sides: `deploy: {replicas: 2}`; pin sessions where they live in the process",
    )


def _values(difference: Difference) -> list[str]:
    return [
        "replicated" if value is ABSENT else str(value)
        for value in (difference.left, difference.right)
    ]


@joint(
    "TO002", "topology.migrates-in-every-replica", Severity.ERROR,
    symptoms=(r"deadlock", r"migrat", r"duplicate (?:key|column|table)|already exists", r"lock"),
    since="0.2",
)  # fmt: skip
def migrates_in_every_replica(side: Side) -> Iterator[Found]:
    """Several replicas of a service migrate the same database when they start.

    What it compares:
        Replicas (or an autoscaler's bound) above one, with migration commands in the command line and
        variables such as `AUTO_MIGRATE` or `RUN_MIGRATIONS`.

    Why it matters:
        All of them alter the same tables at once: deadlocks, "already exists", a migration marked as
        failed, a deployment rolled back. With one replica it never shows.

    Example:
        local: `AUTO_MIGRATE=true`, one replica
        production: `AUTO_MIGRATE=true`, `deploy: {replicas: 3}`

    What to do:
        Migrate in a job of its own that runs before the service, and switch it off in the replicas.

    When to ignore it:
        When the migration tool takes a lock that all replicas wait for, and none times out.

    References:
        Incidents migrate-langfuse-deadlock, migrate-llmgateway-prod-rollback.
    """
    for service in side.mentioning(*MIGRATION_HINTS):
        number = most(service)
        told = migrates(service) if number > 1 else None
        if told:
            words, path = told
            yield Found(
                f"{number} replicas of `{service.name}` migrate the same database when they start "
                f"(`{words}`)",
                "migrate in a job of its own before the service starts",
                ((service.name, REPLICAS), (service.name, path)),
            )


_SESSION_NAME = re.compile(
    r"SESSION_?(?:DRIVER|STORE|STORAGE|TYPE|ENGINE|BACKEND|SAVE_HANDLER)", re.IGNORECASE
)
_IN_PROCESS = re.compile(
    r"^(?:memory|in-?memory|mem|local|array|files?|filesystem|.*sessions\.backends\.file|.*MemoryStore)$",
    re.IGNORECASE,
)


@joint(
    "TO003", "topology.sessions-in-one-replica", Severity.ERROR, words=("session",), silent=True,
    symptoms=(r"log(?:ged)? ?(?:in|out)", r"session", r"csrf|419|403"),
    since="0.2",
)  # fmt: skip
def sessions_in_one_replica(side: Side) -> Iterator[Found]:
    """Sessions are kept in one replica's memory or files, and several replicas answer.

    What it compares:
        Replicas above one, with variables that say where sessions are kept (`SESSION_DRIVER=file`,
        `SESSION_STORE=memory`), where no label pins sessions.

    Why it matters:
        The next request reaches another replica, which knows nothing of the login.

    Example:
        local: `SESSION_DRIVER=file`, one replica
        production: `SESSION_DRIVER=file`, `deploy: {replicas: 2}`

    What to do:
        Keep sessions in a database or in Redis, or pin them in the proxy.

    When to ignore it:
        When the proxy pins sessions in a place that parity cannot see.

    References:
        Incidents replicas-fusionauth-session-pin, replicas-machine-keys.
    """
    for service in side.mentioning("session"):
        if most(service) < 2 or _pins(service):  # noqa: PLR2004
            continue
        for name, value in service.environment():
            if _SESSION_NAME.search(name) and _IN_PROCESS.match(str(value)):
                yield Found(
                    f"{most(service)} replicas of `{service.name}` keep sessions each for itself "
                    f"(`{name}={value}`)",
                    f"keep them where all replicas look: `{name}: redis` or a database",
                    ((service.name, ("environment", name)), (service.name, REPLICAS)),
                )


_STICKY = re.compile(
    r"\.sticky(?:\.|$)|ingress\.kubernetes\.io/affinity|session-?affinity|stickiness|lb_cookie",
    re.IGNORECASE,
)


def _pins(service: Service) -> Path | None:
    """The label or annotation that pins sessions to a replica."""
    for path, value in service.settings.items():
        if path[0] in ("labels", "annotations", "x-parity") or path[:2] == ("deploy", "labels"):
            named = _STICKY.search(".".join(map(str, path)))
            if named and str(value).lower() not in ("false", "none", ""):
                return path
    return None


@pair(
    "TO004", "topology.affinity-differs", Severity.WARNING, words=("sticky", "affinity", "sessionaffinity", "stickiness", "cookie"),
    symptoms=(r"log(?:ged)? ?(?:in|out)", r"session", r"websocket", r"400 .*session id unknown"),
    since="0.2",
)  # fmt: skip
def affinity_differs(both: ServicePair) -> Iterator[Found]:
    """Requests of one user stay with one replica on one side only.

    What it compares:
        Labels and annotations of proxies that pin sessions: Traefik's `sticky`, the ingress controller's
        `affinity`, `sessionAffinity`.

    Why it matters:
        With pinning, a program that keeps sessions in memory works; without it every other request is
        answered by a replica that does not know the user.

    Example:
        local: no label
        production: `traefik.http.services.web.loadbalancer.sticky.cookie=true`

    What to do:
        Pin on both sides, with two replicas locally, or keep sessions outside the process.

    When to ignore it:
        When the service keeps nothing between requests.

    References:
        Incident replicas-fusionauth-session-pin; Traefik documentation, Sticky sessions.
    """
    pins = [_pins(both.left), _pins(both.right)]
    path = pins[1] or pins[0]
    if path and None in pins:
        yield Found(
            f"requests to `{both.name}` stay with one replica on one side only",
            "pin sessions on both sides, or keep them where all replicas look",
            ((both.name, path),),
        )


@joint(
    "TO005", "topology.many-on-one-host", Severity.WARNING,
    symptoms=(r"inotify", r"too many open files", r"EMFILE|ENOSPC", r"user limit \(\d+\)"),
    since="0.2",
)  # fmt: skip
def many_on_one_host(side: Side) -> Iterator[Found]:
    """So many replicas of a service share one host that they share its limits per user as well.

    What it compares:
        Replicas of a Compose service or on one engine: eight or more.

    Why it matters:
        inotify instances (128), processes and open files are counted per user of the host, over all
        containers. The first replicas start, the ninth fails with an error that names none of this.

    Example:
        local: `replicas` unset, which is 1
        production: `deploy: {replicas: 9}` on one host

    What to do:
        Raise `fs.inotify.max_user_instances` and its kind on the host, spread the replicas over hosts,
        or switch off watching of configuration files.

    When to ignore it:
        When the service watches no files and opens few.

    References:
        Incidents inotify-aspnet-docs-nine-instances, inotify-aspnet-shared-uid.
    """
    for service in side.services.values():
        number = replicas(service)
        if side.source in _ONE_HOST and number >= _MANY:
            yield Found(
                f"{number} replicas of `{service.name}` share one host, and so its limits per user "
                "(inotify instances, processes)",
                "raise `fs.inotify.max_user_instances` on the host, or spread the replicas",
                ((service.name, REPLICAS),),
            )


_SCHEDULER = re.compile(
    r"\bcelery\b.*\sbeat\b|\bcelery\b.*\s(?:-B|--beat)\b|\bschedule:(?:work|run)\b|\bclockwork\b|\brqscheduler\b"
    r"|(?:^|[\s/])(?:crond?|supercronic|ofelia)\b|\bwhenever\b|\bbeat\s+-A\b"
)


@joint(
    "TO006", "topology.scheduler-in-every-replica", Severity.ERROR, silent=True,
    symptoms=(r"twice|duplicate|several times", r"(?:mail|e-mail|invoice|job)s? (?:sent|run)"),
    since="0.2",
)  # fmt: skip
def scheduler_in_every_replica(side: Side) -> Iterator[Found]:
    """Several replicas of a service run the same schedule.

    What it compares:
        Replicas above one, with schedulers in the command line: cron, `celery beat`, `schedule:work`.

    Why it matters:
        Each replica starts each job: mails are sent twice, invoices written twice, without an error.

    Example:
        local: `celery -A shop beat`, one replica
        production: `celery -A shop beat`, `deploy: {replicas: 2}`

    What to do:
        Run the schedule in a service of its own with one replica.

    When to ignore it:
        When each job takes a lock first.

    References:
        Celery documentation, Periodic Tasks: only one scheduler may run at a time.
    """
    for service in side.services.values():
        match = _SCHEDULER.search(line(service)) if replicas(service) > 1 else None
        if match:
            yield Found(
                f"{replicas(service)} replicas of `{service.name}` run the same schedule "
                f"(`{match[0].strip()}`)",
                "run the schedule in a service of its own: `deploy: {replicas: 1}`",
                ((service.name, REPLICAS), (service.name, where(service))),
            )


_STATEFUL = frozenset({"postgres", "mysql", "mariadb", "redis", "mongodb", "rabbitmq", "minio"})
_CLUSTERS = re.compile(
    r"patroni|repmgr|pgpool|galera|group-replication|replset|replica|sentinel|cluster|spilo",
    re.IGNORECASE,
)


@joint(
    "TO007", "topology.database-in-replicas", Severity.ERROR, silent=True,
    symptoms=(r"lost|missing|sometimes", r"lock file .*already exists|postmaster\.pid"),
    since="0.2",
)  # fmt: skip
def database_in_replicas(side: Side) -> Iterator[Found]:
    """A database that knows nothing of replication runs in several replicas under one name.

    What it compares:
        Replicas above one of services whose image is a database, cache or queue, without any word of a
        cluster in image, command or variables.

    Why it matters:
        Clients reach one or the other by chance: rows that were just written are not there. On one
        volume, two servers destroy the files.

    Example:
        local: `db: {image: postgres:16}`
        production: the same with `deploy: {replicas: 2}`

    What to do:
        One replica, or the product's own replication.

    When to ignore it:
        When an operator outside the definition replicates the data.

    References:
        PostgreSQL documentation, High Availability; Kubernetes documentation, StatefulSets.
    """
    for service in side.services.values():
        if service.technology not in _STATEFUL or replicas(service) < 2:  # noqa: PLR2004
            continue
        words = " ".join((line(service), *(name for name, _ in service.environment())))
        if not _CLUSTERS.search(f"{service.get('image', 'repository')} {words}"):
            yield Found(
                f"{replicas(service)} replicas of `{service.name}` are {replicas(service)} databases "
                "under one name",
                "`deploy: {replicas: 1}`, or the product's own replication",
                ((service.name, REPLICAS),),
            )
