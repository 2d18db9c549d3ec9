"""Language: `locale.name`, `locale.available`, and `sort`, how letters are ordered. Source: locale(7)."""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.inside._tables import plain
from parity.probes.inside.contract import Seen, Wants

LAYER = Layer.RUNNING
NAMES: tuple[str, ...] = ("locale", "sort")


def wants(record: Mapping[str, Any]) -> Wants:
    """Nothing beside what is always looked at."""
    del record
    return Wants()


def read(seen: Seen) -> Facts:
    """`sort` is left out where the container has no such program."""
    found: dict[str, Any] = {}
    if seen.locale.get("name"):
        name = plain(str(seen.locale["name"]))
        found["locale"] = {"name": name, "available": bool(seen.locale.get("available"))}
    if seen.sort:
        found["sort"] = plain(seen.sort)
    return Facts(found)
