"""Single values as ECS takes them: numbers and flags written as texts, sizes with units."""

import re

from parity.model.reference import REFERENCE
from parity.sources.ledger import Fate, Node

MIB = 1024**2
_UNKNOWN = "known only once it is deployed"
_UNITS = {"": 1, "mb": 1, "mib": 1, "gb": 1024, "gib": 1024}


def number(node: Node) -> int | None:
    """A whole number; None where it is absent, empty or known to nobody yet."""
    if node.value == "":
        node.mark(Fate.STRUCTURE)
        return None
    if isinstance(node.value, str) and REFERENCE.search(node.value):
        node.lose(_UNKNOWN)
        return None
    return node.number() if node else None


def flag(node: Node, *, default: bool = False) -> bool:
    """True or false, also as a text."""
    if isinstance(node.value, str) and node.value.lower() in ("true", "false"):
        return str(node.take()).lower() == "true"
    return node.flag(default=default)


def text(node: Node) -> str:
    """A text; numbers and flags as ECS's tools write them into one."""
    if isinstance(node.value, bool):
        return str(node.take()).lower()
    if isinstance(node.value, int | float):
        return str(node.take())
    return node.text()


def cpus(node: Node) -> float | None:
    """A task's processors: `1024`, `1 vCPU`."""
    if isinstance(node.value, str):
        match = re.fullmatch(r"\s*(\d*\.?\d+)\s*vcpu\s*", node.value, re.IGNORECASE)
        if match:
            node.take()
            return float(match[1])
    units = number(node)
    return units / 1024 if units else None


def mebibytes(node: Node) -> int | None:
    """An amount of memory in MiB: `512`, `3 GB`."""
    if isinstance(node.value, str):
        match = re.fullmatch(r"\s*(\d*\.?\d+)\s*([a-z]*)\s*", node.value, re.IGNORECASE)
        unit = _UNITS.get(match[2].lower()) if match else None
        if match and unit:
            node.take()
            return int(float(match[1]) * unit)
    return number(node)


def size(mib: int) -> str:
    """MiB in bytes, as Compose prints sizes."""
    return str(mib * MIB)


def duration(seconds: int) -> str:
    """Seconds as Compose prints them: `1m30s`."""
    hours, rest = divmod(max(seconds, 0), 3600)
    minutes, rest = divmod(rest, 60)
    head = (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "")
    return f"{head}{rest}s"
