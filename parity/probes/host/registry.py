"""The probes of hosts, found by walking this package: a module with a `LAYER` is one."""

from typing import cast

from parity.model.facts import Facts
from parity.probes.host.contract import HostProbe, HostSeen
from parity.probes.walk import modules, together


def host_probes() -> tuple[HostProbe, ...]:
    """All of them, by name."""
    return cast("tuple[HostProbe, ...]", modules("parity.probes.host", "LAYER"))


def wants() -> tuple[str, ...]:
    """What all of them ask for, each once."""
    return tuple(dict.fromkeys(path for probe in host_probes() for path in probe.FILES))


def read(seen: HostSeen, why: str = "") -> Facts:
    """What all of them make of the answer; `why` says why no helper could look, if none could."""
    return together(((probe.NAMES, probe.read(seen)) for probe in host_probes()), why)
