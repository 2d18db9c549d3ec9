"""Sizes, CPU counts and durations as Compose, Kubernetes and ECS write them."""

import re
from typing import Any

_SIZE = re.compile(r"^\s*(\d{1,30}(?:\.\d{1,30})?)\s*([kmgtpe]?)(i?)(b?)\s*$", re.IGNORECASE)
_POWERS = "kmgtpe"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400}


def size(value: Any) -> Any:
    """Bytes: `512m`, `512Mi`, `536870912`, `0.5g` -> int. What is no size comes back as it is.

    A bare letter is binary, as Compose reads it; `M` and `Mi` are the same 1,048,576 here. Kubernetes'
    decimal `M` is turned into bytes by its source, which knows the notation.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return value
    match = _SIZE.match(str(value))
    if not match:
        return value
    power = _POWERS.index(match[2].lower()) + 1 if match[2] else 0
    return int(float(match[1]) * 1024**power)


def cpus(value: Any) -> Any:
    """Cores: `0.50`, `500m`, 2 -> float."""
    text = str(value).strip()
    try:
        return float(text[:-1]) / 1000 if text.endswith("m") else float(text)
    except ValueError:
        return value


def seconds(value: Any) -> Any:
    """Seconds: `1m30s`, `500ms`, 10 -> float."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip()
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return value
    return float(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def show_size(number: int) -> str:
    """`64 MiB`, or the bytes where it is no whole number of anything."""
    if number < 0:
        return "unlimited"
    for power, unit in ((4, "TiB"), (3, "GiB"), (2, "MiB"), (1, "KiB")):
        if number and number % 1024**power == 0:
            return f"{number // 1024**power} {unit}"
    return f"{number} B"


def show_seconds(number: float) -> str:
    """`90 s`, `500 ms`."""
    return f"{number:g} s" if number >= 1 or number == 0 else f"{number * 1000:g} ms"
