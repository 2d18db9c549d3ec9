"""The keeper: a container that holds the store, so that an agent can be run in it at any time."""

import re
import time
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.errors import EngineError
from parity.stack import labels
from parity.state import agent

if TYPE_CHECKING:
    from docker import DockerClient

_YOUNG = 5.0
_DAY = 24 * 3600.0
_SECONDS = 20.0
"""How long another command may take to make it."""
_KEEP = ["python3", "-S", "-B", "-m", "store.keep"]


def name_of(image: str, volume: str) -> str:
    """Its name says which agent it has and which tree it holds."""
    return f"{volume}-{image.rpartition(':')[2][:12]}"


def find(client: "DockerClient", image: str, volume: str) -> dict[str, Any] | None:
    """What the engine says of the keeper; EngineError where its name is somebody else's."""
    from docker.errors import NotFound

    name = name_of(image, volume)
    api: Any = client.api
    with translated():
        try:
            found: dict[str, Any] = api.inspect_container(name)
        except NotFound:
            return None
    if (found["Config"].get("Labels") or {}).get(labels.ROLE) != labels.STORE:
        raise EngineError(
            f"there is a container called {name} that is not parity's",
            next_step=f"rename or remove it: `docker rename {name} …`",
        )
    return found


def runs(found: dict[str, Any] | None) -> bool:
    """Whether it can be asked."""
    state = found["State"] if found else {}
    return bool(state.get("Running")) and not state.get("Restarting")


def settled(found: dict[str, Any]) -> bool:
    """Whether it has run long enough to have ended by itself, if it holds what is not ours."""
    began = re.sub(r"(\.\d{6})\d+", r"\1", str(found["State"]["StartedAt"]))
    age = time.time() - datetime.fromisoformat(began).timestamp()
    return age > _YOUNG and not found.get("RestartCount")


def root(found: dict[str, Any]) -> str:
    """The store's path on the engine."""
    return next(
        str(mount["Source"]) for mount in found["Mounts"] if mount["Destination"] == "/store"
    )


def make(client: "DockerClient", image: str, volume: str) -> dict[str, Any]:
    """The keeper, made if there is none; not started."""
    from docker.errors import APIError

    _retire(client, volume)
    config = {
        "Image": image,
        "Entrypoint": _KEEP if volume == agent.POOL else ["sleep", "infinity"],
        "Labels": {labels.ROLE: labels.STORE},
        "HostConfig": {
            **agent.host(volume),
            "Init": True,
            "RestartPolicy": {"Name": "unless-stopped"},
        },
    }
    api: Any = client.api
    with translated():
        try:
            api.create_container_from_config(config, name_of(image, volume))
        except APIError as error:
            if error.status_code != 409:  # noqa: PLR2004 - another command made it just now
                raise
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        # The name is taken before the engine knows the container by it.
        if (found := find(client, image, volume)) is not None:
            return found
        time.sleep(0.05)
    raise EngineError(
        f"the keeper of {volume} went while it was made", next_step="run the command again"
    )


def _retire(client: "DockerClient", volume: str) -> None:
    """Remove keepers of other versions that have stood for a day: who needs one makes it again."""
    from docker.errors import NotFound

    filters: dict[str, Any] = {"label": f"{labels.ROLE}={labels.STORE}", "volume": volume}
    api: Any = client.api
    with translated():
        for row in api.containers(all=True, filters=filters):
            if time.time() - row["Created"] > _DAY:
                with suppress(NotFound):
                    api.remove_container(row["Id"], force=True)


def start(client: "DockerClient", found: dict[str, Any]) -> str:
    """Start it; the engine's reason where it cannot be."""
    from docker.errors import APIError

    api: Any = client.api
    with translated():
        try:
            api.start(found["Id"])
        except APIError as error:
            return str(error.explanation or error)
    return ""


def volume(client: "DockerClient", name: str, options: dict[str, str] | None = None) -> str:
    """Path on the engine of a volume of the store, made if there is none; EngineError for another's."""
    with translated():
        made = client.volumes.create(
            name, driver="local", driver_opts=options or {}, labels={labels.ROLE: labels.STORE}
        )
    if (made.attrs.get("Labels") or {}).get(labels.ROLE) != labels.STORE:
        raise EngineError(
            f"there is a volume called {name} that is not parity's",
            next_step=f"copy what you need from it and remove it: `docker volume rm {name}`",
        )
    return str(made.attrs["Mountpoint"])
