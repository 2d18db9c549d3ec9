"""Where the engine is: DOCKER_HOST, then the docker context, then the usual sockets."""

import json
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from parity.errors import EngineError

DEFAULT_SOCKET = "unix:///var/run/docker.sock"


@dataclass(frozen=True)
class Address:
    """An engine's URL; `tls` is the folder of client certificates, where the context has one."""

    url: str
    source: str
    tls: str = ""

    @property
    def socket(self) -> str:
        """The path of a local socket, or an empty text."""
        return self.url.removeprefix("unix://") if self.url.startswith("unix://") else ""

    @property
    def is_local(self) -> bool:
        """Whether published ports of this engine are on this machine."""
        return bool(self.socket)


def find() -> Address:
    """The engine that the docker CLI would talk to."""
    host = os.environ.get("DOCKER_HOST")
    if host:
        tls = os.environ.get("DOCKER_CERT_PATH", "") if os.environ.get("DOCKER_TLS_VERIFY") else ""
        return Address(host, "DOCKER_HOST", tls)
    context = os.environ.get("DOCKER_CONTEXT") or _current_context()
    if context and context != "default":
        found = _from_context(context)
        if found is None:
            raise EngineError(
                f"there is no docker context `{context}`",
                next_step="`docker context ls` lists them; DOCKER_CONTEXT or `docker context use` names one",
            )
        return found
    for candidate in _sockets():
        if Path(candidate.removeprefix("unix://")).exists():
            return Address(candidate, "default socket")
    return Address(DEFAULT_SOCKET, "default socket")


def _sockets() -> list[str]:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    rootless = [f"unix://{runtime}/docker.sock"] if runtime else []
    return [DEFAULT_SOCKET, *rootless, f"unix://{Path.home()}/.docker/run/docker.sock"]


def _config_folder() -> Path:
    return Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")


def _current_context() -> str:
    try:
        return str(
            json.loads((_config_folder() / "config.json").read_text()).get("currentContext", "")
        )
    except (OSError, ValueError, AttributeError):
        return ""


def _from_context(name: str) -> Address | None:
    key = sha256(name.encode()).hexdigest()
    folder = _config_folder() / "contexts"
    try:
        meta = json.loads((folder / "meta" / key / "meta.json").read_text())
        url = str(meta["Endpoints"]["docker"]["Host"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    tls = folder / "tls" / key / "docker"
    return Address(url, f"context {name}", str(tls) if tls.is_dir() else "")
