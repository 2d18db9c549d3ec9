"""The databases of a stack as tests look at it: which services they are, and their URLs."""

from parity.actions import connections
from parity.errors import UsageError
from parity.model.stack import Container
from parity.testing.scene import Scene


def databases(scene: Scene, *engines: str) -> list[tuple[Container, connections.Database]]:
    """The first containers of the services that are databases, of certain engines if some are named."""
    found: dict[str, tuple[Container, connections.Database]] = {}
    for container in scene.containers():
        if container.service not in found:
            known = connections.database(container.service, scene.inspect(container.id))
            if known and (not engines or known.engine.name in engines):
                found[container.service] = (container, known)
    return list(found.values())


def only_database(scene: Scene) -> Container:
    """The container of the one database that answers queries in SQL; UsageError."""
    found = [row for row in databases(scene) if row[1].engine.variable == "DATABASE_URL"]
    if len(found) == 1:
        return found[0][0]
    names = ", ".join(container.service for container, _ in found) or "none"
    raise UsageError(f"which database? {scene.stack} has: {names}", next_step="name the service")


def connection_url(scene: Scene, container: Container, *, driver: str | None = None) -> str:
    """The URL of the database in a container; `driver` is SQLAlchemy's, as in `postgresql+psycopg`."""
    found = connections.database(container.service, scene.inspect(container.id))
    if found is None:
        raise UsageError(
            f"{container.service} runs no database that parity knows",
            next_step="build the URL of get_container_host_ip() and get_exposed_port(…)",
        )
    door = scene.door(container.service, found.engine.port)
    url = connections.url(scene.client, found, door.host, door.host_port)
    scheme, separator, rest = url.partition("://")
    return f"{scheme}+{driver}{separator}{rest}" if driver else url
