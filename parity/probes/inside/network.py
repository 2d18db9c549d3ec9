"""The network as the kernel has it: `mtu`, `ipv6`, `sysctls.net.…`.

Source: sysfs-class-net, proc_net(5) (if_inet6), ip-sysctl of the kernel's documentation.
"""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.inside._tables import number, rows
from parity.probes.inside.contract import Seen, Wants

LAYER = Layer.RUNNING
NAMES: tuple[str, ...] = ("mtu", "ipv6", "sysctls")

_INET6 = "/proc/1/net/if_inet6"
_DEVICES = tuple(f"/sys/class/net/eth{n}/mtu" for n in range(8))
SYSCTLS = (
    "net.core.somaxconn",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_max_syn_backlog",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_tw_reuse",
    "net.ipv6.conf.all.disable_ipv6",
)
"""Those that each network namespace has for itself."""
_LINK_LOCAL = "20"
"""The scope of an address, in hexadecimal digits."""


def wants(record: Mapping[str, Any]) -> Wants:
    """The namespace's own tables."""
    del record
    return Wants(files=(_INET6, *_DEVICES, *map(_path, SYSCTLS)))


def read(seen: Seen) -> Facts:
    """Nothing where nobody could look."""
    if not seen:
        return Facts()
    found: dict[str, Any] = {}
    sizes = [number(seen.files[path]) for path in _DEVICES if path in seen.files]
    if known := [size for size in sizes if size]:
        found["mtu"] = min(known)
    addresses = (words for words in rows(seen.files.get(_INET6, "")) if words[3:])
    found["ipv6"] = any(words[3] != _LINK_LOCAL for words in addresses)
    told = {name: seen.files[_path(name)] for name in SYSCTLS if _path(name) in seen.files}
    if told:
        found["sysctls"] = {name: " ".join(text.split()) for name, text in told.items()}
    return Facts(found)


def _path(name: str) -> str:
    return "/proc/sys/" + name.replace(".", "/")
