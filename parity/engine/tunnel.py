"""A way from here to a server that only a container can reach: a helper dials inside its network.

A stack's network has no route from outside it. The helper shares the network of the container, has
nothing else of it, and a program of a few lines in it joins a connection with the two ends of an exec.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from parity.engine.bridge import Bridge, Limits
from parity.engine.client import translated
from parity.engine.frames import Frames
from parity.errors import EngineError

if TYPE_CHECKING:
    from docker import DockerClient

_PYTHON = ["python3", "-I", "-S", "-B", "-c"]
_LIFE = 90
"""Seconds after which a helper ends by itself."""
_RELAY = """
import os, socket, sys, threading
try:
    peer = socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3]))
except OSError as error:
    os.write(2, (error.strerror or str(error)).encode())
    os._exit(1)
peer.settimeout(None)
def up():
    try:
        while data := os.read(0, 65536):
            peer.sendall(data)
    except OSError:
        pass
    finally:
        os._exit(0)
threading.Thread(target=up, daemon=True).start()
try:
    while data := peer.recv(65536):
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(1, rest):]
except OSError as error:
    os.write(2, (error.strerror or str(error)).encode())
    os._exit(1)
"""


class Exec(Frames):
    """A running command in a container: `read` its stdout, `write` its stdin, and `said` on stderr."""

    def __init__(
        self,
        client: "DockerClient",
        container: str,
        command: Sequence[str],
        *,
        stdin: bool = True,
        idle: float = 10.0,
    ) -> None:
        self._api: Any = client.api
        with translated():
            made = self._api.exec_create(container, list(command), stdin=stdin)
            self._id = made["Id"]
            found: Any = self._api.exec_start(self._id, socket=True)
        super().__init__(found, idle=idle)

    @property
    def reason(self) -> str:
        """What it said on stderr, as one line."""
        return " ".join(self.said.decode(errors="replace").split())[:200]

    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        with translated():
            found = self._api.exec_inspect(self._id)
        return None if found["Running"] else int(found["ExitCode"] or 0)


@contextlib.contextmanager
def helper(
    client: "DockerClient", image: str, container: str, marks: Mapping[str, str]
) -> Iterator[str]:
    """A helper in the network of a container, by its id; gone afterwards. EngineError.

    `image` is one with python3 (the gateway's), `marks` are its labels.
    """
    from docker.errors import ImageNotFound

    api: Any = client.api
    with translated():
        try:
            made = api.create_container_from_config(_config(image, container, marks))["Id"]
        except ImageNotFound as error:
            raise EngineError(
                f"{image} is not on this engine", next_step="`parity up` builds it"
            ) from error
    try:
        with translated():
            api.start(made)
        yield str(made)
    finally:
        with contextlib.suppress(EngineError), translated():
            api.remove_container(made, v=True, force=True)


def door(
    client: "DockerClient", helping: str, host: str, port: int, limits: Limits | None = None
) -> Bridge:
    """A local address, while it is entered, behind which is `host:port` as the helper sees it."""
    bounds = limits or Limits()
    # The helper gives up first, and says why.
    words = [*_PYTHON, _RELAY, host, str(port), str(max(bounds.idle - 1, 1))]
    return Bridge(lambda: Exec(client, helping, words, idle=bounds.idle), bounds)


@contextlib.contextmanager
def tunnel(
    client: "DockerClient",
    image: str,
    container: str,
    host: str,
    port: int,
    marks: Mapping[str, str],
) -> Iterator[Bridge]:
    """A door to one server, with a helper of its own."""
    with (
        helper(client, image, container, marks) as helping,
        door(client, helping, host, port) as one,
    ):
        yield one


def _config(image: str, container: str, marks: Mapping[str, str]) -> dict[str, Any]:
    return {
        "Image": image,
        "Entrypoint": [*_PYTHON, f"import time; time.sleep({_LIFE})"],
        "Cmd": [],
        "User": "65534:65534",
        "Labels": dict(marks),
        "HostConfig": {
            "NetworkMode": f"container:{container}",
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
            "Memory": 128 << 20,
            "PidsLimit": 64,
            "Init": True,
        },
    }
