"""`parity accept`: write a waiver, keeping comments and order of parity.toml; and the baseline."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from parity.errors import ConfigError, UsageError
from parity.model.finding import Finding, Report
from parity.paths import ProjectPaths, ensure_state, exclusive, resolved, write
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


def find(report: Report, text: str) -> Finding:
    """The finding a user means: its key (`EN003 services.web.environment.TZ`), or its setting alone where
    only one finding is about it.
    """
    wanted = text.split()
    open_ = [f for f in report.findings if f.rule[:2] not in _OWN]
    found = [
        f
        for f in open_
        if wanted in ([f.rule, f.setting], [f.name, f.setting], [f.setting], [f.rule])
    ]
    if len(found) == 1:
        return found[0]
    keys = [finding.key for finding in (found or open_)]
    near = (found and keys) or difflib.get_close_matches(text, keys, n=3, cutoff=0.3)
    raise UsageError(
        f"{'several findings are' if found else 'no finding is'} called {text!r}",
        detail="\n".join(near[:10]),
        next_step="`parity check` lists the findings; take RULE and setting of one",
    )


def accept(paths: ProjectPaths, rules: Catalogue, wanted: Acceptance) -> int:
    """Write the waiver into parity.toml, or renew the one that is there; returns its line."""
    if not wanted.reason.strip():
        raise UsageError("a waiver needs a reason", next_step='add --reason "…"')
    if wanted.until is not None and wanted.until < datetime.now(tz=UTC).date():
        raise UsageError(
            f"{wanted.until} is past: the waiver would accept nothing", next_step="name a later day"
        )
    rule = rules.get(wanted.rule)
    ensure_state(paths.state)
    with exclusive(paths.state / "accept.lock"):
        _write(paths, (rule.id, rule.name), wanted)
    return _line(paths, wanted.setting)


def _write(paths: ProjectPaths, names: tuple[str, str], wanted: Acceptance) -> None:
    document = _document(paths)
    table = _existing(document, names, wanted.setting)
    if table is None:
        table = _appended(document)
        table["rule"] = names[1]
        table["setting"] = wanted.setting
    table["reason"] = wanted.reason
    if wanted.owner:
        table["owner"] = wanted.owner
    if wanted.until is not None:
        table["expires"] = wanted.until
    else:
        table.pop("expires", None)
    text = document.as_string()
    if "\r\n" in text:
        text = re.sub(r"\r?\n", "\r\n", text)
    # A link stays one: what it leads to is written.
    write(resolved(paths.config), text, mode=paths.config.stat().st_mode & 0o777)


def write_baseline(paths: ProjectPaths, report: Report, *, until: date | None = None) -> int:
    """Accept every finding of a report in the baseline file; returns how many it now holds.

    What the file held and is still there stays: a report does not list what a baseline accepts.
    """
    import tomlkit

    document = tomlkit.document()
    rows = tomlkit.aot()
    today = datetime.now(tz=UTC).date()
    for rule, setting, reason in _rows(paths, report, f"there on {today}"):
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


def _existing(document: "TOMLDocument", names: tuple[str, ...], setting: str) -> Any:
    for table in document.get("waivers") or ():
        if table.get("rule") in names and table.get("setting") == setting:
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
    return next((n for n, line in enumerate(lines, start=1) if setting in line), 0)
