"""A running copy of a service: asked by `exec`, watched, read from, and gone when it is done with."""

import io
import re
import tarfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parity.engine import recreate
from parity.engine.client import translated
from parity.engine.recreate import Attrs
from parity.errors import StackError
from parity.stack import labels
from parity.state import alone
from parity.state.engines import reading
from parity.state.engines.contract import Command, DataEngine

if TYPE_CHECKING:
    from docker import DockerClient


_SECRET = re.compile(r"PASS|SECRET|TOKEN|KEY|AUTH|CREDENTIAL", re.IGNORECASE)
_HARMLESS = 4
"""Values shorter than this are not hidden: they would tear the text apart."""
_LOG_LINES = 200


@dataclass(frozen=True)
class Copy:
    """A running copy. `service` names it in messages, `attrs` are the origin's."""

    client: "DockerClient"
    id: str
    service: str
    attrs: Attrs
    engine: DataEngine

    def ask(self, command: Command) -> tuple[int, str]:
        """(exit code, what it said, without secrets)."""
        from docker.errors import APIError

        api: Any = self.client.api
        with translated():
            try:
                made = api.exec_create(
                    self.id, list(command.argv), environment=dict(command.environment) or None
                )
                # The SDK's time limit is for the answer's head alone: a check may be silent for hours.
                said: bytes = api.exec_start(made["Id"])
                code = api.exec_inspect(made["Id"])["ExitCode"]
            except APIError as error:
                # It ended between two questions; the next look at its state tells.
                return 1, str(error.explanation or error)
        return int(code or 0), hidden(said.decode(errors="replace"), self.attrs, command)

    def state(self) -> dict[str, Any]:
        """What the Docker Engine says of it now."""
        from docker.errors import NotFound

        with translated():
            try:
                state: dict[str, Any] = self.client.api.inspect_container(self.id)["State"]
            except NotFound as error:
                raise StackError(
                    f"{self.service}: the container on a copy of its data was removed meanwhile",
                    where=self.service,
                    next_step="the same command again",
                ) from error
        return state

    def log(self) -> list[str]:
        """The last lines it wrote, without secrets."""
        with translated():
            raw = self.client.api.logs(self.id, tail=_LOG_LINES, stdout=True, stderr=True)
        text = hidden(raw.decode(errors="replace"), self.attrs)
        return [line for line in text.splitlines() if line.strip()]

    def file(self, path: str) -> bytes | None:
        """A small file of it, whether it runs or not; None where there is none."""
        from docker.errors import NotFound

        with translated():
            try:
                stream, _ = self.client.api.get_archive(self.id, path)
                packed = b"".join(stream)
            except NotFound:
                return None
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            found = next((member for member in archive if member.isfile()), None)
            opened = archive.extractfile(found) if found else None
            return opened.read() if opened else None


@contextmanager
def booted(
    client: "DockerClient",
    engine: DataEngine,
    attrs: Attrs,
    mounts: Sequence[Mapping[str, Any]],
    owner: Mapping[str, str],
    more: Sequence[str] = (),
) -> Iterator[Copy]:
    """A copy that was started; see `alone.body` for the arguments."""
    from docker.errors import NotFound

    name = f"parity-{alone.ROLE}-{uuid.uuid4().hex[:12]}"
    found = recreate.create(client, name, alone.body(attrs, engine, mounts, owner, more))
    try:
        copy = Copy(client, found, service(attrs), attrs, engine)
        _start(copy)
        yield copy
    finally:
        with translated(), suppress(NotFound):
            client.api.remove_container(found, v=True, force=True)


def _start(copy: Copy) -> None:
    from docker.errors import APIError

    with translated():
        try:
            copy.client.api.start(copy.id)
        except APIError as error:
            text = hidden(str(error.explanation or error), copy.attrs)
            raise StackError(
                f"{copy.service}: a container on a copy of its data cannot start: {text}",
                where=copy.service,
                next_step="`parity doctor` looks at the engine",
            ) from error


def hidden(text: str, attrs: Attrs, command: Command | None = None) -> str:
    """A text without the values of the container's secrets."""
    named = [*reading.environment(attrs).items(), *(command.environment if command else {}).items()]
    values = {value for name, value in named if _SECRET.search(name)}
    values.add(reading.option(reading.command(attrs), "--requirepass") or "")
    for value in sorted((v for v in values if len(v) >= _HARMLESS), key=len, reverse=True):
        text = text.replace(value, "***")
    return text


def service(attrs: Attrs) -> str:
    """What a container is called in messages."""
    mine = attrs["Config"].get("Labels") or {}
    name = mine.get(labels.SERVICE) or mine.get("com.docker.compose.service") or attrs["Name"]
    return str(name).lstrip("/")
