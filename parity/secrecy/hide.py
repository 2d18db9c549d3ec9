"""Puts records of secrets in the places of their values."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from parity.model.document import Path
from parity.model.environment import Environment, Loss
from parity.model.hidden import MARK, UNKNOWN, Concealed, Hidden
from parity.model.reference import REFERENCE, names_in
from parity.secrecy import shape
from parity.secrecy.copies import Copies
from parity.secrecy.find import Found, Search
from parity.secrecy.fingerprint import Prints

_VALUE = "value"
_LOSSES = "\0losses"
"""Looked at together with the document: one tells of secrets that the other holds copies of."""


def search(environment: Environment) -> Search:
    """The secrets of an environment's document and losses."""
    return Search({**environment.document, _LOSSES: [_row(loss) for loss in environment.losses]})


def hide(environment: Environment, prints: Prints) -> Environment:
    """The environment without a value of a secret: `Hidden` and `Concealed` stand in its document.

    `prints` gives the fingerprints. What is hidden already (a snapshot's) stays as it is.
    """
    begun = search(environment)
    known = {*begun.secrets(), *environment.values.values()}
    return finish(environment, begun, Copies(known), prints)


def finish(environment: Environment, begun: Search, copies: Copies, prints: Prints) -> Environment:
    """The same, for a search begun before; `copies` knows secrets from elsewhere, too."""
    values = environment.values
    found = begun.found(copies)
    # In the order of the document, so that one run is like the next.
    ordered = dict.fromkeys(value for each in found for value in _values(each, values))
    cores = [shape.core(value) for value in ordered if shape.edges(value)]
    printed = prints([*ordered, *cores]) if ordered else {}
    changes = _nested({each.path: _record(each, values, printed) for each in found})
    hidden = _rebuilt({**environment.document, _LOSSES: [*map(_row, environment.losses)]}, changes)
    rows = hidden.pop(_LOSSES)
    losses = tuple(Loss(str(row[0]), str(row[1][_VALUE]), str(row[2])) for row in rows)
    return replace(environment, document=hidden, losses=losses, values={})


def places(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Hidden]]:
    """Where records stand in a tree, those inside texts included."""
    kind = type(tree)
    if kind is dict:
        for key, value in tree.items():
            if type(value) is not str:  # most are
                yield from places(value, (*path, key))
    elif kind is list:
        for index, value in enumerate(tree):
            if type(value) is not str:
                yield from places(value, (*path, index))
    elif kind is Hidden:
        yield path, tree
    elif kind is Concealed:
        yield from ((path, each) for each in tree.hidden)


def records(tree: Any) -> list[Hidden]:
    """The records in a tree, in no order: in most trees there are none, and this finds out quickly."""
    found: list[Hidden] = []
    open_ = [tree]
    while open_:
        node = open_.pop()
        kind = type(node)
        if kind is dict:
            open_ += [value for value in node.values() if type(value) is not str]
        elif kind is list:
            open_ += [value for value in node if type(value) is not str]
        elif kind is Hidden:
            found.append(node)
        elif kind is Concealed:
            found += node.hidden
    return found


def _row(loss: Loss) -> list[Any]:
    return [loss.path, {"name": _last(loss.path), _VALUE: loss.value}, loss.reason]


def _last(path: str) -> str:
    return re.split(r"[.\[\]/]", path.rstrip(']"'))[-1].strip('"')


def _values(found: Found, values: Mapping[str, str]) -> Iterable[str]:
    for start, end, name in found.spans:
        value = _expanded(found.value[start:end], name, values)
        if value is not None:
            yield value


def _record(found: Found, values: Mapping[str, str], known: Mapping[str, str]) -> Any:
    if found.whole:
        return _hidden(found.value, found.spans[0][2], values, known)
    text, records, position = "", [], 0
    for start, end, name in found.spans:
        text += found.value[position:start] + MARK
        records.append(_hidden(found.value[start:end], name, values, known))
        position = end
    return Concealed(text + found.value[position:], tuple(records))


def _hidden(value: str, name: str, values: Mapping[str, str], known: Mapping[str, str]) -> Hidden:
    real = _expanded(value, name, values)
    if real is None:
        return Hidden(UNKNOWN, name=name)
    core = known.get(shape.core(real), "") if shape.edges(real) else ""
    return shape.hidden(real, fingerprint=known.get(real, ""), core=core, name=name)


def _expanded(value: str, name: str, values: Mapping[str, str]) -> str | None:
    """The value with its references resolved; None where one of them is not known."""
    if not name:
        return value
    if any(each not in values for each in names_in(value)):
        return None
    return REFERENCE.sub(lambda match: values[match[1]], value)


def _nested(changes: Mapping[Path, Any]) -> dict[Any, Any]:
    """The changes as a tree of tables by key, with what is to stand there as leaves."""
    tree: dict[Any, Any] = {}
    for path, value in changes.items():
        node = tree
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value
    return tree


def _rebuilt(tree: Any, changes: dict[Any, Any]) -> Any:
    """A copy of what changes; the rest is shared with the tree it came from."""
    made = dict(tree) if isinstance(tree, dict) else list(tree)
    for key, change in changes.items():
        made[key] = _rebuilt(tree[key], change) if isinstance(change, dict) else change
    return made
