"""What a YAML scalar means to Kubernetes and Docker Compose."""

import re
from typing import Any

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_INTEGER = re.compile(r"[-+]?(?:0b[01]+|0o?[0-7]+|0x[0-9a-fA-F]+|0|[1-9]\d*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST_NUMBER = 100
"""Longer rows of digits are text: no definition has such numbers, and Python refuses huge ones."""

_TEXT_TAGS = frozenset({"!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:binary"})


def resolve(text: str, *, plain: bool, tag: str = "") -> Any:
    """The value: None, bool, int, float or str. `plain` is text without quotes."""
    if tag in _TEXT_TAGS or not (plain or tag.startswith("tag:yaml.org,2002:")):
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return _number(text)


def _number(text: str) -> Any:
    digits = text.replace("_", "") if text[:1].isdigit() else text
    if len(digits) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(digits):
        return _integer(digits)
    if _FLOAT.fullmatch(digits):
        return float(digits)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", "").lower())
    return text


def _integer(digits: str) -> int:
    octal = re.fullmatch(r"([-+]?)0(\d+)", digits)
    return int(f"{octal[1]}0o{octal[2]}" if octal else digits, 0)
