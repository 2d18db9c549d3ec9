"""Turn the spellings that operators write into values: `yes`, `1m`, `30s`, `a=1,b=2`."""

import re

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_SIZE = re.compile(r"(\d+)\s*([kmg]?)b?", re.IGNORECASE)
_SIZE_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_DURATION_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def boolean(text: str) -> bool:
    """`yes`, `on`, `true` and `1`, or `no`, `off`, `false` and `0`."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"{text!r} is not a boolean; write yes or no")


def whole_number(text: str) -> int:
    """A whole number above zero."""
    if not re.fullmatch(r"[0-9]+", text.strip()) or int(text) == 0:
        raise ValueError(f"{text!r} is not a whole number above zero")
    return int(text)


def size(text: str) -> int:
    """Bytes from `512`, `64k`, `1m` or `2g`; the units are powers of 1024, as in nginx."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a size; write 512, 64k, 1m or 2g")
    return int(match[1]) * _SIZE_UNITS[match[2].lower()]


def duration(text: str) -> float:
    """Seconds from `250ms`, `30s`, `5m` or `1h`; a bare number is refused as ambiguous."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration; write 250ms, 30s, 5m or 1h")
    return float(match[1]) * _DURATION_UNITS[match[2]]


def pairs(text: str) -> dict[str, str]:
    """A mapping from `key=value,key=value`; a value may contain `=` itself."""
    found: dict[str, str] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            raise ValueError(f"{item!r} is not of the form key=value")
        if key.strip() in found:
            raise ValueError(f"{key.strip()!r} is given twice")
        found[key.strip()] = value.strip()
    return found


def colour(text: str) -> str:
    """A web colour such as `#c0392b`, in lower case."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text.strip()):
        raise ValueError(f"{text!r} is not a colour such as #c0392b")
    return text.strip().lower()
