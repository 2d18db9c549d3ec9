"""docs/snapshot.schema.json, from the records of parity/model/snapshot.py."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from parity.model import snapshot

_TEXT = {"type": "string"}
_LINES = {"type": "array", "items": _TEXT}


def snapshot_schema() -> str:
    """The text of docs/snapshot.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def json_schema() -> dict[str, Any]:
    """Draft 2020-12, with the docstrings of fields as descriptions."""
    tree: dict[str, Any] = TypeAdapter(snapshot.Snapshot).json_schema()
    concealed = TypeAdapter(snapshot.ConcealedRecord).json_schema()
    records = {**tree["$defs"], **concealed.pop("$defs"), "ConcealedRecord": concealed}
    concealed["properties"]["text"] |= {"anyOf": [_TEXT, _single(snapshot.LINES, _LINES)]}
    records["SecretRecord"]["properties"]["fingerprint"]["pattern"] = _fingerprint()
    records["SecretRecord"]["properties"]["core"]["pattern"] = _fingerprint()
    tree["$defs"] = {**records, "Value": _value(), "Table": _table()}
    tree["properties"]["document"] |= {"additionalProperties": {"$ref": "#/$defs/Value"}}
    tree["properties"]["schema"]["pattern"] = rf"^{snapshot.FORMAT}/{snapshot.MAJOR}\.[0-9]+$"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **tree,
        "title": "A snapshot of parity",
    }


def _fingerprint() -> str:
    return "^(scrypt:[0-9a-f]{8}:[0-9a-f]{32})?$"


def _value() -> dict[str, Any]:
    return {
        "description": "Any value of a Compose document, or what stands for a secret or a long text.",
        "anyOf": [
            {"type": ["string", "number", "boolean", "null"]},
            {"type": "array", "items": {"$ref": "#/$defs/Value"}},
            _single(snapshot.SECRET, {"$ref": "#/$defs/SecretRecord"}),
            _single(snapshot.CONCEALED, {"$ref": "#/$defs/ConcealedRecord"}),
            _single(snapshot.LINES, _LINES),
            _single(snapshot.TABLE, {"$ref": "#/$defs/Table"}),
            {"$ref": "#/$defs/Table", "propertyNames": {"pattern": r"^(?!\$)"}},
        ],
    }


def _table() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": {"$ref": "#/$defs/Value"}}


def _single(key: str, body: dict[str, Any]) -> dict[str, Any]:
    """A table with one key, which says what it stands for."""
    return {
        "type": "object",
        "properties": {key: body},
        "required": [key],
        "additionalProperties": False,
    }
