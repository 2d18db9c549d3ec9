"""Where the engine is: DOCKER_HOST, then the docker context, then the usual sockets."""

import json
import os
from dataclasses import dataclass
from hashlib import sha256

from parity.compose_cli import config_folder, context_in_use, usual_socket
from parity.errors import EngineError


@dataclass(frozen=True)
class Address:
    """An engine's URL; `tls` is the folder of client certificates, where the context has one."""

    url: str
    source: str
    tls: str = ""

    @property
    def socket(self) -> str:
        """The path of a socket on this machine that leads there, or an empty text."""
        if self.is_behind_ssh:
            from parity.engine.ssh import TUNNELS

            return TUNNELS.socket_of(self.url)
        return self.url.removeprefix("unix://") if self.url.startswith("unix://") else ""

    @property
    def is_behind_ssh(self) -> bool:
        """Whether ssh leads there."""
        return self.url.startswith("ssh://")

    @property
    def is_local(self) -> bool:
        """Whether published ports of this engine are on this machine."""
        return self.url.startswith("unix://")


def find() -> Address:
    """The engine that the docker CLI would talk to."""
    host = os.environ.get("DOCKER_HOST")
    if host:
        tls = os.environ.get("DOCKER_CERT_PATH", "") if os.environ.get("DOCKER_TLS_VERIFY") else ""
        return Address(host, "DOCKER_HOST", tls)
    context = context_in_use()
    if context and context != "default":
        found = _from_context(context)
        if found is None:
            raise EngineError(
                f"there is no docker context `{context}`",
                next_step="`docker context ls` lists them; DOCKER_CONTEXT or `docker context use` names one",
            )
        return found
    return Address(usual_socket(), "default socket")


def named(context: str) -> Address:
    """The engine of a docker context, or at a host (`ssh://…`, `tcp://…`, `unix://…`); EngineError.

    An empty name is the engine in use.
    """
    if not context:
        return find()
    if "://" in context:
        return Address(context, "context in parity.toml")
    if context == "default":
        return Address(usual_socket(), "default socket")
    found = _from_context(context)
    if found is None:
        raise EngineError(
            f"there is no docker context `{context}`",
            next_step="`docker context ls` lists them; a host is written ssh://user@host",
        )
    return found


def _from_context(name: str) -> Address | None:
    key = sha256(name.encode()).hexdigest()
    folder = config_folder() / "contexts"
    try:
        meta = json.loads((folder / "meta" / key / "meta.json").read_text())
        url = str(meta["Endpoints"]["docker"]["Host"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    tls = folder / "tls" / key / "docker"
    return Address(url, f"context {name}", str(tls) if tls.is_dir() else "")
