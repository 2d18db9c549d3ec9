"""Reads what an engine says of its containers, for the source that makes an environment of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from parity.engine.address import named
from parity.engine.client import connect, translated
from parity.errors import EngineError

if TYPE_CHECKING:
    from docker import DockerClient

_GROUPS = ("com.docker.compose.project", "com.docker.stack.namespace")


def records(context: str, project: str) -> list[Mapping[str, Any]]:
    """The containers' inspect records, each with its image's under `_Image`; EngineError.

    `project` is a Compose project, a swarm's stack, a label (`team=shop`) or a container's name;
    without it every running container is read.
    """
    address = named(context)
    client = connect(address)
    try:
        with translated(address):
            return _records(client, project)
    finally:
        client.close()


def _records(client: "DockerClient", project: str) -> list[Mapping[str, Any]]:
    api: Any = client.api
    images: dict[str, Mapping[str, Any]] = {}
    found: list[Mapping[str, Any]] = []
    for identity in _identities(api, project):
        record = _or_nothing(lambda one=identity: api.inspect_container(one))
        if not record:
            continue  # removed since it was listed
        image = str(record.get("Image") or "")
        if image not in images:
            images[image] = _or_nothing(lambda one=image: api.inspect_image(one))
        found.append({**record, "_Image": images[image]})
    return found


def _identities(api: Any, project: str) -> list[str]:
    if not project:
        return [row["Id"] for row in api.containers()]
    labels = [project] if "=" in project else [f"{group}={project}" for group in _GROUPS]
    rows = [row for label in labels for row in api.containers(all=True, filters={"label": label})]
    rows = rows or [
        row for row in api.containers(all=True) if f"/{project}" in (row.get("Names") or ())
    ]
    if not rows:
        raise EngineError(
            f"the engine has no container of `{project}`",
            next_step="`docker ps --all` lists them; `project` in parity.toml names a Compose "
            "project, a stack, a label or a container",
        )
    return [row["Id"] for row in sorted(rows, key=lambda row: sorted(row.get("Names") or [""]))]


def _or_nothing(ask: Any) -> Mapping[str, Any]:
    from docker.errors import NotFound

    try:
        answer: Mapping[str, Any] = ask()
    except NotFound:
        return {}
    return answer
