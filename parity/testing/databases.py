"""Production's databases under the names of testcontainers' classes: PostgresContainer and the others.

What runs is the service of the project's definition, with production's image and settings. So image,
user, password and name of the database are not the test's to choose: after `start` they are
attributes of the container, and the URL has them.
"""

import logging
import os
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import unquote, urlsplit

from parity.actions.request import UpRequest
from parity.actions.session import local_environment
from parity.errors import UsageError
from parity.model.document import Document
from parity.state.engines.registry import engines
from parity.testing.forked import ForkedStack
from parity.testing.own import OwnStack
from parity.testing.project import Wanted, find
from parity.testing.scene import Scene
from parity.testing.service import ServiceContainer

log = logging.getLogger("parity.testing")


class DatabaseContainer:
    """One database of the project at `context`, alone with what it depends on.

    It begins empty, as production's would at its first start; with `state` from that start state.
    """

    engine: ClassVar[str]
    driver: str | None = None

    def __init__(
        self,
        image: str = "",
        port: int | None = None,
        username: str | None = None,
        password: str | None = None,
        dbname: str | None = None,
        *,
        context: str | os.PathLike[str] = ".",
        service: str = "",
        state: str = "",
        **ignored: Any,
    ) -> None:
        chosen = {"image": image, "username": username, "password": password, "dbname": dbname}
        for name in [*(name for name, value in chosen.items() if value), *ignored]:
            log.warning("%s=… changes nothing: production says what runs", name)
        self._inner_port = port or self._engine().port
        self.image, self.username, self.password, self.dbname = image, "", "", ""
        self._context, self._service, self._state = Path(context), service, state
        self._own: OwnStack | ForkedStack | None = None
        self._scene: Scene | None = None
        self._strategy: Any = None

    @property
    def port(self) -> int:
        """The port inside the container, for `get_exposed_port`."""
        return self._inner_port

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("with_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

        def unchanged(*_: Any, **__: Any) -> DatabaseContainer:
            log.warning("%s changes nothing: production says what runs", name)
            return self

        return unchanged

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def waiting_for(self, strategy: Any) -> Self:
        """A wait strategy of testcontainers; `start` ends when it is content as well."""
        self._strategy = strategy
        return self

    def start(self) -> Self:
        """Start it, and wait until it answers."""
        service = self._service or self._in_definition()
        self._service = service
        wanted = Wanted(self._context, services=(service,))
        if self._state or not self._is_compose():
            self._own = ForkedStack(wanted, self._state)
        else:
            self._own = OwnStack(wanted, publish=((service, self._inner_port),))
        self._own.up(UpRequest())
        self._scene = Scene(self._own.name)
        url = urlsplit(self.container.get_connection_url())
        self.username, self.password = unquote(url.username or ""), unquote(url.password or "")
        self.dbname = unquote(url.path.lstrip("/"))
        self.image = str(self.container.get_container_info()["Config"]["Image"])
        if self._strategy is not None:
            self._strategy.wait_until_ready(self)
        return self

    def stop(self, force: bool = True, delete_volume: bool = True) -> None:
        """Remove it with its data."""
        del force, delete_volume
        if self._scene is not None:
            self._scene.close()
            self._scene = None
        if self._own is not None:
            self._own.down()

    @property
    def container(self) -> ServiceContainer:
        """The running container."""
        if self._scene is None:
            raise UsageError("it is not started", next_step="call start(), or use `with`")
        return ServiceContainer(self._scene, self._scene.container(self._service))

    def get_connection_url(self, host: str | None = None, driver: str | None = "") -> str:
        """The URL for SQLAlchemy; `driver=None` leaves the driver out."""
        url = self.container.get_connection_url(self.driver if driver == "" else driver)
        here = self.container.get_container_host_ip()
        return url.replace(f"@{here}:", f"@{host}:") if host else url

    def get_container_host_ip(self) -> str:
        """The address of this machine at which it answers."""
        return self.container.get_container_host_ip()

    def get_exposed_port(self, port: int) -> int:
        """The port of this machine behind which a port of the container is."""
        return self.container.get_exposed_port(port)

    def get_logs(self) -> tuple[bytes, bytes]:
        """All it has written to stdout and to stderr."""
        return self.container.get_logs()

    def exec(self, command: Any) -> Any:
        """Run a command in it; (exit_code, output)."""
        return self.container.exec(command)

    def get_wrapped_container(self) -> Any:
        """The SDK's container."""
        return self.container.get_wrapped_container()

    def reload(self) -> None:
        """Nothing to do; wait strategies call it."""

    @property
    def status(self) -> str:
        """How it is now."""
        return "not_started" if self._scene is None else self.container.status

    @classmethod
    def _engine(cls) -> Any:
        return next(engine for engine in engines() if engine.name == cls.engine)

    def _is_compose(self) -> bool:
        """Whether one more port can be published by a Compose file laid over the definition."""
        project = find(Wanted(self._context)).project
        return project.environments[local_environment(project)].source == "compose"

    def _in_definition(self) -> str:
        """The one service that runs such a database, by its image and command."""
        services = OwnStack(Wanted(self._context)).environment().services
        found = [name for name, body in services.items() if self._engine().recognise(_attrs(body))]
        if len(found) == 1:
            return found[0]
        raise UsageError(
            f"which service is the {self._engine().title}? "
            + (f"There are: {', '.join(found)}" if found else "No image looks like one"),
            next_step='name it: service="…"',
        )


class PostgresContainer(DatabaseContainer):
    """The project's PostgreSQL."""

    engine = "postgres"

    def __init__(self, *arguments: Any, driver: str | None = "psycopg2", **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.driver = driver


class MySqlContainer(DatabaseContainer):
    """The project's MySQL or MariaDB."""

    engine = "mariadb"

    def __init__(
        self, image: str = "", dialect: str | None = None, *, port: int | None = None, **more: Any
    ) -> None:
        super().__init__(image, port, **more)
        self.driver = dialect


class RedisContainer(DatabaseContainer):
    """The project's Redis or Valkey."""

    engine = "redis"

    def get_client(self, **settings: Any) -> Any:
        """A client of the `redis` package."""
        from redis import Redis

        host, port = self.get_container_host_ip(), self.get_exposed_port(self.port)
        return Redis(host=host, port=port, password=self.password or None, **settings)


class RabbitMqContainer(DatabaseContainer):
    """The project's RabbitMQ."""

    engine = "rabbitmq"

    @property
    def vhost(self) -> str:
        """The virtual host."""
        return self.dbname

    def get_connection_params(self) -> Any:
        """Parameters for the `pika` package."""
        import pika

        return pika.ConnectionParameters(
            host=self.get_container_host_ip(),
            port=self.get_exposed_port(self.port),
            virtual_host=self.vhost,
            credentials=pika.PlainCredentials(self.username, self.password),
        )


def _attrs(service: Document) -> dict[str, Any]:
    """A service of a definition in the form of an inspect record, as far as it says anything."""
    words = [*(service.get("entrypoint") or ()), *(service.get("command") or ())]
    environment = service.get("environment") or {}
    config = {
        "Image": service.get("image", ""),
        "Env": [f"{name}={value or ''}" for name, value in environment.items()],
    }
    return {"Config": config, "Path": words[0] if words else "", "Args": words[1:]}
