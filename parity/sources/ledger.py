"""Accounts for every field of a definition: taken into the document, known to say nothing, or lost.

A source reads through `Node`s. What it never touched is a loss by itself, so that a field parity
does not know cannot be dropped silently.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from parity.errors import DefinitionError
from parity.model.document import ABSENT, Path, digest, get, show
from parity.model.environment import Loss
from parity.model.setting import Origin
from parity.secrecy.detect import is_secret, passwords_in

UNKNOWN_FIELD = "parity does not know this field"
_LONGEST_VALUE = 160


class Fate(Enum):
    """What became of a field."""

    TAKEN = auto()
    """It is in the document, in an extension of it, or among the secrets' values."""
    STRUCTURE = auto()
    """It says nothing of its own: identity, book-keeping, a repetition."""
    LOST = auto()


@dataclass(frozen=True)
class Account:
    """Every leaf of a definition by its fate. `unknown` are those that nobody read."""

    taken: tuple[Path, ...]
    structure: tuple[Path, ...]
    lost: tuple[Path, ...]
    unknown: tuple[Path, ...]


class Ledger:
    """One object of a definition and the fate of its fields.

    `name` begins the path of each loss (`Deployment/web`); `origin` answers where a path is written;
    values below the `hidden` fields (`data` of a Secret) are never shown.
    """

    def __init__(
        self,
        data: Any,
        *,
        name: str = "",
        origin: Callable[[Path], Origin] | None = None,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self.data = data
        self.name = name
        self._hidden = hidden
        self._origin = origin
        self._fates: dict[Path, Fate] = {}
        self._on_the_way: set[Path] = set()
        """The places with a fate, and all above them."""
        self._losses: dict[tuple[Path, str], Loss] = {}

    @property
    def root(self) -> "Node":
        """The whole object."""
        return Node(self, (), self.data)

    def mark(self, path: Path, fate: Fate) -> None:
        """Say what became of everything below `path` that has no fate of its own."""
        if self._fates.get(path) is not Fate.TAKEN:
            self._fates[path] = fate
            self._on_the_way.update(path[:length] for length in range(len(path) + 1))

    def lose(self, path: Path, reason: str, value: str | None = None) -> None:
        """Add one loss for what is at `path` and below."""
        self.mark(path, Fate.LOST)
        text = self._shown(path) if value is None else value
        self._losses.setdefault((path, reason), Loss(self._named(path), text, reason))

    def losses(self) -> tuple[Loss, ...]:
        """What the source gave up, then what it never read."""
        rest = self.account().unknown
        unknown = (Loss(self._named(path), self._shown(path), UNKNOWN_FIELD) for path in rest)
        return (*self._losses.values(), *unknown)

    def account(self) -> Account:
        """Each leaf exactly once, by its fate."""
        found: dict[Fate | None, list[Path]] = {fate: [] for fate in (*Fate, None)}
        self._sort(self.data, (), None, found)
        return Account(
            tuple(found[Fate.TAKEN]),
            tuple(found[Fate.STRUCTURE]),
            tuple(found[Fate.LOST]),
            tuple(found[None]),
        )

    def touched(self, path: Path) -> bool:
        """Whether anything was said of what is at `path`, below or above it."""
        return path in self._on_the_way or any(path[:n] in self._fates for n in range(len(path)))

    def where(self, path: Path) -> str:
        """`file:line` of a path, for errors."""
        return str(self._origin(path)) if self._origin else self._named(path)

    def origin(self, path: Path) -> Origin | None:
        """Where a path is written."""
        return self._origin(path) if self._origin else None

    def _sort(
        self, tree: Any, path: Path, above: Fate | None, found: dict[Fate | None, list[Path]]
    ) -> None:
        fate = _stronger(above, self._fates.get(path))
        if isinstance(tree, dict | list) and tree:
            rows = tree.items() if isinstance(tree, dict) else enumerate(tree)
            for key, below in rows:
                self._sort(below, (*path, key), fate, found)
        else:
            found[fate].append(path)

    def _shown(self, path: Path) -> str:
        hidden = path[0] in self._hidden if path else bool(self._hidden)
        return "(secret)" if hidden else summary(path, get(self.data, path))

    def _named(self, path: Path) -> str:
        return ":".join(part for part in (self.name, show(path)) if part)


@dataclass(frozen=True, eq=False)
class Node:
    """A place in a definition. `null` counts as absent, as Kubernetes and ECS have it.

    The readers (`text`, `number`, …) mark what they return as taken and raise DefinitionError, with
    file and line, for what is of the wrong type.
    """

    ledger: Ledger
    path: Path
    value: Any

    def at(self, *parts: str | int) -> "Node":
        """What is below; an absent node where nothing is."""
        path = (*self.path, *parts)
        value = get(self.value, parts)
        return Node(self.ledger, path, value)

    def __bool__(self) -> bool:
        """Whether it is there."""
        if self.value is None:
            self.mark(Fate.STRUCTURE)
        return self.value is not ABSENT and self.value is not None

    def mark(self, fate: Fate) -> None:
        """Say what became of it and of all below."""
        self.ledger.mark(self.path, fate)

    def structure(self, *names: str) -> None:
        """These fields below it (all, without names) say nothing of their own."""
        for node in [self.at(name) for name in names] if names else [self]:
            if node.value is not ABSENT:
                node.mark(Fate.STRUCTURE)

    def lose(self, reason: str, value: str | None = None) -> None:
        """Give it up, with all below, as one loss; nothing where it is absent."""
        if self:
            self.ledger.lose(self.path, reason, value)

    def lose_unread(self, reason: str, value: str | None = None) -> None:
        """Give up what nothing has read so far, field by field where something was."""
        if self.ledger.touched(self.path) and isinstance(self.value, dict):
            for _, node in self.entries():
                node.lose_unread(reason, value)
        elif not self.ledger.touched(self.path):
            self.lose(reason, value)

    def take(self) -> Any:
        """Its value, whatever it is, with all below; None where it is absent."""
        if not self:
            return None
        self.mark(Fate.TAKEN)
        return self.value

    def text(self, default: str = "") -> str:
        """A text."""
        return str(self._typed(str, "a text")) if self else default

    def flag(self, *, default: bool = False) -> bool:
        """True or false."""
        return bool(self._typed(bool, "true or false")) if self else default

    def number(self, default: int = 0) -> int:
        """A whole number, also where it is written as a text or with `.0`."""
        if not self:
            return default
        value = self.value
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole or (isinstance(value, float) and value.is_integer()):
            return int(self.take())
        if isinstance(value, str) and value.isascii() and value.lstrip("-").isdecimal():
            return int(str(self.take())[:20])
        raise self.error(f"{self.title} must be a whole number")

    def entries(self) -> Iterator[tuple[str, "Node"]]:
        """Names and nodes of a table."""
        if self and not self._container(dict, "a table"):
            return
        for name in self.value if self else ():
            yield name, self.at(name)

    def each(self) -> Iterator["Node"]:
        """The nodes of a list."""
        if self and not self._container(list, "a list"):
            return
        for index in range(len(self.value) if self else 0):
            yield self.at(index)

    def table(self) -> "Node":
        """Itself, once it is sure to be a table or absent."""
        if self:
            self._container(dict, "a table")
        return self

    def texts(self) -> list[str]:
        """A list of texts."""
        return [node.text() for node in self.each()]

    @property
    def title(self) -> str:
        """How an error calls it."""
        return f"`{show(self.path)}`"

    @property
    def where(self) -> str:
        """`file:line`."""
        return self.ledger.where(self.path)

    def error(self, message: str, next_step: str = "mend the definition") -> DefinitionError:
        """An error at this place."""
        return DefinitionError(message, where=self.where, next_step=next_step)

    def _typed(self, kind: type, words: str) -> Any:
        if not isinstance(self.value, kind):
            hint = "put it in quotes" if kind is str else "mend the definition"
            raise self.error(f"{self.title} must be {words}", hint)
        return self.take()

    def _container(self, kind: type, words: str) -> bool:
        """Whether anything is in it; an empty one is read with that."""
        if not isinstance(self.value, kind):
            raise self.error(f"{self.title} must be {words}")
        if not self.value:
            self.mark(Fate.TAKEN)
        return bool(self.value)


def _stronger(one: Fate | None, other: Fate | None) -> Fate | None:
    # Read somewhere wins over given up elsewhere: a pod's field may serve one container only.
    return next((fate for fate in Fate if fate in (one, other)), None)


def summary(path: Path, value: Any) -> str:
    """A value in one line: what is long is cut and has a digest; secrets are not shown."""
    masked = _masked(str(path[-1]) if path else "", value)
    text = masked if isinstance(masked, str) else json.dumps(masked, ensure_ascii=False)
    if len(text) <= _LONGEST_VALUE and "\n" not in text:
        return text
    head = text[:_LONGEST_VALUE].partition("\n")[0]
    return f"{head}… {digest(masked)[:19]}"


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _masked(key, below) for key, below in value.items()}
    if isinstance(value, list):
        return [_masked(name, below) for below in value]
    if not isinstance(value, str):
        return value
    if is_secret(name, value):
        return "(secret)"
    for start, end in reversed(passwords_in(value)):
        value = f"{value[:start]}(secret){value[end:]}"
    return value
