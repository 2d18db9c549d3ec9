"""The JSON Schema of parity.toml, generated from the records."""

from typing import Any


def json_schema() -> dict[str, Any]:
    """Draft 2020-12, with the field docstrings as descriptions."""
    from pydantic import TypeAdapter

    from parity.model.project import Project

    schema = TypeAdapter(Project).json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "parity.toml",
    }
