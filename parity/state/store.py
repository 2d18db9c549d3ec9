"""The store: one tree of directories on the engine, and the keeper container that works on it.

The client never sees the engine's file system. What has to be done there is done by the agent in
the keeper, which is asked through `docker exec`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.errors import EngineError
from parity.state import agent, keeper, leases, pool
from parity.state.agent import AGENT, answer
from parity.state.stream import Stream

if TYPE_CHECKING:
    from docker import DockerClient

PLAIN: str = "parity-store"
"""The volume with the tree where the engine's own disk is used."""


@dataclass(frozen=True)
class Store:
    """An open store. `root` is the tree's path on the engine, where volumes are bound from."""

    client: "DockerClient"
    image: str
    volume: str
    root: str
    keeper: str
    """Id of the container that answers."""

    def run(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Have the agent do one thing; EngineError says why it could not."""
        return answer(command, *agent.ask(self.client, self.keeper, command, **arguments))

    def open(self, command: str, **arguments: Any) -> Stream:
        """Have the agent read or write bytes."""
        with translated():
            return Stream(
                self.client,
                self.keeper,
                [*AGENT, "--stream", command, json.dumps(arguments)],
                leases.environment(),
            )

    def once(self, command: str, volumes: Mapping[str, str], **arguments: Any) -> dict[str, Any]:
        """Have an agent of its own do one thing, with other volumes read-only at a path each."""
        mounts = [agent.mount(name, path, read_only=True) for path, name in volumes.items()]
        config = agent.host(self.volume, mounts)
        return answer(command, *agent.once(self.client, self.image, config, command, **arguments))

    def bound(self, live: str) -> dict[str, str]:
        """Options of a local volume that is a directory of the store."""
        return {"type": "none", "o": "bind", "device": f"{self.root}/{live}"}

    def holds(self, options: Mapping[str, str]) -> bool:
        """Whether a volume of these options is a directory of this store, and nothing but that."""
        bound = options.get("type") == "none"
        return bound and options.get("device", "").startswith(f"{self.root}/")


def open_store(client: "DockerClient", image: str, volume: str) -> Store:
    """The store in a volume, with a keeper that runs; made where there is none."""
    if volume == agent.POOL:
        found = pool.opened(client, image)
    else:
        found = keeper.find(client, image, volume) or _made(client, image, volume)
        if not keeper.runs(found) and (reason := keeper.start(client, found)):
            raise EngineError(
                f"the keeper of {volume} cannot start: {reason}",
                next_step="`parity doctor` looks at the engine",
            )
    return Store(client, image, volume, keeper.root(found), str(found["Id"]))


def _made(client: "DockerClient", image: str, volume: str) -> dict[str, Any]:
    keeper.volume(client, volume)
    return keeper.make(client, image, volume)
