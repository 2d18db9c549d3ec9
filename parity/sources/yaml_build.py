"""Builds plain values with line marks from YAML events, within limits of size and depth."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from parity.errors import DefinitionError
from parity.sources.yaml_scalar import resolve

MAX_NODES = 1_000_000
"""Counted with aliases written out. The largest real bundles have 200,000."""
MAX_DEPTH = 200
"""Schemas of custom resources go down to about 40."""

Marks = dict[Any, Any]


class _Built(NamedTuple):
    value: Any
    marks: Marks | None = None
    size: int = 1
    height: int = 1
    key: str | None = None
    """The text of a scalar, for use as a key."""


def build(text: str, file: str, *, tags: bool = False) -> Iterator[tuple[Any, Marks | None, int]]:
    """Each document's value, marks and first line; raises DefinitionError.

    With `tags`, a value with a tag of its own (`!Ref x`) is a table of one entry: `{"Ref": x}`.
    """
    import yaml

    loader = getattr(yaml, "CLoader", yaml.Loader)
    builder = _Builder(file, tags=tags)
    try:
        events = yaml.parse(text, Loader=loader)
        yield from builder.documents(events)
    except yaml.YAMLError as error:
        raise _broken(error, text, file) from error


class _Builder:
    def __init__(self, file: str, *, tags: bool = False) -> None:
        from yaml import events

        self.kinds = events  # yaml is imported where it is needed, and once
        self.file = file
        self.tags = tags
        self.anchors: dict[str, _Built] = {}
        self.count = 0

    def documents(self, events: Iterator[Any]) -> Iterator[tuple[Any, Marks | None, int]]:
        kinds = self.kinds
        around = (
            kinds.DocumentStartEvent,
            kinds.DocumentEndEvent,
            kinds.StreamStartEvent,
            kinds.StreamEndEvent,
        )
        for event in events:
            if not isinstance(event, around):
                built = self.node(event, events, 1)
                yield built.value, built.marks, event.start_mark.line + 1
                self.anchors = {}

    def node(self, event: Any, events: Iterator[Any], depth: int) -> _Built:
        line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise self.error(f"it is nested more than {MAX_DEPTH} levels deep", line)
        if isinstance(event, self.kinds.AliasEvent):
            return self.alias(event.anchor or "", line, depth)
        if isinstance(event, self.kinds.ScalarEvent):
            plain = event.implicit[0]
            value = resolve(event.value, plain=plain, tag=event.tag or "")
            built = _Built(value, key=event.value)
        elif isinstance(event, self.kinds.MappingStartEvent):
            built = self.mapping(events, depth)
        else:
            built = self.sequence(events, depth)
        self.grow(1, line)
        tag = event.tag or ""
        if self.tags and tag[:1] == "!" and tag != "!":
            size, height = built.size + 1, built.height + 1
            built = _Built({tag[1:]: built.value}, {tag[1:]: (line, built.marks)}, size, height)
        if event.anchor:
            self.anchors[event.anchor] = built
        return built

    def alias(self, anchor: str, line: int, depth: int) -> _Built:
        built = self.anchors.get(anchor)
        if built is None:
            raise self.error(f"the alias *{anchor} refers to nothing before it, or to itself", line)
        if depth + built.height > MAX_DEPTH:
            raise self.error(f"it is nested more than {MAX_DEPTH} levels deep", line)
        self.grow(built.size, line)
        return built

    def sequence(self, events: Iterator[Any], depth: int) -> _Built:
        items: list[_Built] = []
        marks: Marks = {}
        for event in events:
            if isinstance(event, self.kinds.SequenceEndEvent):
                break
            item = self.node(event, events, depth + 1)
            marks[len(items)] = (event.start_mark.line + 1, item.marks)
            items.append(item)
        return _Built([item.value for item in items], marks, _size(items), _height(items))

    def mapping(self, events: Iterator[Any], depth: int) -> _Built:
        items: dict[str, _Built] = {}
        marks: Marks = {}
        merged: list[tuple[_Built, int]] = []
        for event in events:
            if isinstance(event, self.kinds.MappingEndEvent):
                break
            line = event.start_mark.line + 1
            key = self.key(event, events, depth, line)
            value = self.node(next(events), events, depth + 1)
            if key == "<<" and event.implicit[0]:
                merged.append((value, line))
            elif key in items:
                first = marks[key][0]
                raise self.error(
                    f"the key `{key}` is there twice, on lines {first} and {line}", line
                )
            else:
                items[key], marks[key] = value, (line, value.marks)
        values = {key: item.value for key, item in items.items()}
        for built, line in merged:
            self.merge(values, marks, built, line)
        parts = [*items.values(), *(built for built, _ in merged)]
        return _Built(values, marks, _size(parts), _height(parts))

    def key(self, event: Any, events: Iterator[Any], depth: int, line: int) -> str:
        built = self.node(event, events, depth + 1)
        if built.key is None:
            raise self.error("a key that is no text but a list or a table", line)
        return built.key

    def merge(self, values: dict[str, Any], marks: Marks, built: _Built, line: int) -> None:
        """`<<: *base`: what the table itself says wins, then the earlier of several bases."""
        several = isinstance(built.value, list)
        sources = built.value if several else [built.value]
        for index, source in enumerate(sources):
            if not isinstance(source, dict):
                raise self.error("`<<` merges tables only", line)
            marked = built.marks or {}
            below = marked[index][1] if several else marked
            for key, value in source.items():
                if key not in values:
                    values[key], marks[key] = value, below[key]

    def grow(self, size: int, line: int) -> None:
        self.count += size
        if self.count > MAX_NODES:
            raise self.error(f"it has more than {MAX_NODES:,} values, aliases written out", line)

    def error(self, message: str, line: int) -> DefinitionError:
        return DefinitionError(message, where=f"{self.file}:{line}", next_step="mend the file")


def _size(parts: list[_Built]) -> int:
    return 1 + sum(part.size for part in parts)


def _height(parts: list[_Built]) -> int:
    return 1 + max((part.height for part in parts), default=0)


def _broken(error: Exception, text: str, file: str) -> DefinitionError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is broken"
    line = mark.line + 1 if mark else 0
    position = getattr(error, "position", None)
    if not line and isinstance(position, int):
        line = text.count("\n", 0, position) + 1
    lines = text.splitlines()
    before = (
        lines[line - 1][: mark.column + 1] if mark is not None and 0 < line <= len(lines) else ""
    )
    if "\t" in before:
        problem = "a tab where YAML wants spaces"
    if file.endswith(".json"):
        return _broken_json(text, file) or DefinitionError(
            f"not JSON: {problem}",
            where=f"{file}:{line}" if line else file,
            next_step="mend the file",
        )
    return DefinitionError(
        f"not YAML: {problem}",
        where=f"{file}:{line}" if line else file,
        next_step="mend the file",
    )


def _broken_json(text: str, file: str) -> DefinitionError | None:
    """What JSON's own reader says: of a missing comma YAML's speaks in words of its own notation."""
    import json

    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        problem = error.msg[:1].lower() + error.msg[1:]
        return DefinitionError(
            f"not JSON: {problem}",
            where=f"{file}:{error.lineno}",
            next_step="mend that line, or the end of the one before it",
        )
    except (ValueError, RecursionError):
        pass
    return None
