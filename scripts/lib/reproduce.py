"""Reproduce documented incidents on the engine: does parity name the culprit between the running stacks?"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import docker

from scripts.lib import engine, incident_stacks
from scripts.lib.errors import SetupError
from scripts.lib.incident_stacks import SIDES, Incident
from scripts.lib.paths import ROOT
from scripts.lib.progress import Progress

PAGE: Final = ROOT / "docs" / "incidents.md"
FIRST: Final = 3
"""The culprit must be among this many findings."""
_SECONDS: Final = 180
_ROW: Final = re.compile(r"^\| \[([a-z0-9-]+)\]\(.*\|$", re.MULTILINE)
_WIDTH: Final = 90
_RANK: Final = re.compile(r"\| (\d+) of \d+ \|")


@dataclass(frozen=True)
class Outcome:
    """How one incident went: `rank` counts from 1, 0 where the culprit is not among the findings."""

    incident: Incident
    broken: str
    """What was not as documented; empty where it was reproduced."""
    code: int
    rank: int
    findings: int
    rule: str
    setting: str
    seconds: float
    said: str = ""
    """What the side that fails said."""
    listed: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Reproduced, and its culprit among the first findings."""
        return not self.broken and 0 < self.rank <= FIRST


def reproduce(client: docker.DockerClient, incident: Incident) -> Outcome:
    """Bring both sides up, try them, compare them, take them down."""
    begun = time.monotonic()
    try:
        with incident_stacks.running(client, incident):
            with ThreadPoolExecutor(len(SIDES)) as pool:
                tried = list(
                    pool.map(lambda side: incident_stacks.attempt(client, incident, side), SIDES)
                )
            answers = dict(zip(SIDES, tried, strict=True))
            broken = "; ".join(
                f"{side} said: {said.code} {said.text[-600:]!r}"
                for side, (fine, said) in answers.items()
                if not fine
            )
            code, report = diff(incident)
    except SetupError as error:
        return Outcome(incident, f"{error.what} {error.detail}", 0, 0, 0, "", "", _since(begun))
    return judged(incident, broken, code, report, _since(begun), answers[incident.fails][1].text)


def _since(begun: float) -> float:
    return time.monotonic() - begun


def configuration(incident: Incident) -> str:
    """parity.toml: the two definitions, and the projects that their containers run as."""
    lines = ["[project]", 'name = "incident"', "", "[local]", 'environment = "prod"']
    for side in SIDES:
        lines += ["", f"[environments.{side}]", f'project = "{incident.project(side)}"']
        lines += [f"files = [{json.dumps(str(incident.folder / f'{side}.yaml'))}]"]
    return "\n".join(lines) + "\n"


def diff(incident: Incident) -> tuple[int, Mapping[str, Any]]:
    """Exit code and report of `parity diff` between the two that run."""
    with tempfile.TemporaryDirectory(prefix="incident-") as folder:
        (Path(folder) / "parity.toml").write_text(configuration(incident), encoding="utf-8")
        words = ["diff", *SIDES, "--layers", "all", "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "parity", *words],
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    if done.returncode not in (0, 1):
        raise SetupError("parity diff failed.", detail=done.stderr, next_step="mend that.")
    report: Mapping[str, Any] = json.loads(done.stdout)
    return done.returncode, report


def judged(
    incident: Incident,
    broken: str,
    code: int,
    report: Mapping[str, Any],
    seconds: float,
    said: str,
) -> Outcome:
    """Where the culprit stands in a report."""
    findings = report["findings"]
    rank, rule, setting = 0, "", ""
    for number, finding in enumerate(findings, 1):
        if any(fnmatch.fnmatchcase(finding["setting"], one) for one in incident.culprit):
            rank, rule, setting = number, finding["rule"], finding["setting"]
            break
    listed = tuple(f"{one['rule']} {one['setting']}: {one['message']}" for one in findings[:8])
    notes = tuple(f"note: {note}" for note in report.get("notes", ()))
    return Outcome(
        incident, broken, code, rank, len(findings), rule, setting, seconds, said, listed + notes
    )


def line(row: Outcome, width: int) -> str:
    """One row of what the script prints."""
    incident = row.incident
    mark = " " if row.good else "!"
    rank = f"{row.rank or '-':>2} of {row.findings:<3}"
    what = f"{incident.works():<4} {incident.fails:<4}"
    return (
        f"{mark} {incident.id:<{width}}  {incident.subject:<17}  {what}  {rank} {row.rule:<5}  "
        f"{row.code}  {row.seconds:5.1f} s"
    )


def page(rows: Sequence[Outcome], before: str = "") -> str:
    """docs/incidents.md, with the rows that it had of incidents that were not run now."""
    kept = {match[1]: match[0] for match in _ROW.finditer(before)}
    now = {row.incident.id: f"| {' | '.join(_cells(row))} |" for row in rows}
    found = {**kept, **now}
    lines = [
        found[name] for name in sorted(found) if name in now or name in incident_stacks.known()
    ]
    return "\n".join((*_head(lines), *lines)) + "\n"


def _head(lines: Sequence[str]) -> Iterator[str]:
    ranks = [int(match[1]) for line in lines if (match := _RANK.search(line))]
    yield "<!-- Written by scripts/reproduce --write. Source: stacks/incidents/ -->"
    yield ""
    yield "# Incidents, reproduced"
    yield ""
    yield "Documented incidents as two small stacks that run side by side on the engine, with differences that any"
    yield "two environments have around the one that matters. A command works in one and fails, or gives another"
    yield "answer, in the other; then `parity diff dev prod --layers all` reads both. The rank is the culprit's place"
    yield "among the findings. `scripts/reproduce [ID …]` runs them, `stacks/incidents/` has them."
    yield ""
    yield (
        f"{len(lines)} incidents: the culprit is among the first {FIRST} findings for "
        f"{sum(rank <= FIRST for rank in ranks)}, the first of them for {sum(rank == 1 for rank in ranks)}."
    )
    yield ""
    yield "| Incident | Subject | Works in | Fails in | It says | Culprit | Rule | Rank | Exit code | Seconds |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"


def _cells(row: Outcome) -> Iterator[str]:
    incident = row.incident
    yield f"[{incident.id}](../stacks/incidents/{incident.id}/incident.toml): {incident.title}"
    yield from (incident.subject, incident.works(), incident.fails)
    yield f"`{_short(incident, row.said)}`" if row.said else ""
    yield f"`{row.setting}`" if row.setting else "not named"
    yield f"[{row.rule}](rules/{row.rule}.md)" if row.rule else ""
    yield from (f"{row.rank or '-'} of {row.findings}", str(row.code), f"{row.seconds:.0f}")


def _short(incident: Incident, text: str) -> str:
    """The line in which it says what it is known to say, from there on where the line is long."""
    match = re.search(incident.wrong, text, re.MULTILINE)
    if match is None:
        return ""
    begin = text.rfind("\n", 0, match.start()) + 1
    found = text[begin:].partition("\n")[0].strip()
    found = found if len(found) <= _WIDTH else text[match.start() :].partition("\n")[0].strip()
    return found[:_WIDTH].replace("`", "'").replace("|", "/")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/reproduce",
        description="Reproduce documented incidents on the engine, two stacks each, and let "
        "`parity diff` look for the cause.",
        epilog=f"Exit codes: 0 where all are reproduced and every culprit is among the first {FIRST} "
        "findings, else 1; 2 usage, 3 no engine.",
    )
    parser.add_argument("id", nargs="*", help="incidents; all where none is named")
    parser.add_argument("--list", action="store_true", help="name them and end")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    parser.add_argument(
        "--write", action="store_true", help="write docs/incidents.md, of what was run"
    )
    parser.add_argument("--findings", action="store_true", help="print the first findings of each")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run by scripts/reproduce."""
    chosen = _options(arguments)
    if chosen.list:
        sys.stdout.writelines(f"{name}\n" for name in incident_stacks.known())
        return 0
    # Ended by a signal, what runs is taken down as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    try:
        rows = _all(chosen)
    except SetupError as error:
        sys.stderr.write(error.render("scripts/reproduce"))
        return error.exit_code
    good = sum(row.good for row in rows)
    sys.stdout.write(f"{good} of {len(rows)} reproduced with the culprit among the first {FIRST}\n")
    if chosen.write:
        before = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
        PAGE.write_text(page([row for row in rows if not row.broken], before), encoding="utf-8")
    return 0 if good == len(rows) else 1


def _all(chosen: argparse.Namespace) -> list[Outcome]:
    incidents = [incident_stacks.load(name) for name in chosen.id or incident_stacks.known()]
    width = max(len(incident.id) for incident in incidents)
    progress = Progress(plain=True)
    with progress.step("engine", "looking for one") as step:
        client = engine.connect(step, start=False)
    incident_stacks.ensure_images(client, incidents, progress)

    def one(incident: Incident) -> Outcome:
        row = reproduce(client, incident)
        more = [f"    {text}" for text in row.listed] if chosen.findings or not row.good else []
        more += [f"    {row.broken}"] if row.broken else []
        sys.stdout.write("\n".join([line(row, width), *more]) + "\n")
        sys.stdout.flush()
        return row

    pool = ThreadPoolExecutor(max(1, chosen.jobs))
    try:
        return list(pool.map(one, incidents))
    finally:
        # After an interrupt those that run are taken down, and no other one begins.
        pool.shutdown(cancel_futures=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
