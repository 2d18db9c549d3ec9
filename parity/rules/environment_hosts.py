"""EN: variables that name hosts which are not where the container would look for them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from parity.diff.view import Comparison, Service, Side
from parity.model.difference import Difference
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules._values import (
    LOOPBACK,
    LOOPBACK_TEXTS,
    Endpoint,
    addresses,
    calls,
    clients_of,
    endpoints,
    is_shared,
    names_of,
    says_loopback,
)
from parity.rules.contract import Found, joint, single

_DATABASES = frozenset({"postgres", "mysql", "mariadb", "pgbouncer"})
_BY_SCHEME: Mapping[str, frozenset[str]] = {
    "postgres": frozenset({"postgres", "pgbouncer"}),
    "postgresql": frozenset({"postgres", "pgbouncer"}),
    "mysql": frozenset({"mysql", "mariadb"}),
    "mariadb": frozenset({"mysql", "mariadb"}),
    "redis": frozenset({"redis"}),
    "rediss": frozenset({"redis"}),
    "amqp": frozenset({"rabbitmq"}),
    "amqps": frozenset({"rabbitmq"}),
    "mongodb": frozenset({"mongodb"}),
    "memcached": frozenset({"memcached"}),
}
_BY_PORT: Mapping[str, frozenset[str]] = {
    "5432": frozenset({"postgres"}),
    "6432": frozenset({"pgbouncer"}),
    "3306": frozenset({"mysql", "mariadb"}),
    "6379": frozenset({"redis"}),
    "5672": frozenset({"rabbitmq"}),
    "27017": frozenset({"mongodb"}),
    "11211": frozenset({"memcached"}),
    "9092": frozenset({"kafka"}),
    "9200": frozenset({"elasticsearch"}),
}
_BY_NAME = (
    (re.compile(r"^PGHOST$|POSTGRES\w*HOST|PG_HOST", re.IGNORECASE), frozenset({"postgres"})),
    (re.compile(r"MYSQL\w*HOST|MARIADB\w*HOST", re.IGNORECASE), frozenset({"mysql", "mariadb"})),
    (re.compile(r"REDIS\w*HOST|VALKEY\w*HOST", re.IGNORECASE), frozenset({"redis"})),
    (re.compile(r"RABBIT\w*HOST|AMQP\w*HOST", re.IGNORECASE), frozenset({"rabbitmq"})),
    (re.compile(r"MONGO\w*HOST", re.IGNORECASE), frozenset({"mongodb"})),
    (re.compile(r"MEMCACHED?\w*HOST", re.IGNORECASE), frozenset({"memcached"})),
    (re.compile(r"(?:^|_)(?:DB|DATABASE)_HOST(?:NAME)?$", re.IGNORECASE), _DATABASES),
)
_LISTENS = re.compile(r"LISTEN|BIND|ADVERTISED|PUBLIC|EXTERNAL", re.IGNORECASE)


@joint(
    "EN016", "environment.localhost-in-container", Severity.ERROR,
    symptoms=(r"connection refused", r"ECONNREFUSED", r"127\.0\.0\.1:\d+", r"localhost"),
    since="0.2",
)  # fmt: skip
def localhost_in_container(side: Side) -> Iterator[Found]:
    """A variable says `localhost` for something that runs in another container.

    What it compares:
        Addresses of databases, caches and queues in variables that name the loopback address, with the
        services of the same environment. Containers that share a network are left out.

    Why it matters:
        Inside a container `localhost` is the container itself. What works for a program on the laptop is
        refused as soon as the program runs in a container.

    Example:
        local: `DATABASE_URL=postgres://localhost:5432/shop`, and a service `db` runs Postgres
        production: `DATABASE_URL=postgres://db:5432/shop`

    What to do:
        Name the service: `postgres://db:5432/shop`.

    When to ignore it:
        When a tunnel or a proxy listens inside the container.

    References:
        Docker, networking in Compose; incidents bind-trustroots-localhost, kafka-ui-advertised-loopback.
    """
    for service in side.mentioning(*LOOPBACK_TEXTS):
        for name, value in service.environment():
            target = _other(side, service, _technologies(name, value))
            if target and not is_shared(side, service.name):
                yield Found(
                    f"`{name}` of `{service.name}` says localhost, and the {target.technology} of this "
                    f"environment runs in another container, `{target.name}`",
                    f"name the service instead of localhost: {name} with host `{target.name}`",
                    at=(
                        (service.name, ("environment", name)),
                        (target.name, ("image", "repository")),
                    ),
                )


def _technologies(name: str, value: object) -> frozenset[str]:
    """What is expected to answer on the loopback address that a variable names."""
    if not says_loopback(value) or _LISTENS.search(name):
        return frozenset()
    for endpoint in endpoints(name, value):
        if LOOPBACK.match(endpoint.host):
            known = _BY_SCHEME.get(endpoint.scheme) or _BY_PORT.get(endpoint.port)
            return known or next(
                (wanted for pattern, wanted in _BY_NAME if pattern.search(name)), frozenset()
            )
    return frozenset()


def _other(side: Side, service: Service, wanted: frozenset[str]) -> Service | None:
    if not wanted or service.technology in wanted:
        return None
    return next((s for s in side.services.values() if s.technology in wanted), None)


_ADVERTISED = re.compile(r"ADVERTISED_(?:LISTENERS|HOST_NAME|HOST)$", re.IGNORECASE)


@joint(
    "EN017", "environment.broker-advertises-localhost", Severity.ERROR, words=("advertised",),
    symptoms=(r"localhost.*(?:9092|broker)", r"broker .*(?:not available|disconnected)", r"leader.not.available"),
    since="0.2",
)  # fmt: skip
def broker_advertises_localhost(side: Side) -> Iterator[Found]:
    """A broker tells its clients in other containers to connect to `localhost`.

    What it compares:
        Kafka's advertised listeners with the addresses and ports under which other services of the
        environment reach the broker.

    Why it matters:
        A client asks the first address only for the list of brokers, and then connects to what the list
        says. Name resolution and the first connection work; every message fails.

    Example:
        local: `KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://localhost:9092`, and `ui` connects to `kafka:9092`
        production: `KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://kafka:9092`

    What to do:
        Advertise the service's name to containers, and a second listener on another port to the laptop:
        `INTERNAL://kafka:9092,EXTERNAL://localhost:29092`.

    When to ignore it:
        When all clients run on the laptop itself.

    References:
        Incidents kafka-ui-advertised-loopback, kafka-advertised-remote-host.
    """
    for broker in side.services.values():
        variable, told = _advertised(broker)
        if not any(LOOPBACK.match(each.host) for each in told) or is_shared(side, broker.name):
            continue
        for client, name in clients_of(side, broker.name):
            value = side.services[client].settings["environment", name]
            if _is_sent_home(broker, endpoints(name, value), told):
                yield Found(
                    f"`{broker.name}` advertises localhost, where `{client}` will look for it after its "
                    "first connection",
                    f"{variable}: INTERNAL://{broker.name}:9092,EXTERNAL://localhost:29092, "
                    "with a listener for each",
                    at=((broker.name, ("environment", variable)), (client, ("environment", name))),
                )
                break


def _advertised(broker: Service) -> tuple[str, Sequence[Endpoint]]:
    for name, value in broker.environment():
        if _ADVERTISED.search(name):
            return name, endpoints(name, value)
    return "", ()


def _is_sent_home(broker: Service, used: Iterable[Endpoint], told: Sequence[Endpoint]) -> bool:
    """Whether a client that uses these addresses is told the loopback address."""
    ports = {each.port for each in used if each.host in names_of(broker)}
    answers = [each for each in told if each.port in ports] or told
    return all(LOOPBACK.match(each.host) for each in answers)


@single(
    "EN018", "environment.advertised-address-differs", Severity.WARNING,
    paths=("environment.*",), symptoms=(r"broker", r"leader.not.available"), names=(_ADVERTISED,), since="0.2",
)  # fmt: skip
def advertised_address_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A broker advertises `localhost` in one environment and a name in the other.

    What it compares:
        Advertised listeners of brokers: all on the loopback address on one side, none on the other.

    Why it matters:
        With localhost only clients on the same machine work. As long as everything runs on one machine
        nobody sees that the address is wrong for all others.

    Example:
        local: `KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://localhost:9092`
        production: `KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://kafka.example:9092`

    What to do:
        Advertise a name that every client can resolve, and a listener of its own to the laptop.

    When to ignore it:
        When clients of the one side all run on its machine.

    References:
        Incident kafka-advertised-remote-host.
    """
    name = str(difference.path[-1])
    local = [
        [bool(LOOPBACK.match(each.host)) for each in endpoints(name, value)]
        for value in (difference.left, difference.right)
    ]
    if not all(local) or all(local[0]) is all(local[1]) or (any(local[0]) and any(local[1])):
        return
    side = comparison.left if any(local[0]) else comparison.right
    yield Found(
        f"the broker tells its clients to connect to localhost in {side.name} only (`{name}`)",
        f"advertise a name that clients elsewhere can resolve in {side.name}",
    )


@single(
    "EN019", "environment.host-not-there", Severity.ERROR,
    symptoms=(
        r"ENOTFOUND", r"could not (?:resolve|translate) host", r"name or service not known",
        r"no such host", r"getaddrinfo",
    ),
    since="0.2",
)  # fmt: skip
def host_not_there(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A variable names a service that only the other environment has.

    What it compares:
        Services of one side alone with the hosts that variables of the other side name. A warning where
        the notation is another one than Compose's, or a network is shared with other definitions: the
        name may come from elsewhere.

    Why it matters:
        The name resolves where the service runs, and nowhere else.

    Example:
        local: services `web` and `search`; `SEARCH_URL=http://search:9200`
        production: `SEARCH_URL=http://search:9200`, and no service `search`

    What to do:
        Run the service, or name the managed one that takes its place.

    When to ignore it:
        When another definition on the same network brings the service.

    References:
        Docker, networking in Compose; incident host-swarm-underscore-names.
    """
    if difference.path:
        return
    in_left = difference.service in comparison.only_left
    has, lacks = (comparison.left, comparison.right)[:: 1 if in_left else -1]
    missing = names_of(has.services[difference.service]) - set(addresses(lacks))
    renamed = comparison.renamed
    for service in lacks.services.values():
        wanted = missing - _own_hosts(service)
        for name, _, hosts in calls(service):
            if not any(endpoint.host in wanted for endpoint in hosts):
                continue
            sure = lacks.source in ("", "compose", "docker") and not _outside(lacks, service)
            at: Path = ("environment", name)
            known = service.name if in_left else renamed.get(service.name, service.name)
            yield Found(
                f"`{name}` of `{service.name}` names the service `{difference.service}`, which "
                f"{lacks.name} does not have",
                f"run `{difference.service}` in {lacks.name}, or name what takes its place",
                at=((known, at), (difference.service, ())),
                severity=None if sure else Severity.WARNING,
            )


def _own_hosts(service: Service) -> set[str]:
    """Names that the service knows from its own hosts file or links."""
    links = service.get("links") or ()
    return {str(path[1]).lower() for path in service.under("extra_hosts") if len(path) > 1} | {
        str(link).rpartition(":")[2].lower() for link in links
    }


def _outside(side: Side, service: Service) -> bool:
    """Whether a network of the service is made elsewhere, so that others may be on it."""
    networks = side.document.get("networks") or {}
    return any(
        (networks.get(str(path[1])) or {}).get("external")
        for path in service.under("networks")
        if len(path) > 1
    )


_PROXY = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@joint(
    "EN020", "environment.proxy-catches-services", Severity.ERROR, words=("proxy",),
    symptoms=(r"proxy", r"\b(?:502|503|504)\b", r"bad gateway", r"tunnel"), since="0.2",
)  # fmt: skip
def proxy_catches_services(side: Side) -> Iterator[Found]:
    """Requests between services go to the HTTP proxy: NO_PROXY does not name them.

    What it compares:
        HTTP_PROXY and HTTPS_PROXY of a service with its NO_PROXY and with the services that its variables
        name by URL.

    Why it matters:
        The proxy stands outside and does not know the names of containers. Requests to them come back
        as errors of a gateway, in the environment that has a proxy only.

    Example:
        local: no proxy
        production: `HTTP_PROXY=http://proxy.example:3128`, `API_URL=http://api:8000`, NO_PROXY unset

    What to do:
        Name the services: `NO_PROXY: localhost,127.0.0.1,api`.

    When to ignore it:
        When the program does not honour these variables.

    References:
        Docker, configure the CLI to use a proxy server; incident survey, finding 2.
    """
    for service in side.services.values():
        proxy = next((name for name in _PROXY if service.env(name)), "")
        if not proxy:
            continue
        known = addresses(side)
        for name, _, hosts in calls(service):
            host = _called(name, hosts, known, service)
            if host and not _is_spared(service, host):
                yield _caught(service, name, proxy, host)


def _called(
    name: str, hosts: Iterable[Endpoint], known: Mapping[str, str], service: Service
) -> str:
    """The other service that a variable names by HTTP."""
    if "PROXY" in name.upper():
        return ""
    for endpoint in hosts:
        target = known.get(endpoint.host)
        if endpoint.scheme in ("http", "https") and target not in (None, service.name):
            return endpoint.host
    return ""


def _caught(service: Service, name: str, proxy: str, host: str) -> Found:
    return Found(
        f"`{service.name}` reaches `{host}` (`{name}`) through the proxy of {proxy}, which does not know "
        "the names of containers",
        f"add {host} to NO_PROXY of `{service.name}`",
        at=((service.name, ("environment", proxy)), (service.name, ("environment", name))),
    )


def _is_spared(service: Service, host: str) -> bool:
    """Whether NO_PROXY has a host, a suffix of it or everything."""
    listed = service.env("NO_PROXY") or service.env("no_proxy") or ""
    entries = [entry.strip().lower().lstrip("*") for entry in listed.split(",")]
    return "*" in listed.split(",") or any(
        host == entry.lstrip(".") or (entry.startswith(".") and host.endswith(entry))
        for entry in entries
        if entry
    )
