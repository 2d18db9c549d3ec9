"""A container that does one thing for a moment: made, listened to, and removed, whatever happens."""

import contextlib
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.engine.frames import Frames
from parity.errors import EngineError

if TYPE_CHECKING:
    from docker import DockerClient

_MOST = 64 << 20
"""Most bytes that are listened to."""
_GRACE = 10.0
"""Seconds after its time in which it must be gone."""
_LISTEN = {"stdout": 1, "stderr": 1, "stream": 1}
_HOST: Mapping[str, Any] = {
    "ReadonlyRootfs": True,
    "SecurityOpt": ["no-new-privileges"],
    "Memory": 512 << 20,
    "PidsLimit": 32,
    # What it says may hold secrets: nobody keeps it.
    "LogConfig": {"Type": "none"},
    "NetworkMode": "none",
    "CapDrop": ["ALL"],
}


def run_helper(
    client: "DockerClient",
    image: str,
    words: Sequence[str],
    host: Mapping[str, Any],
    marks: Mapping[str, str],
    *,
    seconds: float = 30.0,
) -> bytes:
    """What it prints to stdout. EngineError where it fails or takes longer than `seconds`.

    `host` is the engine's HostConfig beside what no helper needs; `marks` are its labels.
    """
    body = {
        "Image": image,
        "Entrypoint": list(words),
        "Cmd": [],
        "Labels": dict(marks),
        "AttachStdout": True,
        "AttachStderr": True,
        "HostConfig": {**_HOST, **host},
    }
    api: Any = client.api
    with translated():
        made = api.create_container_from_config(body)["Id"]
    late = threading.Event()
    timer = threading.Timer(seconds, _end, (api, made, late))
    try:
        with translated():
            # Listened to before it starts: nobody keeps what it says.
            heard = Frames(api.attach_socket(made, params=_LISTEN), idle=seconds + _GRACE)
            with contextlib.closing(heard):  # an engine that nobody listens to removes nothing
                api.start(made)
                timer.start()
                said = _all(heard)
            code = api.wait(made)["StatusCode"]
    except OSError as error:
        raise EngineError(
            f"a helper cannot be heard: {error}", next_step="`parity doctor` looks at the engine"
        ) from error
    finally:
        timer.cancel()
        with translated():
            api.remove_container(made, v=True, force=True)
    if late.is_set():
        raise EngineError(
            f"no answer within {seconds:g} s", next_step="`parity doctor` looks at the engine"
        )
    if code:
        last = heard.said.decode(errors="replace").strip().rpartition("\n")[2]
        raise EngineError(
            f"a helper could not look: {last[-200:] or f'exit code {code}'}",
            next_step="`parity doctor` looks at the engine",
        )
    return said


def _all(heard: Frames) -> bytes:
    said = bytearray()
    while some := heard.read():
        said += some
        if len(said) > _MOST:
            raise EngineError(
                f"a helper says more than {_MOST >> 20} MiB",
                next_step="`parity doctor` looks at the engine",
            )
    return bytes(said)


def _end(api: Any, container: str, late: threading.Event) -> None:
    late.set()
    with translated():
        api.kill(container)
