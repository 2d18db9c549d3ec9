"""The snapshot's format is named once, and its record is what the published schema describes."""

from parity.model.snapshot import MAJOR, MINOR, SCHEMA, Snapshot


def test_the_schema_names_its_version():
    assert f"parity.snapshot/{MAJOR}.{MINOR}" == SCHEMA


def test_what_a_reader_cannot_do_without_is_required():
    from pydantic import TypeAdapter

    schema = TypeAdapter(Snapshot).json_schema()
    assert schema["required"] == ["schema", "name", "source", "captured", "parity", "document"]
    assert all(field.get("description") for field in schema["properties"].values())
