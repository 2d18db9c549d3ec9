"""The Docker SDK's client for the engine at hand, and its errors in parity's words."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.engine.address import Address, find
from parity.errors import EngineError, StackError, UsageError

if TYPE_CHECKING:
    from docker import DockerClient

_CONNECTIONS = 32
_ERRNO = re.compile(r"\[Errno -?\d+\] ([^'\")\n]+)")
_TAKEN = {
    "container": re.compile(r'container name "/?([^"]+)" is already in use'),
    "network": re.compile(r"network with name (\S+) already exists"),
}


def connect(address: Address | None = None, *, timeout: int = 120) -> "DockerClient":
    """A client whose engine has answered once."""
    import docker
    from docker.tls import TLSConfig

    address = address or find()
    tls = None
    if address.tls:
        folder = address.tls
        tls = TLSConfig(
            client_cert=(f"{folder}/cert.pem", f"{folder}/key.pem"),
            ca_cert=f"{folder}/ca.pem",
            verify=True,
        )
    with translated(address):
        client = docker.DockerClient(
            # The SDK's own ssh knows neither aliases with a port nor jump hosts.
            base_url=f"unix://{address.socket}" if address.socket else address.url,
            tls=tls or False,
            timeout=timeout,
            version="auto",
            max_pool_size=_CONNECTIONS,
        )
    _only_this_users_logins(client)
    if address.is_behind_ssh:
        _few_connections(client, address.socket, timeout)
    return client


def _few_connections(client: "DockerClient", socket: str, timeout: int) -> None:
    # The SDK keeps connections by the whole URL of a request, so that hardly one is used again. On
    # this machine that costs nothing; behind ssh every connection is a program here and one there.
    from docker.transport import UnixHTTPAdapter

    class OnePool(UnixHTTPAdapter):
        def get_connection(self, url: str | bytes, proxies: Any = None) -> Any:
            del url
            return super().get_connection("http+docker://localhost", proxies)

    api: Any = client.api
    adapter = OnePool(f"http+unix://{socket}", timeout, max_pool_size=_CONNECTIONS)
    api.mount("http+docker://", adapter)
    api._custom_adapter = adapter  # noqa: SLF001 - what the SDK closes at the end


def _only_this_users_logins(client: "DockerClient") -> None:
    # Where DOCKER_CONFIG names a folder without config.json, the SDK falls back to the home's
    # logins; the docker CLI, whose logins parity promises, does not.
    from docker.auth import AuthConfig

    folder = os.environ.get("DOCKER_CONFIG")
    if folder and not (Path(folder) / "config.json").is_file():

        class NoLogins(AuthConfig):
            # Where this is true, the SDK looks for a file again.
            is_empty = False

        api: Any = client.api
        api._auth_configs = NoLogins({})  # noqa: SLF001 - the SDK has no other way


@contextlib.contextmanager
def translated(asked: Address | None = None) -> Iterator[None]:
    """Turn the SDK's and the transport's errors into EngineError and StackError.

    `asked` is the engine that was spoken to, where it is not the one in use.
    """
    import requests.exceptions
    from docker.errors import APIError, DockerException

    try:
        yield
    except APIError as error:
        raise refused(str(error.explanation or error)) from error
    except (DockerException, requests.exceptions.RequestException) as error:
        raise silent(asked or find(), _short(error)) from error


def silent(address: Address, reason: str) -> EngineError:
    """Nobody answers at an address; what to do depends on why, and on who named the address."""
    if address.is_behind_ssh:
        from parity.engine.ssh import TUNNELS

        reason = TUNNELS.failure(address.url) or reason
    return EngineError(
        f"no Docker Engine answers at {address.url} ({address.source}): {reason}",
        next_step=_remedy(address, reason.lower()),
    )


def _remedy(address: Address, reason: str) -> str:
    if address.is_behind_ssh:
        return (
            f"`docker --host {address.url} version` must answer without asking anything: "
            "`ssh-add` unlocks a key, a login by hand accepts the host's"
        )
    if "permission denied" in reason and address.socket:
        return '`sudo usermod -aG docker "$USER"`, then log in again: the socket belongs to the group `docker`'
    if address.source == "DOCKER_HOST":
        return (
            "start Docker there; or `unset DOCKER_HOST`, which leads to the docker context in use"
        )
    if address.source.startswith("context "):
        return "start Docker there; or `docker context use default`, which leads to this machine's engine"
    how = "`open -a Docker`" if sys.platform == "darwin" else "`sudo systemctl start docker`"
    return f"start Docker: {how}; or point DOCKER_HOST or `docker context use` at a running engine"


def refused(explanation: str) -> EngineError | StackError | UsageError:
    """An engine's refusal, with what to do about the ones that people meet."""
    lower = explanation.lower()
    if "no space left" in lower:
        return EngineError(
            f"the engine's disk is full: {explanation}",
            next_step="free some space (`docker image prune`, `docker builder prune`), then `parity up` again",
        )
    if "port is already allocated" in lower or "address already in use" in lower:
        return StackError(
            f"a host port is taken: {explanation}", next_step="`parity up` again picks another one"
        )
    for kind, pattern in _TAKEN.items():
        if found := pattern.search(explanation):
            return UsageError(
                f"there is a {kind} called {found[1]} already",
                next_step=f"`docker {kind} inspect {found[1]}` says whose it is: remove it, "
                "then the same command again",
            )
    if "executable file not found" in lower or "no such file or directory: unknown" in lower:
        return StackError(
            f"its command is not in the image: {explanation}",
            next_step="mend the service's `command` or `entrypoint`, or run the image that has it",
        )
    return EngineError(
        f"the engine refused: {explanation}", next_step="`parity doctor` looks at the engine"
    )


def _short(error: Exception) -> str:
    """The system's own words, where the library wraps them in its classes' names."""
    text = str(error)
    if found := _ERRNO.findall(text):
        return str(found[-1]).strip()
    return text if len(text) < 200 else f"{text[:197]}…"  # noqa: PLR2004
