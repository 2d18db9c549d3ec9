"""HE: who starts before whom, and what a check asks of a service that has just started."""

import re
from collections.abc import Iterator

from parity.diff.view import Service, ServicePair, Side
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules._words import option, question
from parity.rules.contract import Found, joint, pair

_DATA = {
    "postgres": ("/var/lib/postgresql/data", "/var/lib/postgresql"),
    "mysql": ("/var/lib/mysql",),
    "mariadb": ("/var/lib/mysql",),
}


@joint(
    "HE004", "health.database-asked-over-socket", Severity.WARNING, words=("isready", "mysqladmin", "mariadb"),
    symptoms=(r"connection refused", r"ECONNREFUSED", r"could not connect", r"database system is starting up"),
    since="0.2",
)  # fmt: skip
def database_asked_over_socket(side: Side) -> Iterator[Found]:
    """A new database is called healthy before it listens: its check asks over the Unix socket.

    What it compares:
        `pg_isready` and `mysqladmin ping` without a host (or with `localhost`) in the checks of databases
        whose data is in no volume, so that each start is a first one, and for which other services wait.

    Why it matters:
        At its first start the image runs a temporary server on the socket alone, to run its scripts. The
        check passes, the services that wait for it start, and their connections are refused. With data in
        a volume it happens once and never again; in CI it happens every time.

    Example:
        local: data in a volume, filled long ago
        production: no volume, `test: pg_isready -U shop`

    What to do:
        Ask over TCP: `pg_isready -U shop -h 127.0.0.1`, `mysqladmin ping -h 127.0.0.1`.

    When to ignore it:
        When everything that connects tries again.

    References:
        Incident order-keploy-pg-isready-socket.
    """
    for database in side.services.values():
        if not _over_socket(database) or _keeps_data(database):
            continue
        waiting = [
            service.name
            for service in side.services.values()
            if service.get("depends_on", database.name, "condition") == "service_healthy"
        ]
        if waiting:
            tool = (
                "pg_isready -h 127.0.0.1"
                if database.technology == "postgres"
                else "mysqladmin ping -h 127.0.0.1"
            )
            yield Found(
                f"`{database.name}` starts with empty data and its check asks over the socket: `{waiting[0]}` is "
                "started before the database listens",
                f"ask over TCP: {tool}",
                at=(
                    (database.name, ("healthcheck", "test")),
                    (waiting[0], ("depends_on", database.name, "condition")),
                ),
            )


def _over_socket(database: Service) -> bool:
    test = database.get("healthcheck", "test")
    words = question(test) if isinstance(test, tuple) and test else ()
    programs = {word.rpartition("/")[2] for word in words}
    if (
        not programs & {"pg_isready", "mysqladmin", "mariadb-admin"}
        or database.technology not in _DATA
    ):
        return False
    host = option(words, "-h", "--host") or next(
        (w[2:] for w in words if re.match(r"-h[^-=]", w)), ""
    )
    return (
        not host or host.startswith("/") or ("pg_isready" not in programs and host == "localhost")
    )


def _keeps_data(database: Service) -> bool:
    targets = _DATA[database.technology]
    return any(
        str(path[1]).startswith(targets) and path[-1] == "type" and kind != "tmpfs"
        for path, kind in database.under("volumes").items()
    )


_STRENGTH = {"service_started": 0, "service_healthy": 1, "service_completed_successfully": 2}


@pair(
    "HE005", "health.waits-less", Severity.WARNING, paths=("depends_on",),
    symptoms=(r"connection refused", r"ECONNREFUSED", r"could not connect", r"not ready", r"starting up"),
    since="0.2",
)  # fmt: skip
def waits_less(both: ServicePair) -> Iterator[Found]:
    """A service waits for another to be healthy in one environment, and only for its start in the other.

    What it compares:
        Conditions of `depends_on`, where both notations have it: service_started,
        service_healthy, service_completed_successfully, and none.

    Why it matters:
        On the side that waits less the service starts before its database answers or its migrations have
        run. It may come up anyway, on a quick machine, most of the time.

    Example:
        local: `depends_on: {db: {condition: service_healthy}}`
        production: `depends_on: [db]`

    What to do:
        Write the stronger condition on both sides, and have the program try again.

    When to ignore it:
        When the program waits by itself.

    References:
        Docker Compose, control startup order; incidents order-keploy-pg-isready-socket,
        order-kaizoku-swarm-ignores-depends-on.
    """
    if any(source not in ("", "compose", "docker") for source in both.sources):
        return
    left, right = (_conditions(service) for service in (both.left, both.right))
    for name in dict.fromkeys((*right, *left)):
        strengths = [_STRENGTH.get(each.get(name, "service_started"), 0) for each in (left, right)]
        if strengths[0] == strengths[1] or not max(strengths):
            continue
        shown = [each.get(name, "nothing") for each in (left, right)]
        in_both = name in left and name in right
        path: Path = ("depends_on", name, "condition") if in_both else ("depends_on", name)
        yield Found(
            f"`{both.name}` waits for `{name}` by {shown[0]} on one side and {shown[1]} on the other: it starts too "
            "early on the side that waits less",
            f"depends_on: {{{name}: {{condition: {shown[0] if strengths[0] > strengths[1] else shown[1]}}}}}",
            at=((both.name, path),),
        )


def _conditions(service: Service) -> dict[str, str]:
    return {
        str(path[1]): str(value)
        for path, value in service.under("depends_on").items()
        if path[-1] == "condition"
    }


@pair(
    "HE006", "health.order-ignored", Severity.WARNING,
    symptoms=(r"connection refused", r"ECONNREFUSED", r"could not (?:connect|translate)", r"database .* not online"),
    equal=True, since="0.2",
)  # fmt: skip
def order_ignored(both: ServicePair) -> Iterator[Found]:
    """One environment starts services in order, and the other is a swarm, which starts all at once.

    What it compares:
        `depends_on` of a Compose project with the same service in a stack that `docker stack deploy` runs.

    Why it matters:
        A swarm ignores `depends_on`, with its conditions. A program that does not try again ends at its
        first refused connection, and comes back only if its restart policy says so.

    Example:
        local: `depends_on: {db: {condition: service_healthy}}`, by `docker compose up`
        production: the same file, by `docker stack deploy`

    What to do:
        Have the program wait and try again, or set `deploy.restart_policy.condition: any`.

    When to ignore it:
        When the program tries again by itself.

    References:
        Incident order-kaizoku-swarm-ignores-depends-on; Docker, docker stack deploy.
    """
    if both.sources.count("swarm") != 1:
        return
    ordered = both.left if both.sources[1] == "swarm" else both.right
    waits = _conditions(ordered)
    if waits:
        first = max(waits, key=lambda name: _STRENGTH.get(waits[name], 0))
        yield Found(
            f"`{both.name}` waits for `{first}` on one side; the other is a swarm, which starts all services at once",
            "try again in the program until the connection works; deploy.restart_policy.condition: any",
            at=((both.name, ("depends_on", first, "condition")),),
        )


_ASKED = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):(\d{2,5})")


@joint(
    "HE007", "health.check-of-another-port", Severity.WARNING, words=("port",),
    symptoms=(r"unhealthy", r"health.?check", r"connection refused"), since="0.2",
)  # fmt: skip
def check_of_another_port(side: Side) -> Iterator[Found]:
    """A health check asks a port that the service is not told to listen on.

    What it compares:
        The port of localhost in a check with PORT, the command's numbers and the ports that the service
        publishes or exposes. Only services with PORT, all of whose ports are known, are looked at.

    Why it matters:
        The check never passes: the container is unhealthy, is restarted by some orchestrators, and whoever
        waits for it never starts.

    Example:
        local: `PORT=3000`, the check asks localhost:3000
        production: `PORT=8080`, the check still asks localhost:3000

    What to do:
        Write the port once and use it in both: `http://localhost:$$PORT/health`.

    When to ignore it:
        When a second server in the container answers checks.

    References:
        Docker Compose file reference, healthcheck.
    """
    for service in side.services.values():
        port = service.env("PORT")
        test = service.get("healthcheck", "test")
        asked = _ASKED.search(" ".join(map(str, test))) if isinstance(test, tuple) else None
        if asked is None or not port or not port.isdigit() or asked[1] in _ports(service) | {port}:
            continue
        yield Found(
            f"the health check of `{service.name}` asks port {asked[1]}, and PORT is {port}",
            f"ask port {port}, or write $$PORT in the test",
            at=((service.name, ("healthcheck", "test")), (service.name, ("environment", "PORT"))),
        )


def _ports(service: Service) -> set[str]:
    """Every port that the service is known by: published, exposed, or a number anywhere in it."""
    found = {str(path[1]).partition("/")[0] for path in service.under("ports") if len(path) > 1}
    found |= {str(port).partition("/")[0] for port in service.get("expose") or ()}
    found |= set(re.findall(r"\d{2,5}", " ".join(map(str, service.words))))
    for name, value in service.environment():
        if "PORT" in name and isinstance(value, str):
            found.add(str(value))
    return found
