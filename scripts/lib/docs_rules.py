"""docs/rules/: a page for each rule, written from its docstring, and the table of all."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from parity.rules.contract import Rule
from parity.rules.registry import catalogue
from scripts.lib.docs_text import code, page, table

_HEADING = re.compile(r"^([A-Z][\w ]*):$")
_SIDE = re.compile(r"^[a-z][\w -]*: ")
_SOURCE = "parity/rules/"
_INTRODUCTION = (
    "What `parity diff` and `parity check` look for. Each rule comes from a documented incident or a",
    "specification, which its page names. `parity explain EN003` prints a page, `[rules]` in",
    "[parity.toml](../parity-toml.md) changes a severity or switches a rule off, and",
    "[a waiver](../check.md) accepts one finding.",
    "",
    "Severity: **error** breaks or silently does something else, **warning** breaks under load, over time",
    "or on some input, **info** differs. Silent: what goes wrong gives no error message. A rule whose",
    "layers were not read on both sides is reported as not checked.",
)


def rule_pages() -> dict[str, str]:
    """Path below docs/ -> text, of all rules' pages and the index."""
    rules = catalogue().rules
    return {"rules/index.md": index(rules), **{f"rules/{r.id}.md": rule_page(r) for r in rules}}


def index(rules: tuple[Rule, ...]) -> str:
    """docs/rules/index.md."""
    lines = ["# Rules", "", *_INTRODUCTION, "", f"{len(rules)} rules.", ""]
    rows = [
        (
            f"[{rule.id}]({rule.id}.md)",
            code(rule.name),
            rule.severity.value,
            ", ".join(rule.reads),
            "yes" if rule.silent else "",
            rule.since,
            f"[{file_of(rule)}](../../{_SOURCE}{file_of(rule)})",
        )
        for rule in rules
    ]
    headings = ("Rule", "Name", "Severity", "Layers", "Silent", "Since", "Source")
    return page([*lines, *table(headings, rows)], source=_SOURCE)


def rule_page(rule: Rule) -> str:
    """docs/rules/<ID>.md."""
    file = f"{_SOURCE}{file_of(rule)}"
    facts = [
        ("Severity", rule.levels),
        ("Layers", ", ".join(rule.reads)),
        ("Silent", "yes: what goes wrong gives no error message" if rule.silent else "no"),
        ("Since", rule.since),
        ("Source", f"[{file}](../../{file})"),
    ]
    if rule.aliases:
        facts.insert(0, ("Also known as", ", ".join(map(code, rule.aliases))))
    lines = [f"# {rule.id} {rule.name}", "", *_body(rule.page), "## Facts", ""]
    return page([*lines, *table(("", ""), facts)], source=file)


def file_of(rule: Rule) -> str:
    """The file below parity/rules/ that holds a rule."""
    return rule.function.__module__.partition("parity.rules.")[2].replace(".", "/") + ".py"


def _body(text: str) -> Iterator[str]:
    """The docstring with its headings as Markdown's, and the example as a list."""
    for part in text.split("\n\n"):
        heading, _, rest = part.partition("\n")
        match = _HEADING.match(heading)
        if match is None:
            yield from (*part.splitlines(), "")
            continue
        lines = textwrap.dedent(rest).splitlines()
        yield from (f"## {match[1]}", "")
        yield from _listed(lines) if match[1] == "Example" else lines
        yield ""


def _listed(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield f"- {line}" if _SIDE.match(line) else f"  {line}"
