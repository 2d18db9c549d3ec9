"""`parity accept`: write a waiver, keeping comments and order of parity.toml; and the baseline."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from parity.errors import ConfigError, UsageError
from parity.model.finding import Finding, Report, Why
from parity.model.project import WaiverTable
from parity.paths import ProjectPaths, ensure_state, exclusive, resolved, write
from parity.rules.contract import Rule
from parity.rules.registry import Catalogue

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_OWN = ("WV", "CK")
"""Families that speak of parity.toml and the lock; they are mended, not accepted."""
_HEADER = """\
# Findings that were there when `parity check` was introduced. Each is accepted until somebody mends it;
# mended ones are reported as stale, so that this file only ever gets shorter.
"""


@dataclass(frozen=True)
class Acceptance:
    """A finding that a user accepts. `until` is the last day it holds."""

    rule: str
    setting: str
    reason: str
    owner: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Target:
    """What a user means: one finding, or by a pattern (`*`) all that it is for."""

    rule: str
    setting: str
    """Written path, or the pattern."""
    findings: tuple[Finding, ...]

    @property
    def key(self) -> str:
        """As a user writes it."""
        return f"{self.rule} {self.setting}".strip()


def find(report: Report, text: str) -> Target:
    """The finding a user means, accepted ones included: its key (`EN003 services.web.environment.TZ`), its
    setting alone where only one finding is about it, or a key whose setting has `*` in it.
    """
    wanted = text.split()
    accepted = [each.finding for each in report.folded if each.why is Why.WAIVER]
    known = [f for f in (*report.findings, *accepted) if f.rule[:2] not in _OWN]
    found = [
        f
        for f in known
        if wanted in ([f.rule, f.setting], [f.name, f.setting], [f.setting], [f.rule])
    ]
    if not found and "*" in text:
        found = _matching(known, wanted)
        if len({finding.rule for finding in found}) == 1:
            return Target(found[0].rule, wanted[-1], tuple(found))
    if len(found) == 1:
        return Target(found[0].rule, found[0].setting, (found[0],))
    keys = [finding.key for finding in (found or known)]
    near = (found and keys) or difflib.get_close_matches(text, keys, n=3, cutoff=0.3)
    raise UsageError(
        f"{'several findings are' if found else 'no finding is'} called `{text}`",
        detail="\n".join(near[:10]),
        next_step="`parity check` lists the findings; take RULE and setting of one",
    )


def _matching(known: Sequence[Finding], wanted: Sequence[str]) -> list[Finding]:
    """The findings a pattern is for, as waivers have patterns. `wanted`: rule and pattern, or the latter."""
    from parity.rules.registry import catalogue
    from parity.rules.waivers import matches

    if len(wanted) not in (1, 2):
        return []
    rules, pattern = catalogue(), wanted[-1]
    return [
        finding
        for finding in known
        if matches(WaiverTable(finding.rule, pattern, ""), finding, rules)
        and (len(wanted) == 1 or rules.find(wanted[0]) == rules.find(finding.rule))
    ]


@dataclass(frozen=True)
class Written:
    """What `accept` wrote: its line, the last day it holds, and whether it was there before."""

    line: int
    until: date | None
    renewed: bool


def accept(paths: ProjectPaths, rules: Catalogue, wanted: Acceptance) -> Written:
    """Write the waiver into parity.toml, or renew the one that is there: what is not said stays."""
    if wanted.until is not None and wanted.until < _today():
        raise UsageError(
            f"{wanted.until} is past: the waiver would accept nothing", next_step="name a later day"
        )
    rule = rules.get(wanted.rule)
    ensure_state(paths.state)
    with exclusive(paths.state / "accept.lock"):
        return _write(paths, rules, rule, wanted)


def _write(paths: ProjectPaths, rules: Catalogue, rule: Rule, wanted: Acceptance) -> Written:
    document = _document(paths)
    table = _existing(document, rules, rule, wanted.setting)
    renewed = table is not None
    until = wanted.until or _day(table.get("expires") if renewed else None)
    _refuse(wanted, until, _covering(paths, document, rules, rule, wanted.setting))
    if table is None:
        table = _appended(document)
        table["rule"] = rule.name
        table["setting"] = wanted.setting
    for key, value in (("reason", wanted.reason), ("owner", wanted.owner), ("expires", until)):
        if value:
            table[key] = value
    text = document.as_string()
    if "\r\n" in text:
        text = re.sub(r"\r?\n", "\r\n", text)
    # A link stays one: what it leads to is written.
    write(resolved(paths.config), text, mode=paths.config.stat().st_mode & 0o777)
    return Written(_line(paths, wanted.setting), until, renewed)


def _refuse(wanted: Acceptance, until: date | None, covering: tuple[str, str]) -> None:
    """Raise for what would accept nothing or change nothing. `covering`: setting and place of the waiver
    that is there for it; empty where there is none.
    """
    pattern, where = covering
    if until is not None and until < _today():
        raise UsageError(
            f"it was accepted until {until}, which is past",
            where=where,
            next_step="look at it again, and renew it with --until",
        )
    if wanted.reason.strip() or (wanted.until and pattern == wanted.setting):
        return
    if not pattern:
        raise UsageError("a waiver needs a reason", next_step='add --reason "…"')
    by = "" if pattern == wanted.setting else f" by `{pattern}`"
    raise UsageError(
        f"it is accepted already{by}{f', until {until}' if until else ''}",
        where=where,
        next_step=f"renew `{wanted.rule} {pattern}` with --until, --reason or both",
    )


def _covering(
    paths: ProjectPaths, document: "TOMLDocument", rules: Catalogue, rule: Rule, setting: str
) -> tuple[str, str]:
    exact_first = sorted(document.get("waivers") or (), key=lambda t: t.get("setting") != setting)
    for table in exact_first:
        pattern = str(table.get("setting"))
        fits = pattern == setting or fnmatchcase(setting, pattern.replace("[", "[[]"))
        if fits and rules.find(str(table.get("rule"))) == rule:
            return pattern, f"{paths.config}:{_line(paths, pattern)}"
    return "", ""


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _today() -> date:
    return datetime.now(tz=UTC).date()


def write_baseline(paths: ProjectPaths, report: Report, *, until: date | None = None) -> int:
    """Accept every finding of a report in the baseline file; returns how many it now holds.

    What the file held and is still there stays: a report does not list what a baseline accepts.
    """
    import tomlkit

    document = tomlkit.document()
    rows = tomlkit.aot()
    for rule, setting, reason in _rows(paths, report, f"there on {_today()}"):
        row = tomlkit.table()
        row.update({"rule": rule, "setting": setting, "reason": reason})
        if until is not None:
            row["expires"] = until
        rows.append(row)
    document["waivers"] = rows
    write(paths.baseline, _HEADER + "\n" + document.as_string())
    return len(rows)


def _rows(paths: ProjectPaths, report: Report, reason: str) -> Sequence[tuple[str, str, str]]:
    from parity.actions.project_waivers import baseline_of

    stale = {f.setting.removeprefix("waivers.") for f in report.findings if f.rule == "WV002"}
    kept = [
        (each.rule, each.setting, each.reason)
        for each in baseline_of(paths)
        if each.setting not in stale
    ]
    new = [(f.name, f.setting, reason) for f in report.findings if f.rule[:2] not in _OWN]
    return sorted(dict.fromkeys([*kept, *new]))


def _document(paths: ProjectPaths) -> "TOMLDocument":
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(paths.config.read_bytes().decode())
    except (OSError, ValueError, TOMLKitError) as error:
        raise ConfigError(
            f"{paths.config.name} cannot be changed: {error}",
            where=str(paths.config),
            next_step="mend the file, or write the waiver by hand: docs/check.md",
        ) from error


def _existing(document: "TOMLDocument", rules: Catalogue, rule: Rule, setting: str) -> Any:
    for table in document.get("waivers") or ():
        if rules.find(str(table.get("rule"))) == rule and table.get("setting") == setting:
            return table
    return None


def _appended(document: "TOMLDocument") -> Any:
    import tomlkit

    if "waivers" not in document:
        document.add(tomlkit.nl())
        document["waivers"] = tomlkit.aot()
    waivers: Any = document["waivers"]
    inline = not isinstance(waivers, tomlkit.items.AoT)
    waivers.append(tomlkit.inline_table() if inline else tomlkit.table())
    return waivers[-1]


def _line(paths: ProjectPaths, setting: str) -> int:
    lines = paths.config.read_text(encoding="utf-8").splitlines()
    written = (f'"{setting}"', f"'{setting}'", setting)
    found = (n for text in written for n, line in enumerate(lines, start=1) if text in line)
    return next(found, 0)
