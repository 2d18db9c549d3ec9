"""A snapshot as text: one setting a line, keys in order, so that git's diffs read well."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from parity.model.hidden import Concealed, Hidden
from parity.model.snapshot import CONCEALED, LINES, SECRET, TABLE, Snapshot

_INVISIBLE = re.compile(
    "[\x7f-\xa0\xad\u0600-\u0605\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ud800-\udfff\ufeff]"
)
_LISTS = ("files", "layers", "losses", "silent", "unset")


def write(snapshot: Snapshot) -> str:
    """The text of the file. Characters that an editor would not show are escaped."""
    parts = [
        f"{_json(key)}: {_json(getattr(snapshot, key))}"
        for key in ("schema", "name", "source", "captured", "parity")
    ]
    for key in _LISTS:
        rows = [asdict(row) if key == "losses" else row for row in getattr(snapshot, key)]
        parts.append(f"{_json(key)}: {_block(rows)}")
    parts.append(f'"document": {_block(encoded(snapshot.document))}')
    parts.append(f'"origins": {_origins(snapshot.origins)}')
    text = "{\n " + ",\n ".join(parts) + "\n}\n"
    return _INVISIBLE.sub(lambda match: _escaped(match[0]), text)


def encoded(value: Any) -> Any:
    """A value of the document with tables in the places of records."""
    if isinstance(value, Hidden):
        return {SECRET: _record(value)}
    if isinstance(value, Concealed):
        text = _text(value.text)
        return {CONCEALED: {"text": text, "secrets": [*map(_record, value.hidden)]}}
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        table = {str(key): encoded(item) for key, item in value.items()}
        return {TABLE: table} if any(key.startswith("$") for key in table) else table
    if isinstance(value, list | tuple):
        return [encoded(item) for item in value]
    return value


def _text(text: str) -> Any:
    """Files get a line for each of theirs."""
    return {LINES: text.split("\n")} if "\n" in text.rstrip("\n") else text


def _record(hidden: Hidden) -> dict[str, Any]:
    return {key: value for key, value in asdict(hidden).items() if value}


def _block(value: Any) -> str:
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text.replace("\n", "\n ")


def _origins(origins: dict[str, dict[str, dict[str, int]]]) -> str:
    """A line for each section: a line of the definition that moves all others must not be a hundred."""
    files = (
        f"  {_json(file)}: {_braces(_sections(sections), '  ')}"
        for file, sections in sorted(origins.items())
    )
    return _braces(files, " ")


def _sections(sections: dict[str, dict[str, int]]) -> Iterable[str]:
    for section, lines in sorted(sections.items()):
        yield f"   {_json(section)}: {_json(dict(sorted(lines.items())))}"


def _braces(lines: Iterable[str], indent: str) -> str:
    body = ",\n".join(lines)
    return f"{{\n{body}\n{indent}}}" if body else "{}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}"
