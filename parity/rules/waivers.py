"""Waivers: which findings are accepted, and which waivers are out of date."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase

from parity.model.finding import Finding, Folded, Place, Severity, Why
from parity.model.project import WaiverTable
from parity.model.setting import Origin
from parity.rules.registry import Catalogue

EXPIRED, STALE, UNKNOWN = "WV001", "WV002", "WV003"


def apply(
    findings: Sequence[Finding], waivers: Sequence[WaiverTable], catalogue: Catalogue, today: date
) -> tuple[list[Finding], list[Folded], set[int]]:
    """The findings that stay, those that are waived, and the indexes of waivers that were used."""
    kept: list[Finding] = []
    folded: list[Folded] = []
    used: set[int] = set()
    for finding in findings:
        matching = [i for i, w in enumerate(waivers) if _matches(w, finding, catalogue)]
        used.update(matching)
        valid = next((waivers[i] for i in matching if not _is_expired(waivers[i], today)), None)
        if valid is None:
            kept.append(finding)
        else:
            by = f" ({valid.owner})" if valid.owner else ""
            until = f", until {valid.expires}" if valid.expires else ""
            folded.append(Folded(finding, Why.WAIVER, f"{valid.reason}{by}{until}"))
    return kept, folded, used


def verdicts(
    waivers: Sequence[WaiverTable],
    used: set[int],
    catalogue: Catalogue,
    today: date,
    origins: Sequence[Origin | None] = (),
) -> Iterator[Finding]:
    """Findings about the waivers themselves: expired, matching nothing, naming no rule."""
    for index, waiver in enumerate(waivers):
        origin = origins[index] if index < len(origins) else None
        if catalogue.find(waiver.rule) is None:
            yield _finding(
                UNKNOWN, waiver, origin, f"a waiver names `{waiver.rule}`, which is no rule"
            )
        elif _is_expired(waiver, today):
            text = f"the waiver of {waiver.rule} for {waiver.setting} ended on {waiver.expires}"
            yield _finding(EXPIRED, waiver, origin, text)
        elif index not in used:
            text = f"the waiver of {waiver.rule} for {waiver.setting} matches no finding any more"
            yield _finding(STALE, waiver, origin, text)


_NAMES = {EXPIRED: "waiver.expired", STALE: "waiver.stale", UNKNOWN: "waiver.unknown-rule"}
_FIXES = {
    EXPIRED: "mend the difference, or look at it again and set a new `expires` in parity.toml",
    STALE: "remove the waiver from parity.toml: what it accepted is gone",
    UNKNOWN: "`parity explain` lists the rules; mend the waiver's `rule` in parity.toml",
}


def _finding(rule: str, waiver: WaiverTable, origin: Origin | None, message: str) -> Finding:
    severity = Severity.INFO if rule == STALE else Severity.WARNING
    expires = f"expires {waiver.expires}" if waiver.expires else "no date"
    place = Place(f"waivers.{waiver.setting}", waiver.reason, expires, right_origin=origin)
    return Finding(rule, _NAMES[rule], severity, message, _FIXES[rule], "", (place,))


def _matches(waiver: WaiverTable, finding: Finding, catalogue: Catalogue) -> bool:
    rule = catalogue.find(waiver.rule)
    named = finding.rule if rule is None else rule.id
    return named == finding.rule and any(
        fnmatchcase(setting, waiver.setting) for setting in _settings(finding)
    )


def _settings(finding: Finding) -> Iterable[str]:
    return (finding.setting,) if finding.places else ("",)


def _is_expired(waiver: WaiverTable, today: date) -> bool:
    return waiver.expires is not None and today > waiver.expires
