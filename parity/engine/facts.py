"""What this engine can do: version, architecture, and the hard limits it cannot raise."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.engine.observe import version
from parity.engine.once import run_once
from parity.model.progress import Progress, Step
from parity.paths import ensure_state, write
from parity.stack.context import EngineFacts

if TYPE_CHECKING:
    from docker import DockerClient


def read(
    cache: Path,
    ulimits: Mapping[str, int],
    attempt: Callable[[], dict[str, int]] | None,
    progress: Progress,
) -> EngineFacts:
    """The facts. `ulimits` are the values production asks for; `attempt` finds those that fail.

    Trying needs a container, so its result is kept in `cache` until the engine changes. Without
    `attempt`, what is not known is assumed to be no limit, and that is told.
    """
    found = version()
    key = f"{found['Version']} {found.get('KernelVersion')} {found.get('GitCommit')}"
    numbers = re.findall(r"\d+", str(found["Version"]))
    limits = _cached(cache, key, ulimits)
    if limits is None and attempt:
        limits = attempt()
        ensure_state(cache.parent)
        write(cache, json.dumps({"key": key, "asked": dict(ulimits), "limits": limits}) + "\n")
    elif limits is None:
        text = f"its limits of {', '.join(ulimits)} are tried by `parity up`; none is assumed here"
        progress(Step("engine", text, "warning"))
    return EngineFacts(tuple(map(int, numbers[:3])), str(found["Arch"]), limits or {})


def _cached(cache: Path, key: str, ulimits: Mapping[str, int]) -> dict[str, int] | None:
    if not ulimits:
        return {}
    try:
        kept = json.loads(cache.read_text())
        if kept["key"] == key and kept["asked"] == dict(ulimits):
            limits: dict[str, int] = kept["limits"]
            return limits
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def try_limits(
    client: "DockerClient", image: str, ulimits: Mapping[str, int], labels: Mapping[str, str]
) -> dict[str, int]:
    """Start a container with the limits; where that fails, read what a container gets by itself."""
    from docker.errors import APIError
    from docker.types import Ulimit

    settings: dict[str, Any] = {"network_mode": "none", "cap_drop": ["ALL"], "labels": labels}
    with translated():
        try:
            wanted = [Ulimit(name=n, soft=v, hard=v) for n, v in ulimits.items()]
            run_once(client, image, ["limits"], ulimits=wanted, **settings)
        except APIError:
            limits: dict[str, list[int]] = json.loads(
                run_once(client, image, ["limits"], **settings)
            )
        else:
            return {}
    return {
        name: limits[name][1]
        for name, value in ulimits.items()
        if name in limits and limits[name][1] >= 0 and (value < 0 or value > limits[name][1])
    }
