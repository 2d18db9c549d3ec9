"""What services share is told once: a host, a kernel or an engine shows the same in all of its containers."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from parity.model.document import show
from parity.model.finding import Finding, Folded, Why

_SHARED: Final = frozenset(
    {"limits", "ulimits", "seccomp", "no-new-privileges", "capabilities", "dns", "mtu", "localhost", "shm",
     "case-sensitive", "log-max-size", "time-zone", "sort", "user"}
)  # fmt: skip
"""Facts of containers that engines and clusters decide for many of them at once."""
_PLACES: Final = 5
_NAMED: Final = 3
_Key = tuple[str, str, str, str]


def once(findings: Iterable[Finding]) -> tuple[list[Finding], list[Folded]]:
    """The findings, best first, without those that say of one more service what was said already."""
    groups: dict[_Key, list[Finding]] = {}
    kept: list[list[Finding]] = []
    for finding in findings:
        key = _key(finding)
        if key in groups:
            groups[key].append(finding)
        else:
            kept.append([finding])
            if key is not None:
                groups[key] = kept[-1]
    folded = [
        Folded(each, Why.SAID, f"see {group[0].rule} at `{group[0].service}`")
        for group in kept
        for each in group[1:]
    ]
    return [_together(group) for group in kept], folded


def _key(finding: Finding) -> _Key | None:
    """What is equal of findings that say one thing; None where each service has a trouble of its own."""
    if not finding.places:
        return None
    above = show(("services", finding.service))
    below = finding.setting.removeprefix(f"{above}.")
    root, _, rest = below.partition(".")
    part = rest.partition(".")[0].partition("[")[0]
    place = finding.places[0]
    if root == "host" or below.startswith("running.sysctls"):
        return "", below, place.left, place.right
    if root == "running" and part in _SHARED:
        return finding.rule, below, place.left, place.right
    return None


def _together(group: list[Finding]) -> Finding:
    """The first of a group, which names the services of the others."""
    first, *others = group
    if not others:
        return first
    services = [f"`{each.service}`" for each in others]
    more = len(services) - _NAMED
    named = ", ".join(services[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    places = tuple(each.places[0] for each in others[:_PLACES])
    return replace(
        first, message=f"{first.message} (so it is for {named})", places=(*first.places, *places)
    )
