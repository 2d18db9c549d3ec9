"""Who needs a thing: a process, known again by its machine, its id and its start.

What is made in several steps carries the lease of its maker. When that process is gone the thing is
garbage, whoever looks at it; a process of another machine cannot be looked at, so it has a day.
"""

import hashlib
import json
import os
import socket
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from parity.model.state import Lease

DAY = 24 * 3600.0
"""Seconds that a process of another machine is believed to live."""
VARIABLE = "PARITY_LEASE"
"""By which the store's agent is told whose work it does."""
_START = 19
"""Place of the start time in /proc/PID/stat, counted from behind the program's name."""


def mine() -> Lease:
    """This process."""
    return Lease(_here(), os.getpid(), _started(os.getpid()) or 0.0)


def alive(lease: Lease, age: float = 0.0) -> bool:
    """Whether its process lives; `age` in seconds is that of the thing, for another machine's."""
    if lease.host != _here():
        # Another machine, or another container on this one: ids say nothing there.
        return age < DAY and not _restarted(lease.host)
    started = _started(lease.pid)
    return started is not None and started == lease.started


def machine(lease: Lease) -> str:
    """The name of its machine, for people."""
    return lease.host.partition("#")[0]


def read(text: str) -> Lease | None:
    """A lease as a label or a file keeps it; None for what is none."""
    try:
        found: Any = json.loads(text)
        return Lease(str(found["host"]), int(found["pid"]), float(found["started"]))
    except (ValueError, KeyError, TypeError):
        return None


def environment() -> dict[str, str]:
    """What the store's agent is told."""
    return {VARIABLE: mine().to_json()}


def gone(labels: Mapping[str, str], label: str, age: float = 0.0) -> bool:
    """Whether a thing's labels name an owner that is gone. Without an owner it is somebody's own."""
    lease = read(labels.get(label, ""))
    return lease is not None and not alive(lease, age)


@cache
def _here() -> str:
    """`NAME#MACHINE-NAMESPACE-BOOT`: what two processes must have in common to see each other's ids."""
    machine, boot = _text("/etc/machine-id"), _text("/proc/sys/kernel/random/boot_id")
    return f"{socket.gethostname()}#{_short(machine)}-{_namespace()}-{_short(boot)}"


def _restarted(host: str) -> bool:
    """Whether a host is this machine before it was started the last time."""
    before, here = host.rpartition("-"), _here().rpartition("-")
    return before[0] == here[0] and before[2] != here[2] and bool(_text("/etc/machine-id"))


def _namespace() -> str:
    try:
        return Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        return ""


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8] if text else ""


def _started(pid: int) -> float | None:
    """When a process began; None where there is none. One that only waits to be buried is none."""
    if not Path("/proc/self/stat").exists():
        return _started_by_ps(pid)
    try:
        # The program's name may hold anything, also a closing bracket.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return None if fields[0] in ("Z", "X") else float(fields[_START])
    except (OSError, IndexError, ValueError):
        return None


def _started_by_ps(pid: int) -> float | None:
    """The same where there is no /proc: seconds since the epoch."""
    import time

    from parity.process import run

    said = run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], timeout=10, env={**os.environ, "LC_ALL": "C"}
    )
    state, _, started = said.stdout.strip().partition(" ")
    if not said.ok or not started or state.startswith("Z"):
        return None
    try:
        return time.mktime(time.strptime(started.strip(), "%a %b %d %H:%M:%S %Y"))
    except ValueError:
        return None
