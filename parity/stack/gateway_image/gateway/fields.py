"""Checked reading of JSON fields: what is wrong is said with the field's name."""

import re
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class SettingsError(ValueError):
    """The settings can't be used; the message says which one and why."""


def each(document: dict[str, object], key: str, read: Callable[[object], T]) -> tuple[T, ...]:
    """Every item of a list, read one by one; a missing list is an empty one."""
    items = document.get(key, [])
    if not isinstance(items, list):
        raise SettingsError(f"{key} must be a list")
    result = []
    for index, item in enumerate(items):
        try:
            result.append(read(item))
        except SettingsError as error:
            raise SettingsError(f"{key}[{index}]: {error}") from error
    return tuple(result)


def table(item: object) -> dict[str, object]:
    """An object."""
    if not isinstance(item, dict):
        raise SettingsError("must be an object")
    return item


def text(of: dict[str, object], key: str) -> str:
    """A text that is not empty."""
    value = of.get(key)
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{key} must be a non-empty string")
    return value


def port_number(value: object, where: str) -> int:
    """A port, as a number or in digits."""
    number = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,5}", value) else value
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= 65535:
        raise SettingsError(f"{where}: not a port number from 1 to 65535")
    return number


def protocol(of: dict[str, object]) -> str:
    """`tcp`, which is the default, or `udp`."""
    value = of.get("protocol", "tcp")
    if value not in ("tcp", "udp"):
        raise SettingsError("protocol must be tcp or udp")
    return str(value)


def name(item: object) -> str:
    """A host name, in small letters and without final dot."""
    if not isinstance(item, str) or not item:
        raise SettingsError("must be a name")
    return item.rstrip(".").lower()
