"""A container that the store's agent runs in, and how its answers are read."""

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.errors import EngineError
from parity.stack import labels
from parity.state import leases

if TYPE_CHECKING:
    from docker import DockerClient

AGENT = ("python3", "-S", "-B", "-m", "store")
POOL: str = "parity-pool"
"""The volume that is a file system of our own."""
POOL_IMAGE: str = "parity-pool-image"
"""The volume that holds the file which that file system lies in."""
LOOPS = ("b 7:* rwm", "c 10:237 rwm")
"""Loop devices and what makes them, in the language of device cgroups."""
ASK = "PARITY_ASK"
"""Names a question, so that its answer can be asked for again."""
_PAUSE = 0.05
_NO_SPACE = "free space on the engine's disk: `parity states`, `parity drop NAME`, `parity gc`"


def mount(volume: str, target: str, *, read_only: bool) -> dict[str, Any]:
    """A volume in a container; what the image has at that place is not copied into it."""
    return {
        "Type": "volume",
        "Source": volume,
        "Target": target,
        "ReadOnly": read_only,
        "VolumeOptions": {"NoCopy": True},
    }


def host(volume: str, mounts: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """HostConfig of a container that works on the store in `volume`."""
    pool = [mount(POOL_IMAGE, "/image", read_only=False)] if volume == POOL else []
    return {
        "NetworkMode": "none",
        "Mounts": [mount(volume, "/store", read_only=False), *pool, *mounts],
        # Attributes that only root may set belong to a volume's content, too.
        "CapAdd": ["SYS_ADMIN"],
        "DeviceCgroupRules": [*LOOPS] if pool else [],
        # What it says is read from its log, whatever log driver is the engine's own choice.
        "LogConfig": {"Type": "json-file"},
    }


def once(
    client: "DockerClient", image: str, config: dict[str, Any], command: str, **arguments: Any
) -> tuple[int, bytes, bytes]:
    """Run an agent in a container of its own, gone afterwards: exit code, stdout, stderr."""
    body = {
        "Image": image,
        "Entrypoint": [*AGENT],
        "Cmd": [command, json.dumps(arguments)],
        "Env": [f"{name}={value}" for name, value in leases.environment().items()],
        "Labels": {labels.ROLE: labels.HELPER, labels.LEASE: leases.mine().to_json()},
        "HostConfig": config,
    }
    api: Any = client.api
    with translated():
        found = api.create_container_from_config(body)["Id"]
        try:
            api.start(found)
            code = api.wait(found, timeout=24 * 3600)["StatusCode"]
            output = api.logs(found, stdout=True, stderr=False)
            noise = api.logs(found, stdout=False, stderr=True)
        finally:
            api.remove_container(found, force=True)
    return code, output, noise


def ask(
    client: "DockerClient", keeper: str, command: str, **arguments: Any
) -> tuple[int, bytes, bytes]:
    """Have the agent in a keeper do one thing: exit code, stdout, stderr."""
    key = uuid.uuid4().hex
    code, output, noise = _exec(client, keeper, command, key, arguments)
    if not noise and not _whole(output):
        # An engine under load loses what a program says once in a while: the agent keeps it.
        again, kept, _ = _exec(client, keeper, "said", "", {"key": key})
        told = json.loads(kept)["said"] if _whole(kept) and not again else None
        output = json.dumps(told).encode() if told is not None else output
    return code, output, noise


def _exec(
    client: "DockerClient", keeper: str, command: str, key: str, arguments: Mapping[str, Any]
) -> tuple[int, bytes, bytes]:
    api: Any = client.api
    with translated():
        made = api.exec_create(
            keeper,
            [*AGENT, command, json.dumps(arguments)],
            environment={**leases.environment(), ASK: key},
        )
        output, noise = api.exec_start(made["Id"], demux=True)
        while (found := api.exec_inspect(made["Id"]))["Running"]:
            time.sleep(_PAUSE)  # what it says was cut off, or its end is not seen yet
    return int(found["ExitCode"] or 0), output or b"", noise or b""


def _whole(output: bytes) -> bool:
    try:
        json.loads(output)
    except ValueError:
        return False
    return True


def heard(code: int, output: bytes, noise: bytes) -> dict[str, Any]:
    """What an agent said; with `error` where it refused or fell over."""
    try:
        said: dict[str, Any] = json.loads(output)
    except ValueError:
        text = noise.decode(errors="replace").strip()[-500:]
        said = {"error": text or f"no answer (exit code {code})", "errno": ""}
    if code != 0:
        said.setdefault("error", f"exit code {code}")
    return said


def answer(command: str, code: int, output: bytes, noise: bytes) -> dict[str, Any]:
    """What an agent answered; EngineError where it refused or fell over."""
    said = heard(code, output, noise)
    if "error" in said:
        full = said.get("errno") in ("ENOSPC", "EDQUOT")
        raise EngineError(
            f"the store cannot {command}: {said['error']}",
            next_step=_NO_SPACE if full else "`parity doctor` looks at the engine",
        )
    return said
