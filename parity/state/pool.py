"""The pool: an XFS file system in a volume of the engine, mounted by the engine itself.

Its parts: volume `parity-pool-image` with the file, a loop device over it, volume `parity-pool` that
is of type xfs on that device, and a keeper that holds it mounted. Each can be missing, after a kill or
a restart of the engine's machine; whoever opens the pool brings back what is.
"""

from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.errors import EngineError, ParityError
from parity.stack import labels
from parity.state import agent, keeper
from parity.state.agent import LOOPS, POOL, POOL_IMAGE

if TYPE_CHECKING:
    from docker import DockerClient

_WAYS = (False, True)
"""The loop device by its name in the engine's /dev, or as a device file of our own."""


def opened(client: "DockerClient", image: str, need: int = 0) -> dict[str, Any]:
    """The running keeper of the pool; `need` are bytes that a new pool is to have room for."""
    found = keeper.find(client, image, POOL)
    if found is not None and keeper.runs(found) and (keeper.settled(found) or _ours(client, found)):
        return found
    reason = ""
    for as_node in _WAYS:
        _attach(client, image, need, as_node=as_node)
        found = keeper.make(client, image, POOL)
        reason = keeper.start(client, found)
        if not reason and _ours(client, found):
            return found
        if not reason:
            # Another file system got the device's number, and somebody holds it mounted as ours.
            reason = "another file system is mounted in the pool's place"
            _let_go(client)
    raise EngineError(
        f"the pool cannot be mounted: {reason}",
        next_step='`pool = false` in [state] of parity.toml does without; or `backend = "copy"`',
    )


def remove(client: "DockerClient", image: str) -> None:
    """Take the pool away with all that is in it."""
    _let_go(client)
    _volume(client, POOL)
    agent.answer("pool", *_once(client, image, do="detach"))
    _volume(client, POOL_IMAGE)


def _attach(client: "DockerClient", image: str, need: int, *, as_node: bool) -> None:
    beside = keeper.volume(client, POOL_IMAGE)
    said = agent.heard(*_once(client, image, do="attach", need=need, node=as_node))
    if "error" in said:
        raise EngineError(
            f"no pool can be made: {said['error']}",
            next_step="`pool = false` in [state] of parity.toml does without",
        )
    # `discard` is left out on purpose: it would give the file's reserved blocks back.
    options = {"type": "xfs", "device": f"{beside}/device", "o": "noatime"}
    keeper.volume(client, POOL, options)


def _once(client: "DockerClient", image: str, **arguments: Any) -> tuple[int, bytes, bytes]:
    config = {
        "NetworkMode": "none",
        "Mounts": [agent.mount(POOL_IMAGE, "/image", read_only=False)],
        "CapAdd": ["SYS_ADMIN"],
        "DeviceCgroupRules": [*LOOPS],
        "LogConfig": {"Type": "json-file"},
    }
    return agent.once(client, image, config, "pool", **arguments)


def _ours(client: "DockerClient", found: dict[str, Any]) -> bool:
    """Ask in the keeper, which ends by itself if it holds another file system."""
    from docker.errors import APIError

    try:
        said = agent.heard(*agent.ask(client, found["Id"], "pool", do="ours"))
    except ParityError as error:
        if isinstance(error.__cause__, APIError):
            return False
        raise
    return bool(said.get("ours"))


def _let_go(client: "DockerClient") -> None:
    """End every keeper of the pool; the engine unmounts it after the last."""
    filters: dict[str, Any] = {"label": f"{labels.ROLE}={labels.STORE}", "volume": POOL}
    with translated():
        for container in client.containers.list(all=True, filters=filters):
            container.remove(force=True)


def _volume(client: "DockerClient", name: str) -> None:
    from docker.errors import NotFound

    with translated():
        try:
            volume = client.volumes.get(name)
        except NotFound:
            return
        if (volume.attrs.get("Labels") or {}).get(labels.ROLE) == labels.STORE:
            volume.remove()
