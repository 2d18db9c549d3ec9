"""Findings that say the same of several services: shown once, with the services' names."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from parity.model.finding import Finding, Place
from parity.report.digest import path_of


class Alike(NamedTuple):
    """One finding and the services of which a rule says the very same, the finding's own first."""

    finding: Finding
    services: tuple[str, ...]


def merged(findings: Iterable[Finding]) -> list[Alike]:
    """The findings in their order, those of further services joined to the first that says it."""
    groups: dict[Any, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_said(finding), []).append(finding)
    return [Alike(group[0], tuple(each.service for each in group)) for group in groups.values()]


def _said(finding: Finding) -> Any:
    """What the finding says, without the name of its service."""
    if not finding.service or not finding.places:
        return id(finding)
    places = tuple(_below(place, finding.service) for place in finding.places)
    own = f"`{finding.service}`"
    said = finding.message.replace(own, "``"), finding.fix.replace(own, "``")
    return finding.rule, finding.severity, finding.explains, said, places


def _below(place: Place, service: str) -> Any:
    path = path_of(place.setting)
    # A whole service is never one of several alike: it is what the finding is about.
    own = len(path) > 2 and path[:2] == ("services", service)  # noqa: PLR2004
    return path[2:] if own else path, place.left, place.right, place.detail
