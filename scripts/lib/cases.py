"""Cases of rules: two small environments each, through the real comparison, and what a rule must say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity.diff.compare import compare
from parity.model.environment import Environment
from parity.model.finding import Finding, Report, Why
from parity.model.setting import Layer
from parity.rules.evaluate import evaluate
from parity.rules.registry import Catalogue
from parity.secrecy.conceal import conceal
from scripts.lib.paths import ROOT

CASES = ROOT / "tests" / "cases"
SERVICE = "web"
_SIDE = frozenset({"source", "silent"})
_KEYS = frozenset(
    {"name", "local", "production", "finds", "severity", "pairs", "layers", "not_checked"}
)


@dataclass(frozen=True)
class Case:
    """One row of a rule's table."""

    rule: str
    name: str
    local: Environment
    production: Environment
    finds: tuple[str, ...]
    """The culprits' settings, in any order; empty where the rule must be silent."""
    severity: str = ""
    """Of all its findings, where the table says so."""
    not_checked: bool = False
    pairs: Mapping[str, str] | None = None


def files() -> list[Path]:
    """The tables of all rules, in id order."""
    return sorted(CASES.glob("*.yaml"))


def load(file: Path) -> list[Case]:
    """The cases of one table. Raises ValueError for what is no table."""
    table = read(file)
    rule = table.get("rule")
    if rule != file.stem:
        raise ValueError(f"{file.name}: `rule` says {rule!r}")
    return [
        _case(file.stem, row, f"{file.name}, case {row.get('name')!r}") for row in table["cases"]
    ]


def read(file: Path) -> Any:
    """A YAML file as plain data."""
    import yaml

    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _case(rule: str, row: Mapping[str, Any], where: str) -> Case:
    if unknown := sorted(set(row) - _KEYS):
        raise ValueError(f"{where}: unknown {', '.join(unknown)}")
    not_checked = bool(row.get("not_checked"))
    if ("finds" in row) is not_checked:
        raise ValueError(f"{where}: says either `finds` or `not_checked: true`")
    layers = frozenset(Layer(name) for name in row.get("layers", [Layer.DECLARED]))
    sides = [
        environment(name, row[name] or {}, layers=layers, where=f"{where}, {name}")
        for name in ("local", "production")
    ]
    return Case(
        rule,
        str(row["name"]),
        sides[0],
        sides[1],
        tuple(row.get("finds") or ()),
        str(row.get("severity", "")),
        not_checked,
        row.get("pairs"),
    )


def environment(
    name: str,
    body: Mapping[str, Any],
    *,
    layers: frozenset[Layer] = frozenset({Layer.DECLARED}),
    where: str = "",
) -> Environment:
    """One side from a table: a document, or one service's body, which becomes service `web`.

    Beside `services`, a document may say the notation it was read from (`source`, else compose) and
    what that notation has no words for (`silent`).
    """
    own = {key: body[key] for key in _SIDE & set(body)} if "services" in body else {}
    document = {key: value for key, value in body.items() if key not in own}
    if "services" not in body:
        document = {"services": {SERVICE: {"image": "x:1", **body}}}
    document = {"name": "shop", **document}
    if wrong := list(uncanonical(document)):
        raise ValueError(f"{where or name}: not as `docker compose config` prints it: {wrong[0]}")
    silent = frozenset(own.get("silent", ()))
    source = str(own.get("source", "compose"))
    return Environment(name, source, (), document, layers=layers, silent=silent)


_LISTS_OF_TABLES = ("ports", "volumes", "configs", "secrets")
_LISTS_OF_TEXTS = ("command", "entrypoint", "cap_add", "cap_drop", "security_opt", "expose")
_TABLES = ("environment", "networks", "depends_on", "labels", "deploy", "healthcheck", "logging")


def uncanonical(document: Mapping[str, Any]) -> Iterator[str]:
    """What is written in Compose's short forms, or was read by YAML as something else than text."""
    for name, service in document["services"].items():
        for key, kind in (
            *((key, list) for key in (*_LISTS_OF_TABLES, *_LISTS_OF_TEXTS)),
            *((key, dict) for key in _TABLES),
        ):
            if not isinstance(service.get(key, kind()), (kind, type(None))):
                yield f"{name}.{key} is no {'list' if kind is list else 'table'}"
        for key in _LISTS_OF_TABLES:
            if any(not isinstance(row, dict) for row in service.get(key) or ()):
                yield f"{name}.{key} is in the short form"
        for key in _LISTS_OF_TEXTS:
            if any(not isinstance(word, str) for word in service.get(key) or ()):
                yield f"{name}.{key} holds what is no text: quote it"
        variables = service.get("environment") or {}
        for variable in variables if isinstance(variables, dict) else ():
            if not isinstance(variables[variable], str | None):
                yield f"{name}.environment.{variable} is no text: quote it"


def judge(
    local: Environment,
    production: Environment,
    catalogue: Catalogue,
    *,
    pairs: Mapping[str, str] | None = None,
) -> Report:
    """The report on two environments, as `parity diff` makes it."""
    return evaluate(compare(*conceal(local, production), pairs=pairs), catalogue)


def fitting(catalogue: Catalogue, rule: str) -> Catalogue:
    """The rules a case runs with: all, or, for a generic rule, the generic ones alone.

    What a generic rule says in general must not depend on which particular rules there are.
    """
    if catalogue.get(rule).generic:
        return Catalogue(tuple(each for each in catalogue.rules if each.generic))
    return catalogue


def said_by(rule: str, report: Report) -> list[Finding]:
    """A rule's findings, with those that stood back since another rule said more of the setting."""
    back = [folded.finding for folded in report.folded if folded.why is Why.SAID]
    return [finding for finding in (*report.findings, *back) if finding.rule == rule]


def mistakes(case: Case, catalogue: Catalogue) -> list[str]:
    """In what a rule does not do what its case says; empty if all is well."""
    report = judge(case.local, case.production, fitting(catalogue, case.rule), pairs=case.pairs)
    if case.not_checked:
        unchecked = {row.rule for row in report.not_checked}
        return [] if case.rule in unchecked else [f"{case.rule} is not reported as not checked"]
    found = said_by(case.rule, report)
    wrong = list(_wording(found))
    if sorted({f.setting for f in found}) != sorted(set(case.finds)):
        wrong.append(f"finds {_settings(found)}, wanted {sorted(case.finds)}")
    if case.severity and {f.severity.value for f in found} - {case.severity}:
        wrong.append(f"severity {sorted({f.severity.value for f in found})}")
    return wrong


def _settings(found: Sequence[Finding]) -> list[str]:
    return sorted({finding.setting for finding in found})


def _wording(found: Iterable[Finding]) -> Iterator[str]:
    for finding in found:
        for name, text in (("message", finding.message), ("fix", finding.fix)):
            if not text or text != text.strip() or (name == "message" and text.endswith(".")):
                yield f"{name} {text!r}"
            if "absent" in text or "Hidden(" in text or "None" in text.split():
                yield f"{name} shows what is not for people: {text!r}"
