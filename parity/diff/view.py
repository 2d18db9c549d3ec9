"""Environments as the comparison sees them: services with normalised settings, paired.

These records are told apart by identity, so that what rules derive from one can be kept (lru_cache).
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

from parity.diff import fields
from parity.model.difference import Difference
from parity.model.document import ABSENT, Document, Path
from parity.model.hidden import Concealed, Hidden
from parity.model.setting import Layer

T = TypeVar("T")
_TEXTS: Final = frozenset({str, tuple, Concealed})
_LETTERS: Final = re.compile(r"[a-z]+")
_HOLDERS: Final = frozenset({Hidden, Concealed})
"""Two that look alike need not be the same: a value in a vault is like any other."""


@dataclass(frozen=True, eq=False)
class Service:
    """One service of one side. `settings` holds normalised values by path; see diff/settings.py for
    the paths and units. Secrets in it are `Hidden`.
    """

    name: str
    settings: Mapping[Path, Any]
    document: Document
    """The service as its Compose document has it, secrets hidden."""
    inherited: Mapping[Path, Layer] = field(default_factory=dict)
    """The settings that another layer than its definition gives, with that layer."""

    def get(self, *path: str) -> Any:
        """The value of one setting (`get("deploy", "replicas")`), or ABSENT."""
        return self.settings.get(path, ABSENT)

    def env(self, name: str) -> str | None:
        """A variable's text; None where it is unset or a secret."""
        value = self.variables.get(name)
        return value if isinstance(value, str) else None

    def has_env(self, name: str) -> bool:
        """Whether the variable is set, be it to a secret."""
        return name in self.variables

    def environment(self) -> Iterable[tuple[str, str | Hidden]]:
        """All variables with their values."""
        return self.variables.items()

    @cached_property
    def secrets(self) -> tuple[tuple[str, str | Hidden], ...]:
        """The variables that are secrets, or hold some."""
        return tuple([(n, v) for n, v in self.variables.items() if type(v) in _HOLDERS])

    @cached_property
    def variables(self) -> Mapping[str, str | Hidden]:
        """All variables: most of a service's settings, and what most rules look at."""
        return fields.environment(self.document.get("environment"))

    @cached_property
    def others(self) -> Mapping[Path, Any]:
        """The settings that are no variables."""
        return {p: v for p, v in self.settings.items() if p[0] != "environment"}

    def under(self, *prefix: str) -> dict[Path, Any]:
        """The settings below a path, by their full paths."""
        if prefix[0] == "environment":
            return {p: v for p, v in self.settings.items() if p[: len(prefix)] == prefix}
        group = self._groups.get(prefix[0], {})
        if len(prefix) == 1:
            return dict(group)
        return {p: v for p, v in group.items() if p[: len(prefix)] == prefix}

    @cached_property
    def _groups(self) -> Mapping[Any, dict[Path, Any]]:
        """The settings that are no variables, by the first part of their paths: facts are thousands."""
        found: dict[Any, dict[Path, Any]] = {}
        for path, value in self.others.items():
            found.setdefault(path[0], {})[path] = value
        return found

    @cached_property
    def texts(self) -> list[Any]:
        """All values that are texts or argument vectors; of those with secrets what is shown."""
        return [
            v.text if kind is Concealed else v
            for v in self.settings.values()
            if (kind := type(v)) in _TEXTS
        ]

    @cached_property
    def _valued(self) -> str:
        return "\0".join(map(str, self.texts)).lower()

    @cached_property
    def _texts(self) -> str:
        return f"{chr(0).join(self.variables).lower()}\0{self._valued}"

    def holds(self, text: str) -> bool:
        """Whether a lower-case text occurs in its values."""
        return text in self._valued

    def says(self, *words: str) -> bool:
        """Whether any of these lower-case words stands alone in it, no letter beside it: in variables,
        values, and names of settings.
        """
        return any(_stands_alone(word, self._words) for word in words)

    @cached_property
    def _words(self) -> str:
        return f"{self._texts}\0{chr(0).join(self.names).lower()}"

    @cached_property
    def names(self) -> frozenset[str]:
        """Its own name, and those of its settings that are no variables."""
        # Every image has a `tag`: names of its parts say nothing.
        parts = [str(part) for path in self.others if path[0] != "image" for part in path]
        return frozenset((self.name, *parts, *(["environment"] if self.variables else [])))

    def mentions(self, *words: str) -> bool:
        """Whether any of these lower-case words occurs in the service's variables and values.

        Rules ask this before they look at each variable: most services have nothing to do with them.
        """
        texts = self._texts
        return any(word in texts for word in words)

    def once(self, make: Callable[["Service"], T]) -> T:
        """What `make` makes of this service, kept: several rules ask the same of it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @cached_property
    def _made(self) -> dict[Callable[["Service"], Any], Any]:
        return {}

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Entrypoint and command as one argument vector; empty where the image's own run."""
        return (*(self.get("entrypoint") or ()), *(self.get("command") or ()))

    @cached_property
    def technology(self) -> str:
        """What runs in it, guessed from the image's name: `postgres`, `redis`, `nginx`, or empty."""
        from parity.diff.technology import guess

        return guess(self)


@dataclass(frozen=True, eq=False)
class Side:
    """One environment."""

    name: str
    services: Mapping[str, Service]
    document: Document
    """The whole Compose document, secrets hidden."""
    layers: frozenset[Layer]
    source: str = ""
    silent: frozenset[str] = frozenset()
    """Settings this side's notation has no words for."""

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every run of letters that its services say, in lower case."""
        names = "\0".join((*self._variables, *self._paths.values(), *self.services)).lower()
        return frozenset(_LETTERS.findall(f"{self._said}\0{names}"))

    def mentioning(self, *words: str) -> Iterator[Service]:
        """The services that mention any of these lower-case words in variables or values."""
        return (self.services[name] for name in self._holding(words, _within, paths=False))

    def holding(self, text: str) -> Iterator[Service]:
        """The services in whose values a lower-case text occurs."""
        found = {value for said, value in self._values.items() if text in said.lower()}
        for service in self.services.values() if found else ():
            if not found.isdisjoint(service.texts):
                yield service

    def saying(self, *words: str) -> Collection[str]:
        """The names of the services that say any of these lower-case words, no letter beside it: in
        variables, values, and names of settings.
        """
        return self._holding(words, _stands_alone, paths=True)

    def _holding(
        self, words: tuple[str, ...], test: Callable[[str, str], bool], *, paths: bool
    ) -> Collection[str]:
        """Services share most of their texts, so each text is looked at once, and not once for each."""
        asked = (words, test)
        if asked not in self._held:
            values: set[Any] = set()
            if any(word in self._said for word in words):
                values = {v for text, v in self._values.items() if _any(test, words, text)}
            variables = {v for v in self._variables if _any(test, words, v)}
            known = self._paths.items() if paths else ()
            wanted = {path for path, text in known if _any(test, words, text)}
            self._held[asked] = [
                name
                for name, service in self.services.items()
                if (paths and _any(test, words, name))
                or (values and not values.isdisjoint(service.texts))
                or (variables and not variables.isdisjoint(service.variables))
                or (wanted and not wanted.isdisjoint(service.settings))
            ]
        return self._held[asked]

    @cached_property
    def _held(self) -> dict[Any, list[str]]:
        return {}

    @cached_property
    def _values(self) -> Mapping[str, Any]:
        """All values that are texts or argument vectors, by what they say."""
        found: set[Any] = set()
        for service in self.services.values():
            found.update(service.texts)
        return {str(value): value for value in found}

    @cached_property
    def _said(self) -> str:
        """All of them in one: most words occur nowhere, and one search tells."""
        return "\0".join(self._values).lower()

    @cached_property
    def _variables(self) -> frozenset[str]:
        return frozenset(name for service in self.services.values() for name in service.variables)

    @cached_property
    def _paths(self) -> Mapping[Path, str]:
        """The settings that are no variables, and what their names say."""
        found: set[Path] = set()
        for service in self.services.values():
            found.update(service.others)
        # Every image has a `tag`: names of its parts say nothing.
        texts = {path: "\0".join(map(str, path)) for path in found if path[0] != "image"}
        return {**texts, ("environment",): "environment"} if self._variables else texts


@dataclass(frozen=True, eq=False)
class ServicePair:
    """One service on both sides."""

    left: Service
    right: Service
    how: str = "name"
    """How they were paired: `name`, `mapping` or `image`."""
    sources: tuple[str, str] = ("", "")
    """The notations of the two sides."""

    @property
    def name(self) -> str:
        """The name findings use: the right side's."""
        return self.right.name

    @cached_property
    def changed(self) -> tuple[Path, ...]:
        """The settings that are not known to be equal: the left side's, then those of the right alone."""
        left, right = self.left.settings, self.right.settings
        if list(left) == list(right):  # nearly always, and then nothing has to be looked up
            both = zip(left, left.values(), right.values(), strict=True)
            return tuple([p for p, one, two in both if one != two or type(one) in _HOLDERS])
        found = [
            path
            for path, value in left.items()
            if right.get(path, ABSENT) != value or type(value) in _HOLDERS
        ]
        return (*found, *[path for path in right if path not in left])


@dataclass(frozen=True, eq=False)
class Comparison:
    """Everything the rules look at."""

    left: Side
    right: Side
    pairs: tuple[ServicePair, ...]
    only_left: tuple[str, ...]
    only_right: tuple[str, ...]
    differences: tuple[Difference, ...]
    unspoken: tuple[Difference, ...] = ()
    """Differences that are none, as far as anyone can say: one notation has no words for them."""
    unknown: tuple[Difference, ...] = ()
    """Pairs of values of which one is a secret that parity cannot see."""
    compared: int = 0
    """Settings looked at."""

    def pair(self, service: str) -> ServicePair | None:
        """The pair whose right side has this name."""
        return self._by_name.get(service)

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """The right side's name of each service of the left that has a counterpart."""
        return {pair.left.name: pair.right.name for pair in self.pairs}

    @cached_property
    def _by_name(self) -> Mapping[str, ServicePair]:
        return {pair.right.name: pair for pair in self.pairs}


def _any(test: Callable[[str, str], bool], words: Iterable[str], text: str) -> bool:
    text = text.lower()
    return any(test(word, text) for word in words)


def _within(word: str, text: str) -> bool:
    return word in text


def _stands_alone(word: str, text: str) -> bool:
    position = text.find(word)
    while position >= 0:
        end = position + len(word)
        if not _LETTERS.search(text[max(position - 1, 0) : position] + text[end : end + 1]):
            return True
        position = text.find(word, end)
    return False
