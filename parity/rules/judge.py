"""Runs rules over one comparison, and ranks what they find."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from parity.diff.view import Comparison, Side
from parity.model.difference import Difference, Kind
from parity.model.document import Path
from parity.model.facts import ROOTS
from parity.model.finding import Finding, Folded, Severity, Why
from parity.model.override import Override
from parity.model.setting import Layer
from parity.rules import alike, expected
from parity.rules.contract import Found, Rule
from parity.rules.places import Places
from parity.rules.relevance import Relevance
from parity.rules.terms import Terms, level

_SILENT, _JOINT, _PAIR, _PARTICULAR = 40, 30, 15, 10
_SIDE = re.compile(r"\bon the (left|right)(?: side)?\b")
"""Rules that see one pair of services do not know what the environments are called."""
_BY_KIND: Mapping[Kind, int] = {
    Kind.INVISIBLE: 35,
    Kind.TYPE: 30,
    Kind.FORMAT: 20,
    Kind.ONLY_RIGHT: 18,
    Kind.ONLY_LEFT: 15,
    Kind.SECRET: 5,
    Kind.VALUE: 0,
}
_LIVE = frozenset({Layer.RUNNING, Layer.HOST})


class Judge:
    """Runs rules over one comparison."""

    def __init__(self, comparison: Comparison, places: Places, terms: Terms) -> None:
        self._comparison = comparison
        self._places = places
        self._terms = terms
        self._relevance = Relevance(comparison, terms.services)
        self._common: list[Folded] = []

    def run(self, rules: Sequence[Rule]) -> tuple[list[Finding], list[Folded]]:
        """Findings, and those that something better or nature explains."""
        particular = [f for rule in rules if not rule.generic for f in self._apply(rule)]
        best: dict[str, Finding] = {}
        folded = list(self._common)
        for finding in sorted(particular, key=_rank):
            before = best.setdefault(finding.setting, finding)
            if before is not finding:
                folded.append(Folded(finding, Why.SAID, f"see {before.rule}"))
        claimed = {place.setting for finding in best.values() for place in finding.places}
        generic = [rule for rule in rules if rule.generic]
        findings = list(best.values())
        for difference in self._comparison.differences:
            if difference.setting in claimed or not self._wanted(difference.service):
                continue
            why = expected.reason(difference, self._comparison)
            if why:
                folded.append(Folded(partial(self._plain, difference), Why.EXPECTED, why))
            else:
                findings += itertools.islice(self._generic(generic, difference), 1)
        findings, repeated = alike.once(ranked(findings))
        return findings, [*folded, *repeated]

    def overridden(
        self, differences: Iterable[Difference], by: Mapping[int, Override]
    ) -> list[Folded]:
        """Differences that declared overrides explain."""
        return [
            Folded(partial(self._plain, d), Why.OVERRIDE, by[id(d)].reason)
            for d in differences
            if id(d) in by and self._wanted(d.service)
        ]

    def set_aside(self, differences: Iterable[Difference], why: Why, reason: str) -> list[Folded]:
        """Differences of which nothing can be said."""
        wanted = (d for d in differences if self._wanted(d.service))
        return [Folded(partial(self._plain, d), why, reason) for d in wanted]

    def _plain(self, difference: Difference) -> Finding:
        place = self._places.of(difference.service, difference.path)
        message = f"{place.setting} differs"
        where = (difference.service, (place,))
        return Finding("", "", Severity.INFO, message, "", *where, layer=difference.layer)

    def _generic(self, rules: Iterable[Rule], difference: Difference) -> Iterator[Finding]:
        for rule in rules:
            for found in rule.function(difference, self._comparison):
                yield self._of_one(rule, difference, found)

    def _wanted(self, service: str) -> bool:
        return not self._terms.services or service in self._terms.services

    def _apply(self, rule: Rule) -> Iterator[Finding]:
        if rule.shape == "single":
            for same in self._relevance.alike(rule):
                for found in rule.function(same[0], self._comparison):
                    yield from (self._of_one(rule, each, found) for each in same)
        elif rule.shape == "pair":
            for pair in self._relevance.pairs(rule):
                for found in rule.function(pair):
                    yield self._finding(rule, found, found.at or ((pair.right.name, ()),))
        else:
            yield from self._joint(rule)

    def _of_one(self, rule: Rule, difference: Difference, found: Found) -> Finding:
        finding = self._finding(rule, found, found.at or ((difference.service, difference.path),))
        return replace(finding, score=finding.score + _BY_KIND[difference.kind])

    def _joint(self, rule: Rule) -> Iterator[Finding]:
        """What does not go together on one side; on both sides it is no difference, and ranks lower."""
        comparison = self._comparison
        left = {self._renamed(found): found for found in self._asked(rule, comparison.left)}
        right = {found.at: found for found in self._asked(rule, comparison.right)}
        for at in dict.fromkeys((*right, *left)):
            if not any(self._wanted(service) for service, _ in at):
                continue
            if at in left and at in right:
                found = right[at]
                low = replace(found, severity=_lower(found.severity or rule.severity))
                finding = self._finding(
                    rule, replace(low, message=f"on both sides: {found.message}"), at
                )
                finding = replace(finding, score=finding.score - _JOINT - _SILENT)
                if _LIVE & set(rule.reads):
                    # What two engines have in common was not chosen by either environment.
                    self._common.append(Folded(finding, Why.EXPECTED, "it is so on both sides"))
                else:
                    yield finding
            elif _LIVE & set(rule.reads) and not self._looked_at(at, on_left=at in right):
                one = self._finding(rule, right.get(at) or left[at], at)
                self._common.append(Folded(one, Why.EXPECTED, "the other side was not looked at"))
            else:
                side = comparison.right if at in right else comparison.left
                found = right.get(at) or left[at]
                named = replace(found, message=f"in {side.name}: {found.message}")
                finding = self._finding(rule, named, at)
                alike = all(place.left == place.right for place in finding.places)
                if rule.mutual and alike:
                    low = replace(named, severity=_lower(finding.severity))
                    finding = self._finding(rule, low, at)
                    finding = replace(finding, score=finding.score - _JOINT - _SILENT)
                yield finding

    def _looked_at(self, at: tuple[tuple[str, Path], ...], *, on_left: bool) -> bool:
        """Whether the other side of what was found tells facts of these kinds, too."""
        roots = {(service, path[0]) for service, path in at if path and path[0] in ROOTS}
        for name, root in roots:
            pair = self._comparison.pair(name)
            service = (pair.left if on_left else pair.right) if pair else None
            if service is None or not service.under(str(root)):
                return False
        return True

    def _asked(self, rule: Rule, side: Side) -> Iterable[Found]:
        return rule.function(side) if self._relevance.concerns_side(rule, side) else ()

    def _renamed(self, found: Found) -> tuple[tuple[str, Path], ...]:
        return tuple(
            (self._comparison.renamed.get(service, service), path) for service, path in found.at
        )

    def _finding(self, rule: Rule, found: Found, at: tuple[tuple[str, Path], ...]) -> Finding:
        own = level(rule, self._terms.levels)
        severity = Severity(own) if own else found.severity or rule.severity
        score = {"joint": _JOINT, "pair": _PAIR, "single": 0}[rule.shape]
        score += (_SILENT if rule.silent else 0) + (0 if rule.generic else _PARTICULAR)
        places = tuple(self._places.of(service, path) for service, path in at)
        return Finding(
            rule.id,
            rule.name,
            severity,
            self._named(found.message),
            self._named(found.fix),
            at[0][0],
            places,
            layer=self._layer(rule, at),
            score=score,
            explains=explains(rule, self._terms.symptom, [place.setting for place in places]),
        )

    def _layer(self, rule: Rule, at: tuple[tuple[str, Path], ...]) -> Layer:
        """The dearest layer that had to be read for it."""
        order = list(Layer)
        found = [self._places.layer(service, path) for service, path in at]
        return max((*rule.reads, *found), key=order.index)

    def _named(self, text: str) -> str:
        """A sentence with the environments' names in place of their sides."""
        names = {"left": self._comparison.left.name, "right": self._comparison.right.name}
        return _SIDE.sub(lambda match: f"in {names[match[1]]}", text)


def explains(rule: Rule, symptom: str, settings: Iterable[str]) -> bool:
    """Whether a finding may be why the user sees the symptom."""
    if not symptom:
        return False
    if any(re.search(pattern, symptom, re.IGNORECASE) for pattern in rule.symptoms):
        return True
    names = {setting.rpartition(".")[2] for setting in settings}
    return any(len(name) > 3 and name.lower() in symptom.lower() for name in names)  # noqa: PLR2004


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What explains the symptom first, then by severity, then what breaks most."""
    return tuple(sorted(findings, key=_rank))


def _rank(finding: Finding) -> tuple[bool, int, int, str, str]:
    return (
        not finding.explains,
        finding.severity.rank,
        -finding.score,
        finding.service,
        finding.setting,
    )


def _lower(severity: Severity) -> Severity:
    return Severity.WARNING if severity is Severity.ERROR else Severity.INFO
