"""TO: services that stand in for what the other side has elsewhere."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, Service, Side
from parity.model.difference import Difference
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules._values import addresses, clients_of, endpoints
from parity.rules.contract import Found, single

_EMULATOR = re.compile(
    r"localstack|elasticmq|azurite|fake-gcs|dynamodb-local|(?:^|/)moto|pubsub-emulator|cloud-sdk.*emulator"
    r"|firestore-emulator|firebase-emulator|stripe-mock|goaws|kinesalite|cosmosdb.*emulator|servicebus-emulator"
    r"|sqs-local|eventbridge-local|fakes3|adobe/s3mock",
    re.IGNORECASE,
)
_STORES = frozenset({"minio"})
_DATA = {
    "postgres": "Postgres",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "redis": "Redis",
    "memcached": "Memcached",
    "mongodb": "MongoDB",
    "rabbitmq": "RabbitMQ",
    "kafka": "Kafka",
    "elasticsearch": "Elasticsearch",
}


@single(
    "TO012", "topology.emulator-on-one-side", Severity.WARNING, silent=True,
    symptoms=(r"s3|bucket|acl|NotImplemented", r"sqs|message (?:too|larger)|256", r"blob|queue|pubsub"),
    since="0.2",
)  # fmt: skip
def emulator_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One side runs an emulator of a service that the other side rents.

    What it compares:
        Services on one side only that are LocalStack, MinIO, ElasticMQ, Azurite, fake-gcs-server and the
        like.

    Why it matters:
        Emulators accept what the real service refuses, such as messages above 256 KB, and lack what it
        has, such as access lists or virtual-hosted addresses. Tests pass, production fails.

    Example:
        local: `queue: {image: localstack/localstack:3.8}`
        production: nothing; Amazon SQS

    What to do:
        Check the real service's limits in the program, set what differs in variables (path style, region),
        and run one test against the real service.

    When to ignore it:
        When the calls in use are known to behave alike.

    References:
        Incidents s3-alveus-minio-acl, sqs-localstack-256kb.
    """
    if difference.path:
        return
    side, other = _sides(difference, comparison)
    service = side.services.get(difference.service)
    if service is None or not _emulates(service) or any(map(_emulates, other.services.values())):
        return
    yield Found(
        f"{side.name} runs an emulator, `{service.name}`, of what {other.name} rents: its limits and "
        "features are others",
        f"check {other.name}'s limits in the program, and test against the real service once",
        ((difference.service, ()), *_clients(service, side, comparison)),
    )


def _emulates(service: Service) -> bool:
    repository = str(service.get("image", "repository"))
    return bool(_EMULATOR.search(repository)) or service.technology in _STORES


def _sides(difference: Difference, comparison: Comparison) -> tuple[Side, Side]:
    """The side that has an unpaired service, and the other."""
    if difference.service in comparison.only_right:
        return comparison.right, comparison.left
    return comparison.left, comparison.right


def _clients(service: Service, side: Side, comparison: Comparison) -> Iterator[tuple[str, Path]]:
    """The variables that name a service, by the right side's names."""
    names = comparison.renamed
    for client, variable in clients_of(side, service.name):
        name = names.get(client, client) if side is comparison.left else client
        yield name, ("environment", variable)


@single(
    "TO013", "topology.managed-elsewhere", Severity.INFO,
    symptoms=(r"ssl|tls|certificate", r"permission denied|superuser", r"extension|parameter"),
    since="0.2",
)  # fmt: skip
def managed_elsewhere(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A database runs in a container on one side and somewhere else on the other.

    What it compares:
        Databases, caches and queues that are services on one side only, while a service of the other side
        names an outside host in the same variable.

    Why it matters:
        The outside one is usually managed: another minor version, TLS required, no superuser, parameters
        and extensions of its own. None of that can be seen in the definition.

    Example:
        local: `db: {image: postgres:16}`, `DATABASE_HOST=db`
        production: no `db`, `DATABASE_HOST=shop.abc.eu-west-1.rds.amazonaws.com`

    What to do:
        Pin the local image to the managed version, and set locally what the service sets: TLS, roles,
        parameters. `parity capture` on the production side writes down what it has.

    When to ignore it:
        When version and parameters are compared elsewhere.

    References:
        Incidents redis-config-memorystore, pg-extension-digdag-rds, redis-version-chirpstack-azure.
    """
    if difference.path:
        return
    side, other = _sides(difference, comparison)
    service = side.services.get(difference.service)
    product = _DATA.get(service.technology) if service else None
    if service is None or product is None:
        return
    for name, path in _clients(service, side, comparison):
        host = _outside(name, str(path[-1]), other, comparison)
        if host:
            yield Found(
                f"{product} runs in a container in {side.name} and at {host} in {other.name}: its version "
                "and parameters cannot be compared here",
                "pin the image to the version that runs there, and set its parameters alike",
                ((difference.service, ()), (name, path)),
            )
            return


def _outside(client: str, variable: str, other: Side, comparison: Comparison) -> str:
    """The host outside an environment that a client's variable names there, or an empty text."""
    both = comparison.pair(client)
    if both is None:
        return ""
    service = both.left if other is comparison.left else both.right
    value = service.settings.get(("environment", variable))
    known = addresses(other)
    for endpoint in endpoints(variable, value):
        if "." in endpoint.host and endpoint.host not in known:
            return endpoint.host
    return ""
