"""Environments as the comparison sees them: services with normalised settings, paired.

These records are told apart by identity, so that what rules derive from one can be kept (lru_cache).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from parity.model.difference import Difference
from parity.model.document import ABSENT, Document, Path
from parity.model.hidden import Hidden
from parity.model.setting import Layer

_LETTERS: Final = re.compile(r"[a-z]+")


@dataclass(frozen=True, eq=False)
class Service:
    """One service of one side. `settings` holds normalised values by path; see diff/settings.py for
    the paths and units. Secrets in it are `Hidden`.
    """

    name: str
    settings: Mapping[Path, Any]
    document: Document
    """The service as its Compose document has it, secrets hidden."""

    def get(self, *path: str) -> Any:
        """The value of one setting (`get("deploy", "replicas")`), or ABSENT."""
        return self.settings.get(path, ABSENT)

    def env(self, name: str) -> str | None:
        """A variable's text; None where it is unset or a secret."""
        value = self.settings.get(("environment", name), ABSENT)
        return value if isinstance(value, str) else None

    def has_env(self, name: str) -> bool:
        """Whether the variable is set, be it to a secret."""
        return ("environment", name) in self.settings

    def environment(self) -> Iterator[tuple[str, str | Hidden]]:
        """All variables."""
        return iter(self._variables)

    @cached_property
    def _variables(self) -> tuple[tuple[str, str | Hidden], ...]:
        return tuple(
            (str(path[1]), value)
            for path, value in self.settings.items()
            if path[0] == "environment" and len(path) == 2  # noqa: PLR2004
        )

    def under(self, *prefix: str) -> dict[Path, Any]:
        """The settings below a path, by their full paths."""
        return {p: v for p, v in self.settings.items() if p[: len(prefix)] == prefix}

    @cached_property
    def _texts(self) -> str:
        parts = [str(path[1]) for path in self.settings if path[0] == "environment"]
        values = [str(v) for v in self.settings.values() if isinstance(v, str | tuple)]
        return "\0".join([*parts, *values]).lower()

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every run of letters in its variables, values, image and setting names, in lower case."""
        # Every image has a `tag`: names of its parts say nothing.
        names = " ".join(str(p) for path in self.settings if path[0] != "image" for p in path)
        return frozenset(_LETTERS.findall(f"{self._texts} {names} {self.name}".lower()))

    def mentions(self, *words: str) -> bool:
        """Whether any of these lower-case words occurs in the service's variables and values.

        Rules ask this before they look at each variable: most services have nothing to do with them.
        """
        return any(word in self._texts for word in words)

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
        """Those of all its services."""
        return frozenset().union(*(service.tokens for service in self.services.values()))


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
