"""A network of the stack as testcontainers knows networks: other containers can join it."""

import contextlib
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.errors import UsageError
from parity.stack import labels
from parity.testing.scene import Scene

if TYPE_CHECKING:
    from docker.models.networks import Network

_EDGE = "parity-edge"


class StackNetwork:
    """For `DockerContainer(…).with_network(stack.network)`.

    Such a container reaches the services by their names, and they it by its aliases. It is under
    the stack's guard as they are: nothing goes out, and its own published ports do not answer. One
    that is to answer on this machine starts on its usual network and is then let in by `connect`.
    """

    def __init__(self, scene: Scene, name: str) -> None:
        self._scene = scene
        self.name = name

    @property
    def id(self) -> str:
        """The engine's id of it."""
        return str(self._found().id)

    def connect(self, container_id: str, network_aliases: list[str] | None = None) -> None:
        """Let a container in, under these names."""
        with translated():
            self._found().connect(container_id, aliases=network_aliases)

    def disconnect(self, container_id: str) -> None:
        """Take a container out again."""
        with translated():
            self._found().disconnect(container_id, force=True)

    def _found(self) -> "Network":
        with translated():
            return self._scene.client.networks.get(self.name)


def networks(scene: Scene) -> dict[str, str]:
    """Names of the stack's networks by their name in the definition."""
    from parity.engine import observe

    found = {
        network.key: network.name for network in observe.networks() if network.stack == scene.stack
    }
    return {key: name for key, name in found.items() if key != _EDGE}


def only(found: dict[str, str], key: str = "") -> str:
    """The network's name: the one of `key`, else `default`, else the only one."""
    wanted = key or ("default" if "default" in found else "")
    if not wanted and len(found) == 1:
        return next(iter(found.values()))
    if wanted in found:
        return found[wanted]
    raise UsageError(
        f"no network `{key}` in the stack" if key else "the stack has several networks",
        next_step=f"name one: {', '.join(sorted(found)) or 'it has none; is it up?'}",
    )


def send_guests_away(scene: Scene) -> None:
    """Disconnect containers that are not the stack's, so that its networks can be removed."""
    from docker.errors import APIError

    api: Any = scene.client.api
    label = f"{labels.STACK}={scene.stack}"
    with translated():
        for row in api.networks(filters={"label": label}):
            attached = api.inspect_network(row["Id"]).get("Containers") or {}
            own = {c["Id"] for c in api.containers(all=True, filters={"label": label})}
            for identity in attached.keys() - own:
                with contextlib.suppress(APIError):  # gone in the meantime
                    api.disconnect_container_from_network(identity, row["Id"], force=True)
