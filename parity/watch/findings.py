"""What a check says now that it did not say before."""

from dataclasses import dataclass

from parity.model.finding import Finding, Report


@dataclass(frozen=True)
class News:
    """Findings that are new, and how many have gone and are there."""

    new: tuple[Finding, ...]
    gone: int
    total: int

    @property
    def rows(self) -> list[dict[str, str]]:
        """The new ones for the machine format."""
        return [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "setting": finding.setting,
                "message": finding.message,
                "fix": finding.fix,
            }
            for finding in self.new
        ]


class Findings:
    """The findings of the last check that could be made."""

    def __init__(self) -> None:
        self._known: frozenset[tuple[str, str, str]] | None = None

    def update(self, report: Report) -> News:
        """The difference to the last one; nothing is new the first time."""
        now = {(f.rule, f.setting, f.message): f for f in report.findings}
        known = now.keys() if self._known is None else self._known
        new = tuple(finding for key, finding in now.items() if key not in known)
        gone = len(known - now.keys())
        self._known = frozenset(now)
        return News(new, gone, len(now))
