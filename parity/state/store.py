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
from parity.stack import labels
from parity.state import leases
from parity.state.stream import Stream

if TYPE_CHECKING:
    from docker import DockerClient

PLAIN: str = "parity-store"
"""The volume with the tree where the engine's own disk is used."""
AGENT = ("python3", "-B", "-m", "store")
_NO_SPACE = "free space on the engine's disk: `parity states`, `parity drop NAME`, `parity gc`"


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
        api: Any = self.client.api
        with translated():
            made = api.exec_create(
                self.keeper,
                [*AGENT, command, json.dumps(arguments)],
                environment=leases.environment(),
            )
            output, noise = api.exec_start(made["Id"], demux=True)
            code = api.exec_inspect(made["Id"])["ExitCode"]
        return answer(command, code, output or b"", noise or b"")

    def open(self, command: str, **arguments: Any) -> Stream:
        """Have the agent read or write bytes."""
        with translated():
            return Stream(
                self.client, self.keeper, [*AGENT, "--stream", command, json.dumps(arguments)]
            )

    def once(self, command: str, volumes: Mapping[str, str], **arguments: Any) -> dict[str, Any]:
        """Have an agent of its own do one thing, with other volumes read-only at a path each."""
        from parity.engine.client import translated as in_our_words

        mounts = [_mount(self.volume, "/store", read_only=False)]
        mounts += [_mount(name, path, read_only=True) for path, name in volumes.items()]
        config = {
            "Image": self.image,
            "Entrypoint": [*AGENT],
            "Cmd": [command, json.dumps(arguments)],
            "Env": [f"{name}={value}" for name, value in leases.environment().items()],
            "Labels": {labels.ROLE: labels.HELPER, labels.LEASE: leases.mine().to_json()},
            "HostConfig": {"NetworkMode": "none", "Mounts": mounts, "CapAdd": ["SYS_ADMIN"]},
        }
        api: Any = self.client.api
        with in_our_words():
            found = api.create_container_from_config(config)["Id"]
            try:
                api.start(found)
                code = api.wait(found, timeout=24 * 3600)["StatusCode"]
                output = api.logs(found, stdout=True, stderr=False)
                noise = api.logs(found, stdout=False, stderr=True)
            finally:
                api.remove_container(found, force=True)
        return answer(command, code, output, noise)

    def bound(self, live: str) -> dict[str, str]:
        """Options of a local volume that is a directory of the store."""
        return {"type": "none", "o": "bind", "device": f"{self.root}/{live}"}


def answer(command: str, code: int, output: bytes, noise: bytes) -> dict[str, Any]:
    """What an agent answered; EngineError where it refused or fell over."""
    try:
        said: dict[str, Any] = json.loads(output)
    except ValueError:
        said = {"error": noise.decode(errors="replace").strip()[-500:] or "no answer", "errno": ""}
    if code != 0 or "error" in said:
        full = said.get("errno") in ("ENOSPC", "EDQUOT")
        raise EngineError(
            f"the store cannot {command}: {said.get('error', f'exit code {code}')}",
            next_step=_NO_SPACE if full else "`parity doctor` looks at the engine",
        )
    return said


def open_store(client: "DockerClient", image: str, volume: str) -> Store:
    """The store in a volume, with a keeper that runs; made where there is none."""
    with translated():
        made = client.volumes.create(volume, driver="local", labels={labels.ROLE: labels.STORE})
    root = str(made.attrs["Mountpoint"])
    return Store(client, image, volume, root, _keeper(client, image, volume))


def _keeper(client: "DockerClient", image: str, volume: str) -> str:
    """A running keeper's id. Its name says which agent it has and which tree it holds."""
    from docker.errors import APIError, NotFound

    name = f"{volume}-{image.rpartition(':')[2][:12]}"
    config = {
        "Image": image,
        "Entrypoint": ["sleep", "infinity"],
        "Labels": {labels.ROLE: labels.STORE},
        "HostConfig": {
            "NetworkMode": "none",
            "Init": True,
            "Mounts": [_mount(volume, "/store", read_only=False)],
            # Attributes that only root may set belong to a volume's content, too.
            "CapAdd": ["SYS_ADMIN"],
            "RestartPolicy": {"Name": "unless-stopped"},
        },
    }
    api: Any = client.api
    with translated():
        try:
            found = api.inspect_container(name)
        except NotFound:
            try:
                api.create_container_from_config(config, name)
            except APIError as error:
                if error.status_code != 409:  # noqa: PLR2004 - another command made it just now
                    raise
            found = api.inspect_container(name)
        if (found["Config"].get("Labels") or {}).get(labels.ROLE) != labels.STORE:
            raise EngineError(
                f"there is a container called {name} that is not parity's",
                next_step=f"rename or remove it: `docker rename {name} …`",
            )
        if not found["State"]["Running"]:
            api.start(found["Id"])
    return str(found["Id"])


def _mount(volume: str, target: str, *, read_only: bool) -> dict[str, Any]:
    return {
        "Type": "volume",
        "Source": volume,
        "Target": target,
        "ReadOnly": read_only,
        "VolumeOptions": {"NoCopy": True},
    }
