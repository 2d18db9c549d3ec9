"""WV: waivers accept findings; those that are out of date are findings themselves."""

from collections.abc import Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase

from parity.model.finding import Finding, Folded, Place, Severity, Why
from parity.model.project import WaiverTable
from parity.model.setting import Origin
from parity.rules.contract import TAG, outside
from parity.rules.registry import Catalogue

STALE = "WV002"


def apply(
    findings: Sequence[Finding], waivers: Sequence[WaiverTable], catalogue: Catalogue, today: date
) -> tuple[list[Finding], list[Folded], set[int]]:
    """The findings that stay, those that are waived, and the indexes of waivers that were used."""
    kept: list[Finding] = []
    folded: list[Folded] = []
    used: set[int] = set()
    for finding in findings:
        matching = [i for i, w in enumerate(waivers) if matches(w, finding, catalogue)]
        used.update(matching)
        valid = next((waivers[i] for i in matching if not _is_over(waivers[i], today)), None)
        if valid is None:
            kept.append(finding)
        else:
            by = f" ({valid.owner})" if valid.owner else ""
            until = f", until {valid.expires}" if valid.expires else ""
            folded.append(Folded(finding, Why.WAIVER, f"{valid.reason}{by}{until}"))
    return kept, folded, used


def matches(waiver: WaiverTable, finding: Finding, catalogue: Catalogue) -> bool:
    """Whether a waiver is for this finding: its rule by any name, its setting by pattern (`*`)."""
    rule = catalogue.find(waiver.rule)
    named = waiver.rule if rule is None else rule.id
    # Brackets are part of written paths, not of the pattern.
    pattern = waiver.setting.replace("[", "[[]")
    return named == finding.rule and fnmatchcase(finding.setting, pattern)


def verdicts(
    waivers: Sequence[WaiverTable],
    used: set[int],
    catalogue: Catalogue,
    today: date,
    origins: Sequence[Origin | None] = (),
) -> Iterator[Finding]:
    """Findings about the waivers themselves."""
    for index, waiver in enumerate(waivers):
        origin = origins[index] if index < len(origins) else None
        if catalogue.find(waiver.rule) is None:
            yield unknown_rule(waiver, origin)
        elif _is_over(waiver, today):
            yield expired(waiver, origin)
        elif index not in used:
            yield stale(waiver, origin)


@outside("WV001", "waiver.expired", Severity.WARNING, since="0.2")
def expired(waiver: WaiverTable, origin: Origin | None) -> Finding:
    """A waiver is past its last day, so what it accepted counts again.

    What it compares:
        `expires` of each waiver with today's date; the last day still counts.

    Why it matters:
        A waiver with a date is a promise to come back. Without this finding nobody would.

    Example:
        parity.toml: `expires = 2026-01-31`, read on 2026-02-01

    What to do:
        Mend the difference, or look at it again and set a new date.

    When to ignore it:
        Never: remove the waiver instead.

    References:
        docs/check.md.
    """
    message = f"the waiver of {waiver.rule} for {waiver.setting} ended on {waiver.expires}"
    fix = "mend the difference, or look at it again and set a new `expires`"
    return _finding(expired, waiver, origin, message, fix)


@outside(STALE, "waiver.stale", Severity.INFO, since="0.2")
def stale(waiver: WaiverTable, origin: Origin | None) -> Finding:
    """A waiver accepts a finding that is not there any more.

    What it compares:
        The waivers with all findings of this comparison.

    Why it matters:
        The difference may come back for another reason, and would then be accepted unseen.

    Example:
        parity.toml accepts `DF005 services.web.init`; both sides set `init: true` since yesterday

    What to do:
        Remove the waiver.

    When to ignore it:
        When the waiver is for another pair of environments than the one compared.

    References:
        docs/check.md.
    """
    message = f"the waiver of {waiver.rule} for {waiver.setting} matches no finding any more"
    return _finding(stale, waiver, origin, message, "remove it: what it accepted is gone")


@outside("WV003", "waiver.unknown-rule", Severity.WARNING, since="0.2")
def unknown_rule(waiver: WaiverTable, origin: Origin | None) -> Finding:
    """A waiver names a rule that does not exist.

    What it compares:
        `rule` of each waiver with the catalogue: ids, names and retired names.

    Why it matters:
        It accepts nothing, and whoever wrote it believes that it does.

    Example:
        parity.toml: `rule = "EN3"`

    What to do:
        Mend the name; `parity explain` lists all rules.

    When to ignore it:
        Never.

    References:
        docs/check.md.
    """
    message = f"a waiver names `{waiver.rule}`, which is no rule"
    return _finding(unknown_rule, waiver, origin, message, "`parity explain` lists the rules")


def _finding(
    made_by: object, waiver: WaiverTable, origin: Origin | None, message: str, fix: str
) -> Finding:
    rule = getattr(made_by, TAG)
    said = (f"reason: {waiver.reason}", f"expires: {waiver.expires or 'never'}")
    place = Place(f"waivers.{waiver.setting}", "", "", said, right_origin=origin)
    return Finding(rule.id, rule.name, rule.severity, message, fix, "", (place,))


def _is_over(waiver: WaiverTable, today: date) -> bool:
    return waiver.expires is not None and today > waiver.expires
