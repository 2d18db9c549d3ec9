"""The JSON Schema that editors use."""

import jsonschema
import pytest

from parity.config.schema import json_schema


def test_the_schema_is_a_schema_and_describes_every_key():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for record in schema["$defs"].values():
        for name, field in record.get("properties", {}).items():
            assert "_" not in name
            assert field.get("description"), name


@pytest.mark.parametrize(
    ("tree", "fits"),
    [
        ({}, True),
        ({"environments": {"prod": {"files": ["c.yaml"]}}, "secrets": {"a": {}, "b": "x"}}, True),
        ({"stand-ins": {"db.example.com": {"service": "db"}}}, True),
        ({"environment": {}}, False),
        ({"local": {"max_replicas": 1}}, False),
        ({"secrets": {"a": {"characters": "emoji"}}}, False),
        ({"stand-ins": {"db": {}}}, False),
    ],
)
def test_the_schema_accepts_what_parity_accepts(tree, fits):
    assert jsonschema.Draft202012Validator(json_schema()).is_valid(tree) is fits
