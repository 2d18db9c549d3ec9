"""Many environments: the settings that are not the same everywhere, grouped by value.

All are compared with one of them, the one that agrees most with the others: so the work grows with their
number, and a setting's groups are those that differ from it alike.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from parity.diff import defaults, show
from parity.diff.compare import side
from parity.diff.view import Comparison
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path
from parity.model.document import show as written
from parity.model.environment import Environment
from parity.model.facts import EXTENSION, FACTS, UNREAD
from parity.model.finding import Finding, NotChecked, SideInfo, Why
from parity.model.setting import Layer

Key = tuple[str, Path]
"""A service by the name that rows use, and a path below it."""


@dataclass(frozen=True)
class Group:
    """The environments that have one value."""

    names: tuple[str, ...]
    value: str
    """In one line; of secrets what stands for them."""


@dataclass(frozen=True)
class Row:
    """One setting that is not the same everywhere."""

    service: str
    path: Path
    groups: tuple[Group, ...] = ()
    """The odd ones first. None where a finding is about settings that are alike everywhere."""
    layer: Layer = Layer.DECLARED
    unsaid: tuple[str, ...] = ()
    """Environments of which nothing can be said: not read, no words for it, no such service."""
    finding: Finding | None = None
    """The worst that a comparison of two of them has."""
    between: tuple[str, str] = ("", "")
    """The two environments of that comparison."""
    why: Why | None = None
    """Why it is no finding."""
    reason: str = ""
    services: tuple[str, ...] = ()
    """All services of which the very same is said, its own first."""

    @property
    def setting(self) -> str:
        """The written path."""
        return written(("services", self.service, *self.path) if self.service else self.path)

    @property
    def odd(self) -> tuple[str, ...]:
        """The environments that are outvoted; nobody is where the largest groups are of one size."""
        sizes = sorted((len(group.names) for group in self.groups), reverse=True)
        if len(sizes) < 2 or sizes[0] == sizes[1]:  # noqa: PLR2004
            return ()
        return tuple(n for g in self.groups if len(g.names) < sizes[0] for n in g.names)


@dataclass(frozen=True)
class Matrix:
    """Many environments, compared."""

    sides: tuple[SideInfo, ...]
    rows: tuple[Row, ...]
    """Those with a finding, worst first."""
    folded: tuple[Row, ...] = ()
    """Those without: expected, accepted, unknown."""
    not_checked: tuple[NotChecked, ...] = ()
    checked: int = 0
    compared: int = 0
    """Settings looked at, of all environments together."""
    comparisons: int = 0
    """Pairs of environments that were judged."""
    notes: tuple[str, ...] = ()
    of: str = ""
    """The service whose replicas they are."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, worst first."""
        return tuple(row.finding for row in self.rows if row.finding)

    @property
    def standing_out(self) -> list[tuple[str, int]]:
        """The environments that are outvoted, and in how many settings; the most first."""
        counts = Counter(name for row in self.rows for name in row.odd)
        order = [info.name for info in self.sides]
        return sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0])))


@dataclass
class _Setting:
    """What was gathered of one setting."""

    layer: Layer
    values: dict[int, tuple[Hashable, str]] = field(default_factory=dict)
    """Key and text of the value by environment; the others have the centre's."""
    unsaid: set[int] = field(default_factory=set)


def centre(environments: Sequence[Environment]) -> int:
    """The environment that agrees most with the others, of those with the most layers; else the last."""
    most = max(len(each.layers) for each in environments)
    flat = [
        {
            (name, path): _hashable(value)
            for name, service in side(each).services.items()
            for path, value in service.settings.items()
        }
        for each in environments
    ]
    votes: Counter[Hashable] = Counter(item for settings in flat for item in settings.items())
    scores = [
        (len(each.layers) == most, sum(votes[item] - 1 for item in settings.items()), index)
        for index, (each, settings) in enumerate(zip(environments, flat, strict=True))
    ]
    return max(scores)[2]


def canonical(
    star: Mapping[int, Comparison], hub: int, services: Iterable[str]
) -> dict[int, dict[str, str]]:
    """The hub's name of each environment's services, by its own; a service that the hub lacks keeps its."""
    names: dict[int, dict[str, str]] = {hub: {name: name for name in services}}
    for index, comparison in star.items():
        joined = {both.left.name: both.right.name for both in comparison.pairs}
        names[index] = joined if index < hub else {right: left for left, right in joined.items()}
    return names


def rows(
    environments: Sequence[Environment],
    hub: int,
    star: Mapping[int, Comparison],
    names: Mapping[int, Mapping[str, str]],
) -> dict[Key, Row]:
    """The settings that are not the same everywhere. `star` holds the comparison of each with the hub,
    whose left side is the one that comes first.
    """
    found: dict[Key, _Setting] = {}
    for index, comparison in star.items():
        for difference in comparison.differences:
            key = _key(difference, names[index], hub_first=hub < index)
            setting = found.setdefault(key, _Setting(difference.layer))
            own, other = _two(difference, environments, index, hub)
            setting.values[index] = own
            setting.values.setdefault(hub, other)
    for index, comparison in star.items():
        for difference in (*comparison.unknown, *comparison.unspoken):
            setting_ = found.get(_key(difference, names[index], hub_first=hub < index))
            if setting_ is not None and index not in setting_.values:
                setting_.unsaid.add(index)
    silent = {index: _silent(environments[index], names[index]) for index in star}
    for (service, path), setting in found.items():
        for index in star:
            if index not in setting.values and silent[index](service, path, setting.layer):
                setting.unsaid.add(index)
    return {key: _row(key, setting, environments, hub) for key, setting in found.items()}


def _silent(environment: Environment, names: Mapping[str, str]) -> Any:
    """Whether nothing can be said of an environment's setting, though it does not differ."""
    own = {there: here for here, there in names.items()}

    def silent(service: str, path: Path, layer: Layer) -> bool:
        if not service or not path:
            return False
        if service not in own or layer not in environment.layers:
            return True
        table = environment.services[own[service]].get(EXTENSION) or {}
        if layer is Layer.DECLARED or path[0] == "environment":
            return False
        missed = (table.get(UNREAD) or {}).get(str(path[0])) or {}
        return str(path[0]) not in (table.get(FACTS) or {}) or str(path[1:2] and path[1]) in missed

    return silent


def _key(difference: Difference, names: Mapping[str, str], *, hub_first: bool) -> Key:
    """`names` are the hub's by the environment's own; the two sides' names are one of each."""
    own = difference.service if hub_first else difference.left_service or difference.service
    return names.get(own, own), difference.path


def _two(
    difference: Difference, environments: Sequence[Environment], index: int, hub: int
) -> tuple[tuple[Hashable, str], tuple[Hashable, str]]:
    """Key and text of the environment's value, and of the hub's."""
    sides = [
        _valued(
            difference, difference.left, difference.left_default, environments[min(index, hub)]
        ),
        _valued(
            difference, difference.right, difference.right_default, environments[max(index, hub)]
        ),
    ]
    return (sides[0], sides[1]) if index < hub else (sides[1], sides[0])


def _valued(
    difference: Difference, value: Any, default: str, environment: Environment
) -> tuple[Hashable, str]:
    path = difference.path
    if not path:
        gone = value is ABSENT
        return gone, "no such service" if gone else show.value((), value)
    text = show.side(path, value, default)
    if value is ABSENT:
        known = defaults.of(path, environment.source)
        value = known.value if known is not None and known.value is not None else ABSENT
    return _hashable(value), text


def _row(key: Key, setting: _Setting, environments: Sequence[Environment], hub: int) -> Row:
    base = setting.values[hub]
    groups: dict[Hashable, tuple[str, list[str]]] = {}
    for index, environment in enumerate(environments):
        if index in setting.unsaid:
            continue
        found, text = setting.values.get(index, base)
        groups.setdefault(found, (text, []))[1].append(environment.name)
    made = [Group(tuple(names), text) for text, names in groups.values()]
    unsaid = tuple(environments[index].name for index in sorted(setting.unsaid))
    return Row(*key, tuple(sorted(made, key=lambda g: len(g.names))), setting.layer, unsaid)


def _hashable(value: Any) -> Hashable:
    """Something that equal values have in common, and no others."""
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return (type(value).__name__, value) if isinstance(value, bool) else value


def without_unpaired(
    environments: Sequence[Environment], hub: int, star: Mapping[int, Comparison]
) -> list[Environment]:
    """What the hub has no counterpart of: environments with these services alone, to be compared among
    themselves.
    """
    left: list[Environment] = []
    for index, comparison in star.items():
        alone = comparison.only_left if index < hub else comparison.only_right
        if alone:
            document = dict(environments[index].document)
            document["services"] = {name: document["services"][name] for name in alone}
            for key in ("networks", "volumes", EXTENSION):
                document.pop(key, None)
            left.append(replace(environments[index], document=document))
    return left if len(left) > 1 else []


def told_apart(difference: Difference) -> Hashable:
    """What a difference is: two comparisons with the same ones need to be judged once only."""
    return (
        difference.service,
        difference.path,
        difference.kind,
        _hashable(difference.left),
        _hashable(difference.right),
    )


def third_pairs(
    found: Iterable[Row], order: Sequence[str], hub: int, most: int
) -> list[tuple[int, int]]:
    """Pairs besides those with the hub: of settings with three values and more, those two that it does
    not have. The pairs that show most such settings first.
    """
    number = {name: index for index, name in enumerate(order)}
    wanted: Counter[tuple[int, int]] = Counter()
    for row in found:
        others = [g for g in row.groups if order[hub] not in g.names]
        firsts = sorted(number[group.names[0]] for group in others)
        wanted.update((a, b) for i, a in enumerate(firsts) for b in firsts[i + 1 :])
    return [two for two, _ in wanted.most_common(most)]
