"""Host ports and subnets of a stack: chosen once, remembered, given up when taken by another."""

import hashlib
import ipaddress
import json
import socket
from collections.abc import Collection, Mapping
from pathlib import Path

from parity.errors import ConfigError, UsageError
from parity.paths import write_if_changed

_RANGE = range(20000, 30000)
"""Below the kernel's range for outgoing connections, so that a port stays free over restarts."""


class Allocator:
    """Remembers choices in a file. `held` are host ports that this stack's own gateway has now.

    `starting`: its gateway is there but has no ports yet. It may be taking them this moment (a
    killed `up` asked for it), so the ports kept are taken for its own; the engine would refuse
    them if they were somebody else's. `own` are the subnets of the stack's networks that are
    there: they are right where the file was lost. Without `wishes` no port that is asked for is
    chosen: of several worktrees one alone can have production's number, and it keeps it.
    """

    def __init__(
        self,
        file: Path,
        *,
        stack: str,
        bind: str,
        subnets: str,
        held: Collection[tuple[str, int]] = (),
        starting: bool = False,
        foreign: Collection[str] = (),
        own: Mapping[str, str] | None = None,
        wishes: bool = True,
    ) -> None:
        self._file = file
        self._wishes = wishes
        self._stack = stack
        self._bind = bind
        self._held = held
        self._starting = starting
        self._foreign = [n for n in map(_network, foreign) if n is not None]
        self._refused: set[int] = set()
        self._own = {key: value for key, value in (own or {}).items() if _network(value)}
        self._kept: dict[str, dict[str, int | str]] = _load(file)
        try:
            self._range = ipaddress.IPv4Network(subnets)
        except ValueError as error:
            raise ConfigError(
                f"`local.subnets` is no IPv4 range: {subnets}",
                next_step='for example "10.231.0.0/16"',
            ) from error

    def port(self, key: str, protocol: str, wish: int | None) -> int:
        """A host port: the one kept, else the wished one if free, else a free one."""
        kept = self._kept["ports"].get(key)
        if isinstance(kept, int) and (self._starting or self._usable(protocol, kept)):
            return kept
        candidates = [wish] if wish and self._wishes else []
        start = int(hashlib.sha256(f"{self._stack}/{key}".encode()).hexdigest(), 16)
        candidates += [_RANGE[(start + step) % len(_RANGE)] for step in range(200)]
        taken = {*self._kept["ports"].values(), *self._refused}
        for candidate in candidates:
            if candidate not in taken and self._usable(protocol, candidate):
                self._kept["ports"][key] = candidate
                return candidate
        raise UsageError(
            f"no free host port for {key}", next_step="stop other stacks: `parity down`"
        )

    def subnet(self, network: str) -> str:
        """A /24 for a network: the one kept, else one that no network of the engine overlaps."""
        kept = self._kept["subnets"].get(network, self._own.get(network))
        if isinstance(kept, str) and self._free(ipaddress.IPv4Network(kept, strict=False)):
            self._kept["subnets"][network] = kept
            return kept
        pool = list(self._range.subnets(new_prefix=max(24, self._range.prefixlen)))
        start = int(hashlib.sha256(f"{self._stack}/{network}".encode()).hexdigest(), 16)
        taken = {str(value) for value in (*self._kept["subnets"].values(), *self._own.values())}
        for step in range(len(pool)):
            candidate = pool[(start + step) % len(pool)]
            if str(candidate) not in taken and self._free(candidate):
                self._kept["subnets"][network] = str(candidate)
                return str(candidate)
        raise UsageError(
            f"no free subnet for network {network} in {self._range}",
            next_step="widen `local.subnets` in parity.toml, or take other stacks down",
        )

    def forget_port(self, port: int) -> None:
        """Give up a port that turned out to be taken, for another one at once.

        Asked for again it might look free: two stacks that start at the same moment take each
        other's ports and give them up, over and over.
        """
        self._refused.add(port)
        for key in [key for key, kept in self._kept["ports"].items() if kept == port]:
            del self._kept["ports"][key]
            self.port(key, "udp" if "/udp" in key else "tcp", None)

    def forget_subnets(self) -> None:
        """Give up the subnets: another network overlaps one of them."""
        self._kept["subnets"] = {}
        self._own = {}

    def save(self) -> None:
        """Remember the choices."""
        write_if_changed(self._file, json.dumps(self._kept, indent=1, sort_keys=True) + "\n")

    def _usable(self, protocol: str, port: int) -> bool:
        return (protocol, port) in self._held or is_free(self._bind, protocol, port)

    def _free(self, candidate: ipaddress.IPv4Network) -> bool:
        return not any(candidate.overlaps(other) for other in self._foreign)


def is_free(address: str, protocol: str, port: int) -> bool:
    """Whether nobody listens on a port of this machine."""
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError:
            # A port below 1024 as an ordinary user; the engine may well take it.
            return kind == socket.SOCK_DGRAM or probe.connect_ex(("127.0.0.1", port)) != 0
        except OSError:
            return False
    return True


def _network(text: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return None


def _load(file: Path) -> dict[str, dict[str, int | str]]:
    try:
        kept = json.loads(file.read_text())
        ports, subnets = dict(kept["ports"]), dict(kept["subnets"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        # Only choices are lost; new ones are made.
        return {"ports": {}, "subnets": {}}
    return {
        "ports": {k: v for k, v in ports.items() if type(v) is int and 0 < v < 65536},  # noqa: PLR2004
        "subnets": {k: v for k, v in subnets.items() if type(v) is str and _network(v)},
    }
