"""Process 1: `user`, `group`, `capabilities`, `seccomp`, `no-new-privileges`, `ulimits.NAME.soft|hard`.

Source: proc(5), capabilities(7), getrlimit(2).
"""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.inside._tables import fields, number
from parity.probes.inside.contract import Seen, Wants

LAYER = Layer.RUNNING
NAMES: tuple[str, ...] = (
    "user",
    "group",
    "capabilities",
    "seccomp",
    "no-new-privileges",
    "ulimits",
)

_STATUS, _LIMITS = "/proc/1/status", "/proc/1/limits"
_SECCOMP = {"0": "disabled", "1": "strict", "2": "filter"}
_ULIMITS = {
    "Max open files": "nofile",
    "Max core file size": "core",
    "Max locked memory": "memlock",
    "Max stack size": "stack",
}
"""Not the number of processes: the kernel takes it from the machine's memory."""
_CAPABILITIES = (
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
    "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
    "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
    "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
    "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
    "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
)  # fmt: skip
"""By their bits."""


def wants(record: Mapping[str, Any]) -> Wants:
    """What the kernel says of the process."""
    del record
    return Wants(files=(_STATUS, _LIMITS))


def read(seen: Seen) -> Facts:
    """Who it is, and what it may."""
    told = fields(seen.files.get(_STATUS, ""))
    found: dict[str, Any] = {
        "user": _effective(told.get("Uid", "")),
        "group": _effective(told.get("Gid", "")),
        "capabilities": _capabilities(told.get("CapEff", "")),
        "seccomp": _SECCOMP.get(told.get("Seccomp", "")),
        "no-new-privileges": {"0": False, "1": True}.get(told.get("NoNewPrivs", "")),
        "ulimits": _ulimits(seen.files.get(_LIMITS, "")) or None,
    }
    return Facts({name: value for name, value in found.items() if value is not None})


def _effective(ids: str) -> int | None:
    """The second of real, effective, saved, file system."""
    words = ids.split()
    return number(words[1]) if words[1:] else None


def _capabilities(mask: str) -> list[str] | None:
    try:
        bits = int(mask, 16)
    except ValueError:
        return None
    return sorted(name for bit, name in enumerate(_CAPABILITIES) if bits >> bit & 1)


def _ulimits(text: str) -> dict[str, dict[str, int | str]]:
    found = {}
    for line in text.splitlines():
        for title, name in _ULIMITS.items():
            values = line[len(title) :].split()
            if line.startswith(title) and values[1:]:
                found[name] = {"soft": _limit(values[0]), "hard": _limit(values[1])}
    return found


def _limit(word: str) -> int | str:
    value = number(word)
    return "unlimited" if value is None else value
