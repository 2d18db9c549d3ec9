"""Finds the secrets of a document: by name, by form, inside texts, and as copies of one another."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from parity.model.document import Path
from parity.model.facts import DEFINITIONS, VERSIONS
from parity.model.reference import REFERENCE
from parity.secrecy import detect, lists, names, texts, tokens
from parity.secrecy.copies import Copies
from parity.secrecy.suspect import suspicious

_STRUCTURE = frozenset(
    {"image", "depends_on", "ports", "expose", "cap_add", "cap_drop", "networks", "container_name"}
)
"""Keys of a service that hold names of other things."""
_ASSIGNMENT = re.compile(r"-{0,2}([A-Za-z_][\w.\-]*)=(.*)", re.DOTALL)
_SPACE = re.compile(r"\s")
_NAMED_ELSEWHERE = frozenset({"value", "content", "x-content"})
_LEAST_NUMBER = 999


@dataclass(frozen=True)
class Found:
    """One text with secrets in it: `spans` are start, end and the name it is referred to by."""

    path: Path
    value: str
    spans: tuple[tuple[int, int, str], ...]

    @property
    def whole(self) -> bool:
        """Whether the value as a whole is one secret."""
        return len(self.spans) == 1 and self.spans[0][:2] == (0, len(self.value))

    def masked(self) -> str:
        """The text with nothing in the places of the secrets, of the same length."""
        text = self.value
        for start, end, _ in self.spans:
            text = text[:start] + "\0" * (end - start) + text[end:]
        return text

    def secrets(self) -> Iterable[str]:
        """The values, those that are references not among them."""
        return (self.value[start:end] for start, end, name in self.spans if not name)


class Search:
    """The secrets of one tree. Copies come last, since they may be copies of another tree's secrets."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._walk = _Walk()
        self._walk.tree(tree, ())

    def secrets(self) -> Iterable[str]:
        """Values found so far."""
        return (secret for found in self._walk.found for secret in found.secrets())

    def found(self, copies: Copies) -> list[Found]:
        """Every text with a secret, those included that hold a copy of a known one."""
        walk = self._walk
        masked = {found.masked(): found.value for found in walk.found if not found.whole}
        hits = copies.spans([*walk.plain, *masked])
        if not hits:
            return walk.found
        again = _Walk()
        again.copies = {masked.get(text, text): spans for text, spans in hits.items()}
        again.plain = walk.plain - again.copies.keys()
        again.tree(self._tree, ())
        return again.found


class _Names(dict[Any, bool]):
    """Whether a key is the name of a secret, looked at once."""

    def __missing__(self, key: Any) -> bool:
        known = isinstance(key, str) and (names.known_secret(key) or names.may_be_secret(key))
        self[key] = known
        return known


class _Walk:
    def __init__(self) -> None:
        self.found: list[Found] = []
        self.plain: set[str] = set()
        self.copies: dict[str, list[texts.Span]] = {}
        self.names = _Names()
        self.plain_names: set[str] = set()
        self.lines: set[str] = set()

    def tree(self, node: Any, path: Path, name: str = "") -> None:
        """Look at everything below."""
        if isinstance(node, dict):
            if path[-3:] in VERSIONS:
                self._versions(node, path)
            elif DEFINITIONS.intersection((path[-3:], path[-4:-1])):
                self._unnamed(node, path)
            else:
                self._table(node, path)
        elif isinstance(node, list):
            self._list(node, path, name)
        elif type(node) is str:
            self._text((*path,), name, node)

    def _table(self, node: dict[str, Any], path: Path) -> None:
        plain, plain_names = self.plain, self.plain_names
        service = len(path) == 2 and path[0] == "services"  # noqa: PLR2004
        fresh: dict[str, str] = {}
        for key, value in node.items():
            kind = type(value)
            if kind is str:
                if key in plain_names:
                    if value not in plain:
                        fresh[key] = value
                elif service and key in _STRUCTURE:
                    self._copy((*path, key), value)
                elif self.names[key] or key in _NAMED_ELSEWHERE:
                    self._text((*path, key), _name(path, key, node), value)
                else:
                    plain_names.add(key)
                    fresh[key] = value
            elif kind is not bool and value is not None and not (service and key in _STRUCTURE):
                self._other((*path, key), key, value)
        if fresh:
            self._fresh(fresh, path)

    def _versions(self, node: dict[str, Any], path: Path) -> None:
        for key, value in node.items():
            self._copy((*path, key), str(value))

    def _unnamed(self, node: dict[str, Any], path: Path) -> None:
        """Texts whose names say nothing of them."""
        told = {key: value for key, value in node.items() if isinstance(value, str)}
        fresh = {key: value for key, value in told.items() if value not in self.plain}
        if fresh:
            self._fresh(fresh, path, named=False)
        for key, value in node.items():
            if key not in told:
                self._other((*path, key), "", value)

    def _copy(self, path: Path, value: str) -> None:
        """A name of something else: only a copy of a secret is one."""
        if value in self.copies:
            self._add(path, value, [(s, e, "") for s, e in texts.merged(self.copies[value])])
        else:
            self.plain.add(value)

    def _other(self, path: Path, name: str, value: Any) -> None:
        """Tables, lists, and numbers: a PIN is one."""
        if isinstance(value, int | float):
            if self.names[name] and value > _LEAST_NUMBER:
                self._add(path, str(value), [(0, len(str(value)), "")])
        else:
            self.tree(value, path, name)

    def _fresh(self, rows: dict[str, str], path: Path, *, named: bool = True) -> None:
        """Look at many values that nobody has looked at; most of them are found plain together."""
        values = list(rows.values())
        keys = list(rows)
        suspects = range(len(values)) if self.copies else suspicious(values)
        self.plain.update(values)
        for index in sorted(suspects):
            self.plain.discard(values[index])
            name = keys[index] if named else ""
            self._text((*path, keys[index]), name, values[index])

    def _list(self, node: list[Any], path: Path, name: str) -> None:
        inside = self._words(node)
        for index, item in enumerate(node):
            place = (*path, index)
            if type(item) is not str:
                self.tree(item, place, name)
            elif index in inside:
                self._text(place, name, item, inside[index])
            elif (assigned := _ASSIGNMENT.fullmatch(item)) and not _is_script(node, index):
                self._assignment(place, assigned)
            elif item not in self.plain or self.names[name]:
                self._text(place, name, item)

    def _words(self, node: list[Any]) -> dict[int, list[texts.Span]]:
        if not lists.are_words(node):
            return {}
        joined = " ".join(node)
        if joined in self.lines:
            return {}
        found = lists.spans(node)
        if not found:
            self.lines.add(joined)
        return found

    def _assignment(self, path: Path, assigned: re.Match[str]) -> None:
        value, name, start = assigned[2], assigned[1], assigned.start(2)
        if self._is_whole(name, value):
            self._add(path, assigned[0], [(start, start + len(value), "")])
        else:
            self._text(path, "", assigned[0])

    def _text(self, path: Path, name: str, value: str, more: Sequence[texts.Span] = ()) -> None:
        references = [(*match.span(), match[1]) for match in REFERENCE.finditer(value)]
        if self._is_whole(name, value):
            known = references[0][2] if references else ""
            self._add(path, value, [(0, len(value), known)])
            return
        spans = [*more, *self._spans(value), *self.copies.get(value, ())]
        if not spans and not references:
            self.plain.add(value)
            return
        merged = [(start, end, "") for start, end in texts.merged(spans)]
        outside = [
            span
            for span in merged
            if not any(s < span[1] and span[0] < e for s, e, _ in references)
        ]
        self._add(path, value, sorted([*references, *outside]))

    def _add(self, path: Path, value: str, spans: list[tuple[int, int, str]]) -> None:
        self.found.append(Found(path, value, tuple(spans)))

    def _is_whole(self, name: str, value: str) -> bool:
        named = self.names[name] and not REFERENCE.fullmatch(value)
        if named and names.is_secret(name, value):
            return True
        return detect.token_form(value) and not _SPACE.search(value)

    @staticmethod
    def _spans(value: str) -> list[texts.Span]:
        public = list(texts.public(value)) if "-----BEGIN" in value else []
        found = [*texts.spans(value), *tokens.spans(value)]
        return [span for span in found if not any(s <= span[0] and span[1] <= e for s, e in public)]


def _is_script(items: Sequence[Any], index: int) -> bool:
    """Whether an item is a shell's text, in which `A=x y` gives A the value `x`."""
    return index > 0 and items[index - 1] == "-c"


def _name(path: Path, key: str, node: dict[str, Any]) -> str:
    """What a value is called: by its key, or by the row or the file it stands in."""
    if key == "value":
        # Rows of `{name: DB_PASSWORD, value: …}`, as in Kubernetes and ECS.
        name = node.get("name", node.get("key"))
        return name if isinstance(name, str) and name else key
    if key in ("content", "x-content"):
        files = (node.get("target"), node.get("source"), node.get("file"))
        if any(isinstance(file, str) and names.secret_file(file) for file in files):
            return "secret"
        if len(path) == 2 and path[0] in ("configs", "secrets"):  # noqa: PLR2004
            return "secret" if path[0] == "secrets" else str(path[1])
    return key
