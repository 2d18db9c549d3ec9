"""From differences to a report: run the rules, fold what is expected or accepted, rank the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from parity.diff.view import Comparison, Side
from parity.model.difference import Difference
from parity.model.document import Path
from parity.model.finding import NotChecked, Report, SideInfo, Why
from parity.model.override import Override
from parity.model.setting import Layer, Origins
from parity.rules import waivers
from parity.rules.contract import Rule
from parity.rules.judge import Judge, ranked
from parity.rules.places import Places
from parity.rules.registry import Catalogue
from parity.rules.terms import Terms, level


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
    judged = Judge(replace(comparison, differences=tuple(open_)), places, terms)
    findings, folded = judged.run(able)
    if terms.layers:
        findings = [each for each in findings if each.layer in terms.layers]
        folded = [each for each in folded if each.finding.layer in terms.layers]
    if not terms.layers or Layer.DECLARED in terms.layers:
        folded += judged.overridden(comparison.differences, overridden)
        folded += judged.set_aside(
            comparison.unspoken, Why.NOTATION, "the notation has no words for it"
        )
        folded += judged.set_aside(comparison.unknown, Why.UNKNOWN, "the value is not known here")
    findings, accepted, used = waivers.apply(findings, terms.waivers, catalogue, terms.today)
    if not terms.services and not terms.layers:
        origins = terms.waiver_origins
        found = waivers.verdicts(terms.waivers, used, catalogue, terms.today, origins)
        findings += [each for each in found if terms.usual or each.rule != waivers.STALE]
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
        if rule.shape == "outside" or level(rule, terms.levels) == "off":
            continue
        missing = [layer for layer in rule.reads if layer not in read]
        if missing:
            names = " and ".join(missing)
            unable.append(NotChecked(rule.id, rule.name, f"{names} not read on both sides"))
        else:
            able.append(rule)
    return able, unable


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
