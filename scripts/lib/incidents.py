"""Documented incidents as pairs of small environments among realistic noise: is the culprit named?

Each file of tests/cases/incidents/ holds what an incident's two environments had in their definitions,
and the settings that were to blame. Around it stand the services that every such pair has, with the
differences that two environments have by nature. The culprit must be among the first three findings.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from parity.model.document import Document, parse
from parity.model.environment import Environment
from parity.model.facts import EXTENSION, FACTS
from parity.model.finding import Finding, Report
from parity.model.setting import Layer
from parity.rules.registry import Catalogue, catalogue
from scripts.lib.cases import CASES, environment, judge, read

INCIDENTS = CASES / "incidents"
NOISE = INCIDENTS / "noise.yaml"
_DECLARED = frozenset({Layer.DECLARED})
FIRST = 3
"""The culprit must be among this many findings."""
WANTED = 95
"""Percent of the incidents."""


@dataclass(frozen=True)
class Incident:
    """One incident: two environments and the settings to blame, any of which will do."""

    id: str
    subject: str
    local: Environment
    production: Environment
    culprits: tuple[str, ...]
    rules: tuple[str, ...] = ()
    """Rules of which one should name it; any, where empty."""
    pairs: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Outcome:
    """How it went: `rank` counts from 1, 0 where the culprit is not among the findings."""

    incident: Incident
    rank: int
    finding: Finding | None
    findings: int

    @property
    def named(self) -> bool:
        """Whether the culprit is among the first findings."""
        return 0 < self.rank <= FIRST


def files() -> list[Path]:
    """The incidents' files, in order of their ids."""
    return sorted(file for file in INCIDENTS.glob("*.yaml") if file != NOISE)


def load(file: Path) -> Incident:
    """One incident amid the noise. Raises ValueError for what is no incident."""
    row = read(file)
    if row.get("incident") != file.stem:
        raise ValueError(f"{file.name}: `incident` says {row.get('incident')!r}")
    culprits = tuple(row["culprit"])
    for culprit in culprits:
        parse(culprit)
    layers = frozenset(Layer(name) for name in row.get("layers", [Layer.DECLARED]))
    return Incident(
        file.stem,
        row["subject"],
        side("local", row["local"], layers),
        side("production", row["production"], layers),
        culprits,
        tuple(row.get("rules", ())),
        row.get("pairs"),
    )


def side(name: str, body: Mapping[str, Any], layers: frozenset[Layer] = _DECLARED) -> Environment:
    """One environment: the incident's services amid those of the noise."""
    given = deepcopy(dict(body))
    source = given.get("source", "compose")
    silent = given.setdefault("silent", sorted(_silent(source)))
    noise = deepcopy(read(NOISE)[name])
    noise["services"] = {n: _spoken(s, silent) for n, s in noise["services"].items()}
    if source != "compose":
        noise = {"services": noise["services"]}
    return environment(name, _merged(noise, given), layers=layers, where=name)


def _silent(source: str) -> frozenset[str]:
    """What a notation has no words for."""
    module = import_module(f"parity.sources.{source}")
    silent: frozenset[str] = getattr(module, "SILENT", frozenset())
    return silent


def _spoken(service: Document, silent: Sequence[str]) -> Document:
    """A service without what the notation of its environment cannot say; facts are none of its words."""
    for pattern in silent:
        *above, last = pattern.split(".")
        at: Any = service
        for part in above:
            at = at.get(part) if isinstance(at, dict) else None
        if isinstance(at, dict):
            gone = at.pop(last, None)
            if pattern == EXTENSION and isinstance(gone, dict) and FACTS in gone:
                at[last] = {FACTS: gone[FACTS]}  # What is read beside it no notation has to say.
    return service


def _merged(below: Document, above: Mapping[str, Any]) -> Document:
    """Tables merged, everything else of `above` as it is."""
    both = dict(below)
    for key, value in above.items():
        known = both.get(key)
        both[key] = (
            _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
        )
    return both


def noise(
    local: str = "compose",
    production: str = "compose",
    layers: frozenset[Layer] = _DECLARED,
) -> tuple[Environment, Environment]:
    """The noise alone, in two notations, as far as some layers show it."""
    one = side("local", {"source": local}, layers)
    return one, side("production", {"source": production}, layers)


def outcome(incident: Incident, rules: Catalogue) -> Outcome:
    """Where the culprit stands among the findings."""
    report = judge(incident.local, incident.production, rules, pairs=incident.pairs)
    rank, finding = _rank(incident, report)
    return Outcome(incident, rank, finding, len(report.findings))


def _rank(incident: Incident, report: Report) -> tuple[int, Finding | None]:
    for number, finding in enumerate(report.findings, 1):
        by = not incident.rules or finding.rule in incident.rules
        if by and finding.setting in incident.culprits:
            return number, finding
    return 0, None


def outcomes(rules: Catalogue | None = None) -> list[Outcome]:
    """All incidents, judged."""
    rules = rules or catalogue()
    return [outcome(load(file), rules) for file in files()]


def table(rows: Sequence[Outcome]) -> Iterator[str]:
    """What the script prints: a line each, then the score by subject and in total."""
    width = max(len(row.incident.id) for row in rows)
    for row in rows:
        rank = str(row.rank) if row.rank else "-"
        mark = " " if row.named else "!"
        what = f"{row.finding.rule} {row.finding.setting}" if row.finding else "not named"
        yield f"{mark} {row.incident.id:<{width}}  {rank:>2} of {row.findings:<2}  {what}"
    yield ""
    for subject in sorted({row.incident.subject for row in rows}):
        yield _score(subject, [row for row in rows if row.incident.subject == subject])
    yield _score("all", rows)


def _score(name: str, rows: Sequence[Outcome]) -> str:
    named = sum(row.named for row in rows)
    return f"{name:<18} {named:>3} of {len(rows):>3}  {percent(rows):>5.1f} %"


def percent(rows: Sequence[Outcome]) -> float:
    """Incidents whose culprit is among the first findings, of a hundred."""
    return 100 * sum(row.named for row in rows) / len(rows)


def main(arguments: Sequence[str]) -> int:
    """Run by scripts/incidents; 1 where too few culprits are named, or the noise says something."""
    options = argparse.ArgumentParser(
        prog="scripts/incidents",
        description=f"For each documented incident that definitions can show: is the culprit among the "
        f"first {FIRST} findings, amid the noise of real environments?",
        epilog=f"Exit codes: 0 at {WANTED} % and no finding in the noise alone, else 1; 2 usage.",
    )
    options.parse_args(arguments)
    rules = catalogue()
    rows = outcomes(rules)
    for line in table(rows):
        sys.stdout.write(f"{line}\n")
    loud = judge(*noise(layers=frozenset(Layer)), rules).findings
    for finding in loud:
        sys.stdout.write(f"noise: {finding.key}: {finding.message}\n")
    sys.stdout.write(f"{'noise alone':<18} {len(loud):>3} findings\n")
    return 0 if percent(rows) >= WANTED and not loud else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
