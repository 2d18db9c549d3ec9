"""Files go into running containers, as `docker compose watch` puts them there."""

import io
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from parity.engine import observe
from parity.engine.client import translated
from parity.engine.execute import in_parallel
from parity.errors import StackError, UsageError
from parity.model.stack import Container
from parity.watch.rules import Rule
from parity.watch.tree import Delta

if TYPE_CHECKING:
    from docker import DockerClient

_IN_MEMORY = 8 * 1024**2
_AT_ONCE = 500
_NOT_FOUND = 404
_REFUSED = 400
_ROOT = (0, 0)


def sync(client: "DockerClient", rule: Rule, delta: Delta, containers: Sequence[Container]) -> int:
    """Bring a change into each container; the number of files."""
    if not rule.target.startswith("/"):
        raise UsageError(
            f"develop.watch of {rule.service} syncs {rule.path.name} to `{rule.target}`, which is no absolute path",
            where=f"services.{rule.service}.develop.watch",
            next_step="give it a `target:` that begins with /",
        )
    in_parallel(lambda container: _into(client, rule, delta, container), containers)
    return len(delta.changed) + len(delta.gone)


def archive(rule: Rule, names: Iterable[str], base: str, owner: tuple[int, int]) -> IO[bytes]:
    """The files as a tar archive for `base`. One that has gone in between is left out."""
    made: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name in names:
            inside = str(PurePosixPath(place(rule, name)).relative_to(base))
            try:
                _add(tar, rule.path / name if name else rule.path, inside, owner)
            except OSError:
                continue
    made.seek(0)
    return made


def place(rule: Rule, name: str) -> str:
    """Where a file is in the container."""
    return str(PurePosixPath(rule.target) / name) if name else str(PurePosixPath(rule.target))


def _add(tar: tarfile.TarFile, file: Path, name: str, owner: tuple[int, int]) -> None:
    """Read first: a file that is being written may grow or shrink under tarfile's eyes."""
    about = tar.gettarinfo(file, arcname=name)
    about.uid, about.gid = owner
    about.uname = about.gname = ""
    if not about.isreg() and not about.islnk():
        tar.addfile(about)
        return
    content = file.read_bytes()
    about.type, about.linkname, about.size = tarfile.REGTYPE, "", len(content)
    tar.addfile(about, io.BytesIO(content))


def _into(client: "DockerClient", rule: Rule, delta: Delta, container: Container) -> None:
    if delta.gone and container.state == "running":
        _remove(client, container, [place(rule, name) for name in delta.gone])
    if not delta.changed:
        return
    owner = _owner(container)
    # The target may be a volume where the container's own file system cannot be written to.
    near = str(PurePosixPath(rule.target).parent) if "" in delta.changed else rule.target
    answer = _put(
        client, container, near, archive(rule, delta.changed, near, owner or _ROOT), owner
    )
    if answer[0] == _NOT_FOUND:
        made = archive(rule, delta.changed, "/", owner or _ROOT)
        answer = _put(client, container, "/", made, owner)
    if answer[0] >= _REFUSED:
        raise StackError(
            f"{container.name} does not take files at {rule.target}: {answer[1]}",
            where=f"services.{rule.service}.develop.watch",
            next_step="a read-only file system needs a volume there; or use `action: rebuild`",
        )


def _owner(container: Container) -> tuple[int, int] | None:
    """The service's own user, as Compose gives files to it; None where the engine has to look a name up."""
    user = str(observe.get(f"/containers/{container.id}/json")["Config"].get("User") or "0")
    name, _, group = user.partition(":")
    if name.isdecimal() and (group.isdecimal() or not group):
        return int(name), int(group or 0)
    return None


def _put(
    client: "DockerClient",
    container: Container,
    base: str,
    content: IO[bytes],
    owner: tuple[int, int] | None,
) -> tuple[int, str]:
    """Status and words of the engine. The SDK's own call knows no owner; engines before 23 know no numbers."""
    api: Any = client.api
    asked = {"path": base} if owner else {"path": base, "copyUIDGID": "true"}
    with translated(), content:
        answer = api._put(  # noqa: SLF001 - see above
            api._url("/containers/{0}/archive", container.id),  # noqa: SLF001
            params=asked,
            data=content,
        )
    return int(answer.status_code), str(answer.text).strip()


def _remove(client: "DockerClient", container: Container, paths: Sequence[str]) -> None:
    api: Any = client.api
    for start in range(0, len(paths), _AT_ONCE):
        command = ["rm", "-f", "--", *paths[start : start + _AT_ONCE]]
        with translated():
            made = api.exec_create(container.id, command, user="0")
            said = api.exec_start(made["Id"]).decode(errors="replace").strip()
            code = api.exec_inspect(made["Id"])["ExitCode"]
        if code:
            raise StackError(
                f"files that are gone here could not be removed in {container.name}",
                where=f"services.{container.service}.develop.watch",
                detail=said[-500:],
                next_step="the image needs `rm`; `action: rebuild` does without",
            )
