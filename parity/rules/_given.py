"""One setting of a server: what its definition tells it, or what it answered when it was asked.

A definition says what a server should do; its own answer says what it does. Where there is one, it counts.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from parity.diff.view import Service, ServicePair
from parity.model.document import Path
from parity.rules import _database


@dataclass(frozen=True)
class Given:
    """One setting of a server: its normalised value and the service's setting it stands in."""

    value: str
    path: Path
    seen: Path = ()
    """Where the server's own answer stands, if it was asked: the value is this answer then."""

    @property
    def told(self) -> bool:
        """Whether a definition says it."""
        return self.path[:1] != (_database.ROOT,)


Told = dict[str, Given]


@dataclass(frozen=True, eq=False)
class Server:
    """A kind of server: which technologies, how to read what it is told, and what it does untold."""

    technologies: frozenset[str]
    told: Callable[[Service], Told]
    """What its definition tells it."""
    seen: Callable[[str, str], tuple[str, str]]
    """Name and value of its own answer as they are in what it is told."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    sized: re.Pattern[str] = field(default=re.compile("$^"))
    """Settings that follow the machine's size, or name its places: of no interest unless told."""
    facts: Callable[[Service], Iterable[tuple[str, "Given"]]] = lambda _: ()
    """What it said of settings that are facts of their own."""

    def read(self, service: Service) -> Told:
        """Its settings: as it has them where it was asked, else as it is told."""
        return service.once(self._effective)

    def _effective(self, service: Service) -> Told:
        told = self.told(service)
        roles = {
            name: path
            for (whose, name), (_, path) in _database.by_role(service).items()
            if not whose
        }
        for (first, *rest), value in _database.below(service, "settings").items():
            original = ".".join(map(str, (first, *rest)))
            name, text = self.seen(original, str(value))
            seen: Path = (_database.ROOT, "settings", first, *rest)
            path = roles.get(original, seen)
            told[name] = Given(text, told[name].path if name in told else path, seen)
        for name, given in self.facts(service):
            told[name] = Given(
                given.value, told[name].path if name in told else given.path, given.seen
            )
        return told

    def runs(self, pair: ServicePair) -> bool:
        """Whether either side of a pair is such a server; the other may be an image of one's own."""
        kinds = {pair.left.technology, pair.right.technology}
        kinds |= {_database.engine(pair.left), _database.engine(pair.right)}
        return bool(kinds & self.technologies)

    def value(self, told: Told, name: str) -> str:
        """What is effective; empty where it is not told and its default is not known."""
        return told[name].value if name in told else self.defaults.get(name, "")


@dataclass(frozen=True)
class Change:
    """A server's setting that is not the same on two sides. `left` and `right` are for messages."""

    name: str
    left: str
    right: str
    at: tuple[tuple[str, Path], ...]


def changes(pair: ServicePair, server: Server, *names: str) -> Iterator[Change]:
    """The settings with these names (all, if none is given) in which two servers differ."""
    if not server.runs(pair):
        return
    left, right = server.read(pair.left), server.read(pair.right)
    crowded = _crowded(server, left, right)
    for name in names or dict.fromkeys((*left, *right)):
        one, two = server.value(left, name), server.value(right, name)
        if one == two or (name not in left and name not in right):
            continue
        given = [told[name] for told in (right, left) if name in told]
        if all(
            _of_release(pair, each, alone=len(given) == 1 and name not in server.defaults)
            for each in given
        ):
            continue
        shown = [_shown(told, name, server) for told in (left, right)]
        yield Change(name, shown[0], shown[1], at(pair, *given, crowded=crowded))


def _of_release(pair: ServicePair, given: Given, *, alone: bool) -> bool:
    """Whether a setting was only seen, and differs since one server does not know it, or is another."""
    another = _database.engine(pair.left) != _database.engine(pair.right)
    return bool(given.seen) and not given.told and (alone or another)


def _crowded(server: Server, left: Told, right: Told) -> frozenset[Path]:
    """Places of definitions, such as a command line, that tell several settings that differ."""
    told: dict[Path, set[str]] = {}
    for name in (*left, *right):
        if server.value(left, name) != server.value(right, name):
            for each in (side[name] for side in (left, right) if name in side):
                if each.told:
                    told.setdefault(each.path, set()).add(name)
    return frozenset(path for path, names in told.items() if len(names) > 1)


def at(
    pair: ServicePair, *given: Given, crowded: Collection[Path] = ()
) -> tuple[tuple[str, Path], ...]:
    """Where settings stand, the culprit first: what a definition says on one side only, or else what is
    set for a role, or else the server's own answer. Where a definition says several things in one place,
    the answers tell them apart.
    """
    paths: dict[Path, None] = {}
    shared: dict[Path, None] = {}
    for each in given:
        alike = pair.left.settings.get(each.path) == pair.right.settings.get(each.path)
        if each.told and not (each.seen and alike):
            (shared if each.seen and each.path in crowded else paths)[each.path] = None
    paths |= dict.fromkeys(each.path for each in given if not each.told and each.path != each.seen)
    paths |= dict.fromkeys(each.seen for each in given if each.seen)
    return tuple((pair.name, path) for path in paths | shared)


def others(
    pair: ServicePair, server: Server, spoken: Collection[str], noise: re.Pattern[str]
) -> Iterator[tuple[list[str], tuple[tuple[str, Path], ...]]]:
    """All other settings that differ, those of one place, or only seen, together; and where they stand."""
    groups: dict[Path, list[Change]] = {}
    for change in changes(pair, server):
        first = change.at[0][1]
        seen = first[:1] == (_database.ROOT,)
        if first[1:2] == ("role-settings",):
            continue
        if (
            change.name in spoken
            or noise.match(change.name)
            or (seen and server.sized.match(change.name))
        ):
            continue
        groups.setdefault(first[:1] if seen else first, []).append(change)
    for group in groups.values():
        places = dict.fromkeys(place for change in group for place in change.at)
        yield [f"{c.name} ({c.left}, {c.right})" for c in group], tuple(places)


def _shown(told: Told, name: str, server: Server) -> str:
    if name in told:
        return told[name].value or "empty"
    return f"{server.defaults[name]} (default)" if name in server.defaults else "unset"
