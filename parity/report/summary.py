"""The answer in sentences, the same in every format."""

from collections import Counter
from pathlib import Path
from typing import Final

from parity.model.finding import Finding, Report, Severity, SideInfo, Why
from parity.report.text import counted, listed, relative, visible

_NAMED = 3
_SHORT = 60
_OF_THE_PROJECT = ("CK", "WV")
"""Families of rules about the lock, the overrides and the waivers."""
FOLDED: Final = {
    Why.OVERRIDE: "by parity's overrides",
    Why.WAIVER: "by waivers",
    Why.EXPECTED: "expected",
    Why.NOTATION: "without words in one notation",
    Why.UNKNOWN: "with unknown secrets",
    Why.SAID: "covered by another finding",
}


def headline(report: Report) -> str:
    """The answer in one sentence. A clean one speaks of what was compared, not of the environments."""
    left, right = visible(report.left.name), visible(report.right.name)
    if report.left == report.right and not report.pairs:
        found = severities(report) or "no findings in its lock and overrides"
        return f"{left} has {found}; there is no second environment to compare it with."
    if report.findings and not any(map(_tells_apart, report.findings)):
        return (
            f"Nothing that was found tells {left} and {right} apart; "
            f"{counted(len(report.findings), 'finding')} on both or on the project: {severities(report)}."
        )
    if report.findings:
        return (
            f"{left} and {right} differ in {counted(len(report.findings), 'finding')}: "
            f"{severities(report)}."
        )
    if not report.pairs or not report.compared:
        return f"Nothing could be compared: no service of {left} stands beside one of {right}."
    return f"No findings between {left} and {right} in {extent(report)}."


def _tells_apart(finding: Finding) -> bool:
    """Whether a finding is of a difference: not of the lock or a waiver, nor of what both have alike."""
    if finding.rule.startswith(_OF_THE_PROJECT):
        return False
    if not finding.places or finding.places[0].detail:
        return True
    left, right = finding.places[0].left, finding.places[0].right
    # Values that were shortened, and secrets of one shape, only look alike.
    return left != right or len(left) > _SHORT or left.startswith("(secret")


def fitting(report: Report) -> bool:
    """Whether a finding may be why the user sees the symptom that was named."""
    return any(finding.explains for finding in report.findings)


def symptom_sentence(report: Report, symptom: str) -> str:
    """What the symptom, as a format writes it, did to the order; empty where none was named."""
    if not report.symptom:
        return ""
    if fitting(report):
        return f"What fits the symptom {symptom} comes first."
    return f"No finding is known to fit the symptom {symptom}."


def extent(report: Report) -> str:
    """How much was looked at."""
    return f"{counted(report.compared, 'setting')} of {counted(report.pairs, 'paired service')}"


def severities(report: Report) -> str:
    """`2 errors, 5 warnings and 7 infos`; severities without a finding are left out."""
    counts = ((severity, report.count(severity)) for severity in Severity)
    return listed([counted(number, severity.value) for severity, number in counts if number])


def folded_counts(report: Report) -> dict[Why, int]:
    """Folded differences by reason, in the order of `Why`; reasons without one are left out."""
    counts = Counter(folded.why for folded in report.folded)
    return {why: counts[why] for why in Why if counts[why]}


def folded_sentence(report: Report) -> str:
    """What is counted but not listed; empty where nothing is."""
    counts = folded_counts(report)
    if not counts:
        return ""
    return f"Folded: {listed([f'{number:,} {FOLDED[why]}' for why, number in counts.items()])}."


def checks_sentence(report: Report) -> str:
    """How many rules looked and how many could not."""
    missed = len({each.rule for each in report.not_checked})
    looked = f"{counted(report.checked, 'rule')} looked" if report.checked else ""
    if not missed:
        return f"{looked}." if looked else ""
    could_not = f"{counted(missed, 'rule')} could not look and passed nothing"
    return f"{looked}, {could_not}." if looked else f"{could_not}."


def more_sentence(report: Report) -> str:
    """What `--all` shows beside the findings; empty where it is nothing."""
    what = ["what is folded"] if report.folded else []
    lost = report.left.lost or report.right.lost
    what += ["what could not be expressed"] if lost else []
    what += ["which rules could not look"] if report.not_checked else []
    return f"--all lists {listed(what)}." if what else ""


def side(info: SideInfo, root: Path | None = None) -> str:
    """One side in a line: notation, size, files."""
    parts = [info.source, size(info)]
    if info.captured:
        parts.append(f"captured {info.captured}")
    if info.losses:
        parts.append(f"{counted(info.losses, 'field')} not expressible")
    parts.append(files(info, root))
    return " · ".join(visible(part) for part in parts if part)


def files(info: SideInfo, root: Path | None) -> str:
    """The first files of one side, named from the project's folder."""
    named = [relative(file, root) for file in info.files[:_NAMED]]
    return ", ".join([*named, "…"] if len(info.files) > _NAMED else named)


def size(info: SideInfo) -> str:
    """How much one side holds."""
    return f"{counted(info.services, 'service')}, {counted(info.settings, 'setting')}"
