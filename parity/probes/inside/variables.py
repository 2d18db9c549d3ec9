"""Variables of process 1 that are otherwise than definition and image have them: `environment.NAME`.

A start script sets some, a proxy of the engine's own configuration is put in, and a container that was
made before the definition changed has the old ones. Source: proc(5), environ.
"""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.inside.contract import Seen, Wants

LAYER = Layer.RUNNING
NAMES: tuple[str, ...] = ()

_ENVIRON = "/proc/1/environ"
_OWN = frozenset({"HOME", "HOSTNAME", "OLDPWD", "PWD", "SHLVL", "TERM", "USER", "LOGNAME", "_"})
"""What engine and shells set for every process, each in its way."""
_CONTAINER = "container"
_MOST = 2000


def wants(record: Mapping[str, Any]) -> Wants:
    """The process's variables, as it was started with them."""
    del record
    return Wants(files=(_ENVIRON,))


def read(seen: Seen) -> Facts:
    """Those that nobody would expect; without a look inside, those that the engine made it with."""
    if seen.files.get(_ENVIRON):
        entries = seen.files[_ENVIRON].split("\0")
    else:
        entries = [str(e) for e in (seen.record.get("Config") or {}).get("Env") or ()]
    rows = (entry.partition("=") for entry in entries)
    has = {name: value for name, equals, value in rows if name and equals}
    if len(has) > _MOST:
        return Facts(unread={"environment": f"more than {_MOST} variables"})
    other = {
        name: value
        for name, value in has.items()
        if name not in _OWN and name != _CONTAINER and seen.expected.get(name) != value
    }
    return Facts({"environment": other} if other else {})
