"""`parity matrix`: many environments, or the containers of one service, and which stand out."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from parity.actions.diff import OF_TWO, collector_at_rest, information, judge_concealed, key_of
from parity.actions.diff_request import DiffRequest, is_local
from parity.actions.environments import begin, told_apart_by_name
from parity.actions.layers import with_layers
from parity.diff.compare import compare, side
from parity.diff.many import (
    Key,
    Matrix,
    Row,
    canonical,
    centre,
    rows,
    third_pairs,
    told_apart,
    without_unpaired,
)
from parity.diff.view import Comparison
from parity.errors import UsageError
from parity.model.document import parse
from parity.model.environment import Environment
from parity.model.finding import Finding, NotChecked, Report, Why
from parity.model.progress import Progress, Step
from parity.model.project import Project
from parity.model.setting import Layer
from parity.paths import ProjectPaths
from parity.secrecy.conceal import conceal_all

FEWEST: Final = 2
MOST: Final = 100
_EXTRA: Final = 20
"""Most comparisons besides those with the centre."""
_ENOUGH: Final = 5
"""A setting with more pairs of values than this: what rules say of the rest is hardly worse."""
_WAIVERS: Final = "waivers."
_NO_RULE: Final = 10**6


def matrix(
    paths: ProjectPaths,
    project: Project,
    names: Sequence[str],
    progress: Progress,
    *,
    services: frozenset[str] = frozenset(),
    layers: frozenset[Layer] = frozenset(),
) -> Matrix:
    """Many environments compared, by what users name them."""
    _refuse(project, names)
    reading = begin(paths, project, names)
    base = project.local.gateway_base
    found = []
    for name, each in reading.items():
        progress(Step(name, "reading"))
        found.append(each.result())
    if layers:
        from parity.engine.execute import in_parallel

        found = list(in_parallel(lambda e: with_layers(e, layers, progress, base=base), found))
    return compare_all(paths, project, told_apart_by_name(found, names), services=services)


def _refuse(project: Project, names: Sequence[str]) -> None:
    local = next((name for name in names if is_local(project, name)), "")
    if local:
        raise UsageError(
            f"`{local}` is no environment that could stand in a matrix",
            next_step="`docker:STACK` is what runs here, as `parity ps` names it",
        )
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise UsageError(f"{twice[0]} is named twice", next_step="name each environment once")
    if not FEWEST <= len(names) <= MOST:
        raise UsageError(
            f"a matrix is of {FEWEST} to {MOST} environments; {len(names)} are named",
            next_step="for example `parity matrix dev staging prod`",
        )


def compare_all(
    paths: ProjectPaths,
    project: Project,
    environments: Sequence[Environment],
    *,
    services: frozenset[str] = frozenset(),
    of: str = "",
) -> Matrix:
    """Environments that have been read, with names of their own."""
    known = {name for each in environments for name in each.services}
    for name in sorted(services - known):
        raise UsageError(
            f"no service called `{name}` in any of them",
            next_step=f"services: {', '.join(sorted(known)) or 'none'}",
        )
    with collector_at_rest():
        safe = conceal_all(environments, key=key_of(paths, project))
        work = _Work(paths, _of_one(project, environments))
        work.add(safe)
        return work.result(safe, services, of)


def _of_one(project: Project, environments: Sequence[Environment]) -> Project:
    """The project as containers or hosts of one project are judged: they have their secrets in common."""
    where = {each.place.project if each.place else "" for each in environments}
    if len(where) > 1 or not all(where):
        return project
    off: dict[str, Literal["error", "warning", "info", "off"]] = dict.fromkeys(OF_TWO, "off")
    return replace(project, rules={**project.rules, **off})


@dataclass
class _Work:
    """What is gathered while environments are compared."""

    paths: ProjectPaths
    project: Project
    rows: dict[Key, Row] = field(default_factory=dict)
    said: dict[Key, Row] = field(default_factory=dict)
    """Findings about settings that are alike everywhere."""
    judged: set[Hashable] = field(default_factory=set)
    often: Counter[Hashable] = field(default_factory=Counter)
    """How many pairs of values of a setting were judged."""
    comparisons: int = 0
    not_checked: dict[str, NotChecked] = field(default_factory=dict)
    checked: int = 0

    def add(self, environments: Sequence[Environment]) -> None:
        """Compare them all with the one that agrees most, then what that one lacks."""
        while len(environments) >= FEWEST:
            hub = centre(environments)
            star = {
                index: self._compared(environments, hub, index)
                for index in range(len(environments))
                if index != hub
            }
            names = canonical(star, hub, environments[hub].services)
            found = rows(environments, hub, star, names)
            first = not self.rows
            self.rows |= {
                key: row for key, row in found.items() if first or (key[1] and key not in self.rows)
            }
            self._judge(environments, hub, star, names)
            alone = without_unpaired(environments, hub, star)
            environments = alone

    def _compared(self, environments: Sequence[Environment], one: int, two: int) -> Comparison:
        left, right = (environments[index] for index in sorted((one, two)))
        return compare(left, right, pairs=self.project.diff.pairs)

    def _judge(
        self,
        environments: Sequence[Environment],
        hub: int,
        star: Mapping[int, Comparison],
        names: Mapping[int, Mapping[str, str]],
    ) -> None:
        """The worst finding for each row: of pairs with the hub, and of some others."""
        order = sorted(star, key=lambda index: -len(star[index].differences))
        for index in order:
            self._report(environments, (hub, index), star[index], names)
        called = [each.name for each in environments]
        most = min(len(environments), _EXTRA)
        for one, two in third_pairs(self.rows.values(), called, hub, most):
            self._report(environments, (one, two), self._compared(environments, one, two), names)

    def _report(
        self,
        environments: Sequence[Environment],
        two: tuple[int, int],
        comparison: Comparison,
        names: Mapping[int, Mapping[str, str]],
    ) -> None:
        """Judge one comparison, unless all that it has was judged before."""
        has = {told_apart(each): (each.setting, each.kind) for each in comparison.differences}
        fresh = [of for one, of in has.items() if one not in self.judged]
        if self.comparisons and all(self.often[of] >= _ENOUGH for of in fresh):
            return
        self.judged |= set(has)
        self.often.update(fresh)
        self.comparisons += 1
        left, right = (environments[index] for index in sorted(two))
        request = DiffRequest(left.name, right.name)
        _, report = judge_concealed(
            self.paths, self.project, request, left, right, compared=comparison
        )
        self.checked = max(self.checked, report.checked)
        self.not_checked |= {each.rule: each for each in report.not_checked}
        known = names[max(two)]
        self._take(report, known, (left.name, right.name))

    def _take(self, report: Report, names: Mapping[str, str], between: tuple[str, str]) -> None:
        for finding in report.findings:
            if not finding.setting.startswith(_WAIVERS):
                self._found(finding, names, between)
        for folded in report.folded:
            self._folded(folded.finding, folded.why, folded.reason, names)

    def _found(self, finding: Finding, names: Mapping[str, str], between: tuple[str, str]) -> None:
        keys = [_key(place.setting, names) for place in finding.places]
        key = next((near for each in keys for near in self._near(each)), None)
        if key is None:
            key = keys[0] if keys else (finding.service, ())
            row = self.said.get(key) or Row(*key, layer=finding.layer)
            if _rank(finding) < _rank(row.finding):
                self.said[key] = replace(row, finding=finding, between=between)
            return
        row = self.rows[key]
        if _rank(finding) < _rank(row.finding):
            self.rows[key] = replace(row, finding=finding, between=between)

    def _folded(self, finding: Finding, why: Why, reason: str, names: Mapping[str, str]) -> None:
        key = _key(finding.setting, names)
        if key in self.rows and self.rows[key].why is None:
            self.rows[key] = replace(self.rows[key], why=why, reason=reason)

    def _near(self, key: Key) -> Iterator[Key]:
        """The row of a setting, or of an entry that it is part of."""
        service, path = key
        for length in range(len(path), 0, -1):
            if (service, path[:length]) in self.rows:
                yield service, path[:length]
        if not path and key in self.rows:
            yield key

    def result(
        self, environments: Sequence[Environment], services: frozenset[str], of: str
    ) -> Matrix:
        """The whole, worst first."""
        wanted = [
            row
            for row in (*self.rows.values(), *self.said.values())
            if not services or row.service in services
        ]
        found = sorted((row for row in wanted if row.finding), key=_order)
        sides = tuple(information(side(each), each) for each in environments)
        return Matrix(
            sides,
            tuple(_alike(found)),
            tuple(row for row in wanted if row.finding is None),
            tuple(self.not_checked.values()),
            self.checked,
            sum(each.settings for each in sides),
            self.comparisons,
            tuple(_notes(environments)),
            of,
        )


def _key(setting: str, names: Mapping[str, str]) -> Key:
    try:
        path = parse(setting)
    except ValueError:
        return "", (setting,)
    if len(path) < 2 or path[0] != "services":  # noqa: PLR2004
        return "", path
    service = str(path[1])
    return names.get(service, service), path[2:]


def _rank(finding: Finding | None) -> tuple[int, int]:
    return (finding.severity.rank, -finding.score) if finding else (_NO_RULE, 0)


def _order(row: Row) -> tuple[tuple[int, int], bool, int, str]:
    """The worst first; then what few environments have otherwise."""
    return _rank(row.finding), not row.odd, len(row.odd), row.setting


def _alike(found: Iterable[Row]) -> Iterator[Row]:
    """The rows in their order, those of further services joined to the first that says the same."""
    groups: dict[Hashable, list[Row]] = {}
    for row in found:
        said = (
            (row.path, row.groups, row.finding.rule, row.finding.severity) if row.finding else row
        )
        groups.setdefault(said if row.service and row.groups and row.path else id(row), []).append(
            row
        )
    for group in groups.values():
        yield replace(group[0], services=tuple(row.service for row in group))


def _notes(environments: Sequence[Environment]) -> Iterator[str]:
    """Layers that not all of them have."""
    for layer in Layer:
        lacking = [each.name for each in environments if layer not in each.layers]
        if lacking and len(lacking) < len(environments):
            few = ", ".join(lacking[:4]) + (f" and {len(lacking) - 4} more" if lacking[4:] else "")
            yield f"the layer `{layer}` was not read in {few}"
