"""What an engine says of its host, and what a helper sees there."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from parity.engine.client import translated
from parity.engine.inside import ask
from parity.probes.host.contract import HostSeen

if TYPE_CHECKING:
    from docker import DockerClient


def told(client: "DockerClient") -> HostSeen:
    """The engine's own word."""
    with translated():
        return HostSeen(client.info(), client.version())


def look(
    client: "DockerClient", image: str, wanted: Sequence[str], marks: Mapping[str, str]
) -> HostSeen:
    """The same, and what a helper with image `image` sees; EngineError where none can look."""
    known = told(client)
    host = {"NetworkMode": "host", "CapAdd": ["SETUID", "SETGID", "KILL"]}
    begin = time.time()
    found = ask(client, image, wanted, {}, host, marks)
    end = time.time()
    now = float(found["now"])
    ahead = max(0.0, now - end) + min(0.0, now - begin)
    return HostSeen(known.info, known.version, found["files"], ahead, int(found["disk"]))
