"""docs/parity-toml.md and docs/parity.schema.json, from the records of parity/model/project.py."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from parity.config.schema import json_schema
from scripts.lib.docs_text import code, page, table

# How the tables stand in the file: the key of the record, and the header a user writes.
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "project": "[project]",
        "environments": "[environments.NAME]",
        "local": "[local]",
        "override": "[[local.override]]",
        "secrets": "[secrets]",
        "certificates": "[certificates.NAME]",
        "stand-ins": '[stand-ins."HOST"]',
        "egress": "[egress]",
        "waivers": "[[waivers]]",
        "diff": "[diff]",
        "check": "[check]",
        "rules": "[rules]",
        "state": "[state]",
        "states": "[states.NAME]",
        "steps": "[[states.NAME.steps]]",
        "devcontainer": "[devcontainer]",
    }
)


def schema() -> str:
    """docs/parity.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def configuration_page(example: Path) -> str:
    """docs/parity-toml.md."""
    tree = json_schema()
    lines = ["# parity.toml", "", *_INTRODUCTION]
    for key, prop in _tables(tree):
        lines += ["", f"## {HEADERS[key]}", "", *_section(tree, prop)]
    lines += ["", "## A complete example", "", "```toml"]
    lines += [*example.read_text(encoding="utf-8").strip().splitlines(), "```"]
    return page(lines, source="parity/model/project.py, docs/examples/parity.toml")


_INTRODUCTION = (
    "The configuration of a project, at the top of its repository, committed. parity looks for it",
    "in the current folder and above. Only the path to production's definition is needed;",
    "`parity init` writes a first one.",
    "",
    "Unknown keys and wrong types are errors with the line and the nearest right name. For",
    "completion in an editor, `parity config --schema` prints the JSON Schema; it is",
    "[parity.schema.json](parity.schema.json) too.",
)


def _tables(tree: Any) -> Iterator[tuple[str, Any]]:
    for key, prop in tree["properties"].items():
        yield key, prop
        nested = _record(tree, prop)
        for inner, inner_prop in (nested or {}).get("properties", {}).items():
            if _record(tree, inner_prop) is not None:
                yield inner, inner_prop


def _section(tree: Any, prop: Any) -> list[str]:
    record = _record(tree, prop)
    if record is None:
        values = _type(prop.get("additionalProperties") or {})
        return [
            prop.get("description", ""),
            "",
            f"The keys of this table are free; a value is one of {values}.",
        ]
    about, also = record.get("description", ""), prop.get("description", "")
    if "anyOf" in prop.get("additionalProperties", {}):
        # The keys of this table are free; each may be a table or a text.
        lines = [" ".join(also.split()), "", f"{about} As a table:", ""]
    else:
        # Where the user names the table, the field says by what.
        named = "additionalProperties" in prop
        lines = [f"{about} {' '.join(also.split())}" if named else about, ""]
    rows = [_row(tree, record, key, body) for key, body in record["properties"].items()]
    return lines + table(["Key", "Type", "Default", "Meaning"], [row for row in rows if row[0]])


def _row(tree: Any, record: Any, key: str, body: Any) -> tuple[str, str, str, str]:
    if _record(tree, body) is not None:
        return "", "", "", ""  # it has a section of its own
    required = key in record.get("required", [])
    default = "required" if required else code(_toml(body.get("default")))
    return code(key), _type(body), default, body.get("description", "")


def _toml(value: Any) -> str:
    return "" if value in (None, "") else json.dumps(value, ensure_ascii=False)


def _type(body: Any) -> str:
    if "const" in body:
        return code(json.dumps(body["const"]))
    if "enum" in body:
        return ", ".join(code(json.dumps(value)) for value in body["enum"])
    if "anyOf" in body:
        kinds = [_type(some) for some in body["anyOf"] if some.get("type") != "null"]
        return " or ".join(kinds)
    if body.get("format") == "date":
        return "date"
    many = {"array": ("list", "items"), "object": ("table", "additionalProperties")}
    if body.get("type") in many:
        word, inner = many[body["type"]]
        return f"{word} of {_type(body.get(inner) or {})}s"
    names = {"string": "text", "integer": "number", "boolean": "true or false"}
    return names.get(str(body.get("type")), "any value")


def _record(tree: Any, prop: Any) -> Any:
    """The record that a property holds: itself, by name, in a list, or beside a plain text."""
    inner = prop.get("additionalProperties") or prop.get("items") or prop
    for some in inner.get("anyOf", [inner]) if isinstance(inner, dict) else []:
        if "$ref" in some:
            return tree["$defs"][some["$ref"].rpartition("/")[2]]
    return None
