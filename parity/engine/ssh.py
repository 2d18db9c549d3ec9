"""An engine behind ssh, as a socket on this machine.

Each connection to the socket becomes `ssh HOST docker system dial-stdio`, as with Docker's own
command line: what the user has told ssh of the host (alias, port, key, jump host) holds, and no port
is opened anywhere. Nobody is asked for anything, since several connections may begin at once.
"""

import atexit
import shutil
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from parity import process
from parity.errors import UsageError

_SCHEME = "ssh://"
_OPTIONS = ("-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15", "-o", "LogLevel=ERROR")
_SHOWN = 300


class Tunnel:
    """Listens on `socket`, a path that only this user can reach, until the program ends."""

    def __init__(self, url: str) -> None:
        host, command = _target(url)
        shares = _shares_logins(host)
        self._folder = Path(tempfile.mkdtemp(prefix="parity-ssh-"))
        mine = () if shares else _one_login(self._folder)
        self._argv = ("ssh", *_OPTIONS, *mine, *host, *command)
        self._said = self._folder / "said"
        self._calls: list[process.Wired] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket = str(self._folder / "docker.sock")
        self._listener.bind(self.socket)
        self._listener.listen(32)
        atexit.register(self.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                local, _ = self._listener.accept()
            except OSError:
                return
            with local, self._said.open("ab") as said, suppress(UsageError):
                self._calls = [one for one in self._calls if one.ended() != 0]
                self._calls.append(process.Wired(self._argv, local.fileno(), said.fileno()))

    def failure(self) -> str:
        """What ssh said, where it or the command on the other side has failed; else empty."""
        for call in self._calls:
            if code := call.ended(0.2):
                lines = self._said.read_text(encoding="utf-8", errors="replace").splitlines()
                told = [line.strip() for line in lines if line.strip()]
                return told[-1][:_SHOWN] if told else f"ssh ended with {code}"
        return ""

    def close(self) -> None:
        """Listen no more. Calls that are open end with the connections that they serve."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class Tunnels:
    """The tunnels of this program: one an engine, opened when it is needed."""

    def __init__(self) -> None:
        self._open: dict[str, Tunnel] = {}
        self._lock = threading.Lock()

    def socket_of(self, url: str) -> str:
        """The path of a socket here for an engine's `ssh://[user@]host[:port][/socket]`; UsageError."""
        with self._lock:
            if url not in self._open:
                self._open[url] = Tunnel(url)
            return self._open[url].socket

    def failure(self, url: str) -> str:
        """Why an engine could not be reached, in ssh's words; empty where it did not fail."""
        found = self._open.get(url)
        return found.failure() if found else ""

    def close(self) -> None:
        """Close all; the next one that is asked for is a new one."""
        with self._lock:
            for tunnel in self._open.values():
                tunnel.close()
            self._open.clear()


TUNNELS = Tunnels()


def _target(url: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ssh's arguments for the host, and the command there."""
    place, _, path = url.removeprefix(_SCHEME).partition("/")
    host, colon, port = place.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = place, ""
    host = host.replace("[", "").replace("]", "")
    if not host or host.startswith("-") or (port and not port.isdecimal()):
        raise UsageError(
            f"{url} names no host",
            next_step="an engine behind ssh is written ssh://user@host or ssh://user@host:port",
        )
    at = ("--host", f"unix:///{path}") if path else ()
    return (*(("-p", port) if port else ()), "--", host), ("docker", *at, "system", "dial-stdio")


def _shares_logins(host: tuple[str, ...]) -> bool:
    """Whether the user has ssh use one login for several connections."""
    settings = process.run(["ssh", "-G", *host], timeout=10).stdout.splitlines()
    return any(line.startswith("controlpath ") and line != "controlpath none" for line in settings)


def _one_login(folder: Path) -> tuple[str, ...]:
    master = ("ControlMaster=auto", f"ControlPath={folder / 'login'}", "ControlPersist=15")
    return tuple(part for option in master for part in ("-o", option))
