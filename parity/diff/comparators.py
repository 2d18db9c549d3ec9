"""By which comparator two values of a setting were found equal or not, in words."""

from typing import Any

from parity.diff.kinds import form
from parity.model.document import ABSENT, Path
from parity.model.hidden import Concealed, Hidden

_SETS = frozenset(
    {"cap_add", "cap_drop", "security_opt", "group_add", "dns", "dns_search", "dns_opt"}
)
_SIZES = frozenset({"memory", "shm_size", "size", "memswap_limit", "shm", "swap"})
_TIMES = frozenset({"interval", "timeout", "start_period", "start_interval", "stop_grace_period"})


def comparator(path: Path, left: Any, right: Any) -> str:
    """`byte for byte`, `in bytes`, `as secrets, by shape and fingerprint`, …"""
    values = [value for value in (left, right) if value is not ABSENT]
    if any(isinstance(value, Hidden | Concealed) for value in values):
        return "as secrets, by shape and fingerprint"
    if not values:
        return "as unset on both sides"
    if len(values) == 1:
        return "by whether it is set, and by the default where it is not"
    return _of_two(path, values)


def _of_two(path: Path, values: list[Any]) -> str:
    head, last = (str(path[0]), str(path[-1])) if path else ("", "")
    if head == "environment" and path[1:]:
        urls = {form(str(value)) for value in values} == {"url"}
        return "byte for byte" + (", and part by part, since both are URLs" if urls else "")
    if any(isinstance(value, tuple) for value in values):
        return "as a set" if head in _SETS or head == "running" else "word by word"
    if head == "restart":
        return "by what it does: `always` and `unless-stopped` count as one"
    if all(isinstance(value, int | float) for value in values):
        units = (("in bytes", _SIZES), ("in seconds", _TIMES))
        return next((words for words, names in units if last in names), "as numbers")
    tables = all(isinstance(value, dict) for value in values)
    return "setting by setting" if tables else "as text, once normalised"
