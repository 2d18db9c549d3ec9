"""What a container is, read from what the engine answers to `inspect`."""

from parity.engine.recreate import Attrs
from parity.stack import labels

_NUMBER = "com.docker.compose.container-number"
_SHARED = "container:"


def service(attrs: Attrs) -> str:
    """The service a container is of; empty for one that is none's."""
    return str((attrs["Config"].get("Labels") or {}).get(labels.SERVICE, ""))


def number(attrs: Attrs) -> int:
    """Which replica it is, from 1."""
    return int((attrs["Config"].get("Labels") or {}).get(_NUMBER, "1"))


def namespace(attrs: Attrs) -> str:
    """Id of the container whose network it shares; empty where it has its own."""
    mode = str(attrs["HostConfig"].get("NetworkMode") or "")
    return mode.removeprefix(_SHARED) if mode.startswith(_SHARED) else ""
