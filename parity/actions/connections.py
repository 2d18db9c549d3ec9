"""Connection URLs of the databases among a stack's containers, with the passwords they really have."""

import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.state.engines import reading
from parity.state.engines.contract import DataEngine
from parity.state.engines.registry import recognised

if TYPE_CHECKING:
    from docker import DockerClient

_LARGEST_FILE = 64 * 1024


@dataclass(frozen=True)
class Database:
    """A container that runs a data engine. `attrs` hold secrets: never shown."""

    service: str
    engine: DataEngine
    attrs: Mapping[str, Any]


def database(service: str, attrs: Mapping[str, Any]) -> Database | None:
    """What the container of a service keeps data with; None where it is no database parity knows."""
    engine = recognised(attrs)
    return None if engine is None else Database(service, engine, attrs)


def url(client: "DockerClient", found: Database, host: str, port: int) -> str:
    """The URL under which a client reaches it at `host` and `port`; empty where it has none."""
    settings = Settings(client, str(found.attrs["Id"]), reading.environment(found.attrs))
    return found.engine.url(host, port, settings) or ""


class Settings(Mapping[str, str]):
    """A container's variables; one that is given as `NAME_FILE` is read from that file in it."""

    def __init__(self, client: "DockerClient", identity: str, given: Mapping[str, str]) -> None:
        self._client = client
        self._identity = identity
        self._given = given
        self._read: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name in self._given:
            return self._given[name]
        file = self._given.get(f"{name}_FILE")
        if not file:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = _content(self._client, self._identity, file)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def _content(client: "DockerClient", identity: str, path: str) -> str:
    """The first line of a file in a container; empty where there is no such file."""
    from docker.errors import NotFound

    api: Any = client.api
    with translated():
        try:
            chunks, about = api.get_archive(identity, path)
        except NotFound:
            return ""
        if about["size"] > _LARGEST_FILE:
            return ""
        archive = tarfile.open(fileobj=io.BytesIO(b"".join(chunks)))  # noqa: SIM115 - closed below
    with archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                return file.read().decode(errors="replace").partition("\n")[0]
    return ""
