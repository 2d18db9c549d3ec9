"""Build the records of an already validated parity.toml, without importing the validator.

Importing pydantic and compiling the schema costs a third of a `parity up` with nothing to do. A file
whose content was validated once needs neither; `load` keeps the hash of the last good one.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints


def build(record: type[Any], tree: Mapping[str, Any]) -> Any:
    """An instance of a frozen record from its kebab-case table."""
    hints = get_type_hints(record)
    known = {field.name.replace("_", "-"): field.name for field in fields(record)}
    values = {known[key]: _value(hints[known[key]], value) for key, value in tree.items()}
    return record(**values)


def _value(hint: Any, value: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if isinstance(value, Mapping):
        if origin is dict:
            return {key: _value(arguments[1], item) for key, item in value.items()}
        record = next((part for part in (hint, *arguments) if is_dataclass(part)), None)
        return value if record is None else build(record, value)  # type: ignore[arg-type]
    if isinstance(value, list) and origin is tuple:
        return tuple(_value(arguments[0], item) for item in value)
    return value
