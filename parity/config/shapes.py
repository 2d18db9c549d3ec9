"""What a value of the wrong shape is told: what it is, what is wanted, and how that is written."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

_WANTED = (
    ("tuple", "a list"),
    ("list", "a list"),
    ("set", "a list"),
    ("frozen_set", "a list"),
    ("string", "a text"),
    ("int", "a whole number"),
    ("float", "a number"),
    ("bool", "true or false"),
    ("date", "a date"),
    ("dict", "a table"),
    ("dataclass", "a table"),
)
_EXAMPLES = {
    "a text": '{key} = "…"',
    "a whole number": "{key} = 2",
    "a number": "{key} = 2.5",
    "true or false": "{key} = true",
    "a date": "{key} = 2030-01-31, without quotes",
}


def told(problem: Mapping[str, Any], name: str, key: str) -> tuple[str, str]:
    """Message and next step for a problem of the validator with the value under `name`.

    `key` is the last part of the name, as it stands in the file.
    """
    kind, value = problem["type"], problem.get("input")
    if kind == "literal_error":
        choices = re.sub(r"'([^']*)'", r"`\1`", problem["ctx"]["expected"])
        return f"`{name}` is {_said(value)}", f"one of {choices}"
    wanted = next((words for start, words in _WANTED if kind.startswith(start)), "")
    if not wanted:
        return f"`{name}` cannot be {_said(value)}", "docs/parity-toml.md lists all keys"
    message = f"`{name}` is {_said(value)}, where {wanted} is wanted"
    return message, f"write {wanted}: {_example(wanted, name, key, value)}"


def _example(wanted: str, name: str, key: str, value: object) -> str:
    if wanted == "a list":
        if isinstance(value, dict):
            return f"[[{name}]] in place of [{name}]"
        return f"{key} = [{json.dumps(value) if type(value) is str else '…'}]"
    if wanted == "a table":
        return f"[{name}] on a line of its own, its keys below it"
    return _EXAMPLES[wanted].format(key=key)


def _said(value: object) -> str:
    """A value in a few words; a long one by its kind only."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {json.dumps(value, ensure_ascii=False)}" if len(value) <= 40 else "a text"  # noqa: PLR2004
    if isinstance(value, int | float):
        text = str(value) if abs(value) < 10**9 else ""
        return f"the number {text}".strip() if text else "a number"
    if isinstance(value, date):
        return "a date"
    return "a table" if isinstance(value, dict) else "a list"
