"""A snapshot's text back into its record; whatever is wrong with it is told with its line."""

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from parity.errors import DefinitionError
from parity.model.hidden import MARK, Concealed, Hidden
from parity.model.setting import Layer
from parity.model.snapshot import (
    CONCEALED,
    FORMAT,
    LINES,
    MAJOR,
    SECRET,
    TABLE,
    LossRecord,
    Snapshot,
)

_SCHEMA = re.compile(rf"{re.escape(FORMAT)}/(\d{{1,6}})\.(\d{{1,6}})")
_AGAIN = "capture it again: `parity capture ENVIRONMENT -o FILE`"
_DEEPEST = 200
_WRONG: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing",
        "missing_argument": "is missing",
        "unexpected_keyword_argument": "is no key of a snapshot",
    }
)


def parse(text: str, where: str) -> Snapshot:
    """The snapshot, with `Hidden` and `Concealed` in its document. Raises DefinitionError."""
    tree = _tree(text, where)
    _version(tree.get("schema"), where)
    try:
        snapshot = _quickly(tree) or _thoroughly(tree, where)
        document = decoded(snapshot.document)
    except _WrongError as error:
        raise DefinitionError(
            f"not a well-formed snapshot: {error}", where=where, next_step=_AGAIN
        ) from error
    _document(document, where)
    return Snapshot(**{**vars(snapshot), "document": document})


def decoded(value: Any, depth: int = 0) -> Any:
    """A value of the document with records in the places of their tables."""
    if type(value) is str:
        return value
    if depth > _DEEPEST:
        raise _WrongError("the document is nested too deeply")
    if isinstance(value, dict):
        key, body = next(iter(value.items())) if len(value) == 1 else ("", None)
        if key in _RECORDS:
            return _RECORDS[key](body)
        table = body if key == TABLE and isinstance(body, dict) else value
        return {key: decoded(item, depth + 1) for key, item in table.items()}
    if isinstance(value, list):
        return [decoded(item, depth + 1) for item in value]
    return value


class _WrongError(Exception):
    """What is wrong with the content."""


def _tree(text: str, where: str) -> dict[str, Any]:
    try:
        tree = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
    except json.JSONDecodeError as error:
        told = (
            "a merge conflict is left in it"
            if re.search("^<<<<<<< ", text, re.MULTILINE)
            else error.msg
        )
        raise DefinitionError(
            f"not JSON: {told}", where=f"{where}:{error.lineno}", next_step=_AGAIN
        ) from error
    except _WrongError as error:
        raise DefinitionError(f"not a snapshot: {error}", where=where, next_step=_AGAIN) from error
    except RecursionError as error:
        raise DefinitionError(
            "the snapshot is nested too deeply", where=where, next_step=_AGAIN
        ) from error
    except ValueError as error:  # a number of more digits than Python reads
        raise DefinitionError(
            "a number in it is too long", where=where, next_step=_AGAIN
        ) from error
    if not isinstance(tree, dict):
        raise DefinitionError("not a snapshot: no table", where=where, next_step=_AGAIN)
    return tree


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _WrongError(f"the key `{twice[:80]}` is in one table twice")
    return table


def _constant(name: str) -> Any:
    raise _WrongError(f"{name} is no JSON number")


def _version(schema: Any, where: str) -> None:
    found = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    if found is None:
        raise DefinitionError(
            f"not a snapshot: its `schema` is not {FORMAT}/{MAJOR}", where=where, next_step=_AGAIN
        )
    if int(found[1]) != MAJOR:
        raise DefinitionError(
            f"the snapshot has format {found[1]}.{found[2]}; this parity reads {MAJOR}",
            where=where,
            next_step="use the version of parity that captured it (`parity` in the file), or capture it again",
        )


def _quickly(tree: dict[str, Any]) -> Snapshot | None:
    """The record of what is well-formed at first sight: the validator takes a tenth of a second."""
    fields: dict[str, Any] = {
        key: tree[key] for key in Snapshot.__dataclass_fields__ if key in tree
    }
    texts = all(
        isinstance(fields.get(key), str)
        for key in ("schema", "name", "source", "captured", "parity")
    )
    lists = all(_texts(fields.get(key, [])) for key in ("files", "silent", "unset", "layers"))
    if not (texts and lists and isinstance(fields.get("document"), dict)):
        return None
    losses, origins = fields.get("losses", []), fields.get("origins", {})
    if not (isinstance(losses, list) and all(map(_is_loss, losses)) and _are_origins(origins)):
        return None
    if not set(fields.get("layers", ())) <= set(Layer):
        return None
    for key in ("files", "silent", "unset", "layers"):
        if key in fields:
            fields[key] = tuple(fields[key])
    fields["losses"] = tuple(LossRecord(r["path"], r["value"], r["reason"]) for r in losses)
    return Snapshot(**fields)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_loss(row: Any) -> bool:
    return isinstance(row, dict) and all(
        isinstance(row.get(key), str) for key in ("path", "value", "reason")
    )


def _are_origins(origins: Any) -> bool:
    return isinstance(origins, dict) and all(
        isinstance(sections, dict)
        and all(
            isinstance(lines, dict) and all(type(line) is int for line in lines.values())
            for lines in sections.values()
        )
        for sections in origins.values()
    )


def _thoroughly(tree: dict[str, Any], where: str) -> Snapshot:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Snapshot).validate_python(tree)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        name = ".".join(str(part) for part in problem["loc"])
        raise DefinitionError(
            f"not a well-formed snapshot: `{name}` {_WRONG.get(problem['type'], 'is not what belongs there')}",
            where=where,
            next_step=_AGAIN,
        ) from error


def _hidden(body: Any) -> Hidden:
    if not isinstance(body, dict) or not isinstance(body.get("kind"), str):
        raise _WrongError("a record of a secret has no `kind`")
    length, edges = body.get("length", 0), body.get("edges", [])
    texts = [body.get(key, "") for key in ("fingerprint", "name", "core")]
    if type(length) is not int or not _texts(edges) or not _texts(texts):
        raise _WrongError("a record of a secret has a field of the wrong type")
    fingerprint, name, core = texts
    return Hidden(body["kind"], length, fingerprint, tuple(edges), name, core)


def _lines(body: Any) -> str:
    if not _texts(body):
        raise _WrongError("a text of several lines is no list of texts")
    return "\n".join(body)


def _concealed(body: Any) -> Concealed:
    text = decoded(body.get("text"), _DEEPEST) if isinstance(body, dict) else None
    if not isinstance(text, str):
        raise _WrongError("a text with secrets has no `text`")
    records = body.get("secrets")
    if not isinstance(records, list) or not records or text.count(MARK) < len(records):
        raise _WrongError(f"a text with secrets has not as many {MARK} as records")
    return Concealed(text, tuple(map(_hidden, records)))


def _document(document: Any, where: str) -> None:
    services = document.setdefault("services", {})
    wrong = (
        "services"
        if not isinstance(services, dict)
        else next((name for name, body in services.items() if not isinstance(body, dict)), None)
    )
    if wrong is not None:
        raise DefinitionError(
            f"not a well-formed snapshot: `{wrong}` is no table", where=where, next_step=_AGAIN
        )


_RECORDS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {SECRET: _hidden, CONCEALED: _concealed, LINES: _lines}
)
