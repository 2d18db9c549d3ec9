"""From differences to a report: run the rules, fold what is expected or accepted, rank the rest."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal

from parity.diff.compare import covers
from parity.diff.view import Comparison, ServicePair, Side
from parity.model.difference import Difference, Kind
from parity.model.document import Path
from parity.model.finding import Finding, Folded, NotChecked, Report, Severity, SideInfo, Why
from parity.model.override import Override
from parity.model.project import WaiverTable
from parity.model.setting import Layer, Origin, Origins
from parity.rules import expected, waivers
from parity.rules.contract import Found, Rule
from parity.rules.places import Places
from parity.rules.registry import Catalogue

Levels = Mapping[str, Literal["error", "warning", "info", "off"]]

_SILENT, _JOINT, _PAIR, _PARTICULAR, _SYMPTOM = 40, 30, 15, 10, 1000
_BY_KIND: Mapping[Kind, int] = {
    Kind.INVISIBLE: 35,
    Kind.TYPE: 30,
    Kind.FORMAT: 20,
    Kind.ONLY_RIGHT: 18,
    Kind.ONLY_LEFT: 15,
    Kind.SECRET: 5,
    Kind.VALUE: 0,
}


@dataclass(frozen=True)
class Terms:
    """How a comparison is judged."""

    levels: Levels = field(default_factory=dict)
    """Severity of single rules, by id or name."""
    symptom: str = ""
    """What the user sees; findings that explain it come first."""
    services: frozenset[str] = frozenset()
    """Only these services; all where empty."""
    layers: frozenset[Layer] = frozenset()
    """Only rules that read these layers; all where empty."""
    waivers: Sequence[WaiverTable] = ()
    waiver_origins: Sequence[Origin | None] = ()
    overrides: Sequence[Override] = ()
    """Declared rewrites of the left side, which is the local stack."""
    today: date = field(default_factory=lambda: datetime.now(tz=UTC).date())


def evaluate(
    comparison: Comparison,
    catalogue: Catalogue,
    terms: Terms | None = None,
    *,
    left: Origins | None = None,
    right: Origins | None = None,
) -> Report:
    """The report: every difference ends among the findings or among the folded."""
    terms = terms or Terms()
    places = Places(comparison, left, right)
    read = comparison.left.layers & comparison.right.layers
    able, unable = _able(catalogue.rules, read, terms)
    overridden = {id(d): o for d in comparison.differences if (o := _override(d, terms.overrides))}
    open_ = [d for d in comparison.differences if id(d) not in overridden]
    judged = _Judge(replace(comparison, differences=tuple(open_)), places, terms)
    findings, folded = judged.run(able)
    if not terms.layers or Layer.DECLARED in terms.layers:
        folded += judged.overridden(comparison.differences, overridden)
        folded += judged.set_aside(
            comparison.unspoken, Why.NOTATION, "the notation has no words for it"
        )
        folded += judged.set_aside(comparison.unknown, Why.UNKNOWN, "the value is not known here")
    findings, accepted, used = waivers.apply(findings, terms.waivers, catalogue, terms.today)
    if not terms.services and not terms.layers:
        origins = terms.waiver_origins
        findings += waivers.verdicts(terms.waivers, used, catalogue, terms.today, origins)
    return Report(
        left=side_info(comparison.left),
        right=side_info(comparison.right),
        findings=ranked(findings),
        folded=(*accepted, *folded),
        not_checked=tuple(unable),
        pairs=len(comparison.pairs),
        compared=comparison.compared,
        differences=comparison.differences,
        checked=len(able),
        symptom=terms.symptom,
    )


def _able(
    rules: Iterable[Rule], read: frozenset[Layer], terms: Terms
) -> tuple[list[Rule], list[NotChecked]]:
    able, unable = [], []
    for rule in rules:
        if rule.shape == "outside" or _level(rule, terms.levels) == "off":
            continue
        if terms.layers and not set(rule.reads) & terms.layers:
            continue
        missing = [layer for layer in rule.reads if layer not in read]
        if missing:
            names = " and ".join(missing)
            unable.append(NotChecked(rule.id, rule.name, f"{names} not read on both sides"))
        else:
            able.append(rule)
    return able, unable


def _level(rule: Rule, levels: Levels) -> str:
    return next(
        (levels[word] for word in (rule.id, rule.name, *rule.aliases) if word in levels), ""
    )


class _Judge:
    """Runs rules over one comparison."""

    def __init__(self, comparison: Comparison, places: Places, terms: Terms) -> None:
        self._comparison = comparison
        self._places = places
        self._terms = terms
        self._changed: dict[str, list[Path]] = {}
        for difference in comparison.differences:
            self._changed.setdefault(difference.service, []).append(difference.path)
        self._names = {pair.left.name: pair.right.name for pair in comparison.pairs}

    def run(self, rules: Sequence[Rule]) -> tuple[list[Finding], list[Folded]]:
        """Findings, and those that something better or nature explains."""
        particular = [f for rule in rules if not rule.generic for f in self._apply(rule)]
        best: dict[str, Finding] = {}
        folded: list[Folded] = []
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
            made = [f for rule in generic for f in self._single(rule, difference)][:1]
            why = expected.reason(difference)
            if why:
                folded += [Folded(finding, Why.EXPECTED, why) for finding in made]
            else:
                findings += made
        return findings, folded

    def overridden(
        self, differences: Iterable[Difference], by: Mapping[int, Override]
    ) -> list[Folded]:
        """Differences that declared overrides explain."""
        return [
            Folded(self._plain(d), Why.OVERRIDE, by[id(d)].reason)
            for d in differences
            if id(d) in by and self._wanted(d.service)
        ]

    def set_aside(self, differences: Iterable[Difference], why: Why, reason: str) -> list[Folded]:
        """Differences of which nothing can be said."""
        return [Folded(self._plain(d), why, reason) for d in differences if self._wanted(d.service)]

    def _plain(self, difference: Difference) -> Finding:
        place = self._places.of(difference.service, difference.path)
        message = f"{place.setting} differs"
        return Finding("", "", Severity.INFO, message, "", difference.service, (place,))

    def _wanted(self, service: str) -> bool:
        return not self._terms.services or service in self._terms.services

    def _apply(self, rule: Rule) -> Iterator[Finding]:
        if rule.shape == "single":
            for difference in self._comparison.differences:
                if self._wanted(difference.service):
                    yield from self._single(rule, difference)
        elif rule.shape == "pair":
            for pair in self._comparison.pairs:
                if self._wanted(pair.right.name) and self._concerned(rule, pair):
                    for found in rule.function(pair):
                        yield self._finding(rule, found, found.at or ((pair.right.name, ()),))
        else:
            yield from self._joint(rule)

    def _concerned(self, rule: Rule, pair: ServicePair) -> bool:
        """Whether a pair rule can have something to say: a setting of its own differs, a word occurs."""
        changed = self._changed.get(pair.right.name, ())
        if not changed and not rule.equal:
            return False
        if rule.paths and not any(covers(pattern, p) for p in changed for pattern in rule.paths):
            return False
        words = rule.words
        return not words or not (
            pair.left.tokens.isdisjoint(words) and pair.right.tokens.isdisjoint(words)
        )

    def _single(self, rule: Rule, difference: Difference) -> Iterator[Finding]:
        if rule.paths and not any(covers(pattern, difference.path) for pattern in rule.paths):
            return
        for found in rule.function(difference, self._comparison):
            at = found.at or ((difference.service, difference.path),)
            finding = self._finding(rule, found, at)
            yield replace(finding, score=finding.score + _BY_KIND[difference.kind])

    def _joint(self, rule: Rule) -> Iterator[Finding]:
        """What does not go together on one side; on both sides it is no difference, and ranks lower."""
        comparison = self._comparison
        sides = (comparison.left, comparison.right)
        if rule.words and all(side.tokens.isdisjoint(rule.words) for side in sides):
            return
        left = {self._renamed(f): f for f in rule.function(comparison.left)}
        right = {found.at: found for found in rule.function(comparison.right)}
        for at in dict.fromkeys((*right, *left)):
            if not any(self._wanted(service) for service, _ in at):
                continue
            if at in left and at in right:
                found = right[at]
                low = replace(found, severity=_lower(found.severity or rule.severity))
                finding = self._finding(
                    rule, replace(low, message=f"on both sides: {found.message}"), at
                )
                yield replace(finding, score=finding.score - _JOINT - _SILENT)
            else:
                side = comparison.right if at in right else comparison.left
                found = right.get(at) or left[at]
                named = replace(found, message=f"in {side.name}: {found.message}")
                yield self._finding(rule, named, at)

    def _renamed(self, found: Found) -> tuple[tuple[str, Path], ...]:
        return tuple((self._names.get(service, service), path) for service, path in found.at)

    def _finding(self, rule: Rule, found: Found, at: tuple[tuple[str, Path], ...]) -> Finding:
        level = _level(rule, self._terms.levels)
        severity = Severity(level) if level else found.severity or rule.severity
        score = {"joint": _JOINT, "pair": _PAIR, "single": 0}[rule.shape]
        score += (_SILENT if rule.silent else 0) + (0 if rule.generic else _PARTICULAR)
        places = tuple(self._places.of(service, path) for service, path in at)
        if explains(rule, self._terms.symptom, [place.setting for place in places]):
            score += _SYMPTOM
        return Finding(
            rule.id,
            rule.name,
            severity,
            found.message,
            found.fix,
            at[0][0],
            places,
            layer=rule.reads[-1],
            score=score,
        )


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
        finding.score < _SYMPTOM // 2,
        finding.severity.rank,
        -finding.score,
        finding.service,
        finding.setting,
    )


def _lower(severity: Severity) -> Severity:
    return Severity.WARNING if severity is Severity.ERROR else Severity.INFO


def _override(difference: Difference, overrides: Sequence[Override]) -> Override | None:
    whole: Path = ("services", difference.service, *difference.path)
    whole = whole if difference.service else difference.path
    for override in overrides:
        named = _named(override.path)
        if named == whole[: len(named)] or (whole == named[: len(whole)] and difference.path):
            return override
    return None


_DECLARED_AS = {
    "mem_limit": ("deploy", "resources", "limits", "memory"),
    "scale": ("deploy", "replicas"),
}


def _named(path: Path) -> Path:
    """An override's path up to the first list index, in the words of settings."""
    parts: list[str | int] = []
    for part in path:
        if isinstance(part, int):
            break
        parts.append(part)
    if len(parts) > 2 and parts[2] in _DECLARED_AS:  # noqa: PLR2004
        parts[2:3] = _DECLARED_AS[str(parts[2])]
    return tuple(parts)


def side_info(side: Side) -> SideInfo:
    """One side as far as the comparison knows it."""
    return SideInfo(
        side.name,
        side.source,
        (),
        tuple(layer for layer in Layer if layer in side.layers),
        len(side.services),
        sum(len(service.settings) for service in side.services.values()),
    )
