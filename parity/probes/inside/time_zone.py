"""The time zone as code sees it: `time-zone.name`, `time-zone.offsets` (January, July). Source: tzset(3)."""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.inside._tables import plain
from parity.probes.inside.contract import Seen, Wants

LAYER = Layer.RUNNING
NAMES: tuple[str, ...] = ("time-zone",)

_ENVIRON, _NAMED = "/proc/1/environ", "/etc/timezone"


def wants(record: Mapping[str, Any]) -> Wants:
    """What names it, beside the offsets that are always looked at."""
    del record
    return Wants(files=(_ENVIRON,), inside=(_NAMED,))


def read(seen: Seen) -> Facts:
    """A zone that is named and has no data shows as offsets of zero."""
    if not seen.offsets:
        return Facts()
    given = [e[3:] for e in seen.files.get(_ENVIRON, "").split("\0") if e.startswith("TZ=")]
    name = given[0] if given else seen.inside.get(_NAMED, "").strip()
    told: dict[str, Any] = {"name": plain(name)} if name else {}
    return Facts({"time-zone": {**told, "offsets": [_offset(each) for each in seen.offsets]}})


def _offset(seconds: int) -> str:
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"
