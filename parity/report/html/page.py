"""The page: head with its security policy, answer, filters, findings, what is folded."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files

import parity
from parity.model.finding import Report, Severity
from parity.report.alike import Alike, merged
from parity.report.contract import Options
from parity.report.html.answer import answer
from parity.report.html.findings import FindingCards
from parity.report.html.folded import folded_section, unchecked_section
from parity.report.html.markup import Markup, join, tag
from parity.report.text import counted

_OPEN = 8
"""Findings that are unfolded when the page opens."""


def page(report: Report, options: Options) -> str:
    """The whole document."""
    style, script = _resource("page.css"), _resource("page.js")
    title = f"{report.left.name} and {report.right.name} · parity"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", style),
    )
    body = tag("body", _top(report), _main(report, options), _foot(), tag("script", script))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _resource(name: str) -> Markup:
    return Markup(files("parity.report.html").joinpath(name).read_text(encoding="utf-8"))


def policy(style: str, script: str) -> str:
    """Only this style and this script: a value that slipped through as markup could do nothing."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _top(report: Report) -> Markup:
    title = join((report.left.name, tag("span", "→", class_="arrow"), report.right.name))
    toggle = tag(
        "button",
        "Theme",
        type="button",
        id="theme",
        class_="quiet",
        hidden=True,
        title="Dark or light",
    )
    brand = tag("span", "parity", class_="brand")
    return tag("header", brand, tag("span", title, class_="sides"), toggle, class_="top")


def _main(report: Report, options: Options) -> Markup:
    cards = FindingCards(report, options)
    groups = []
    opened = 0
    for title, kind, found in _grouped(report):
        cut = max(0, _OPEN - opened)
        made = [cards.card(alike, opened=index < cut) for index, alike in enumerate(found)]
        opened += len(found)
        groups.append(_group(title, kind, made, sum(len(alike.services) for alike in found)))
    return tag(
        "main",
        answer(report, options),
        _filters(report) if report.findings or report.folded else None,
        *groups,
        tag("p", "Nothing fits the filter.", id="none", class_="empty", hidden=True),
        folded_section(report, options),
        unchecked_section(report),
    )


def _grouped(report: Report) -> Iterator[tuple[str, str, list[Alike]]]:
    """Title, class and findings of each group: what explains the symptom, then by severity."""
    names = {Severity.ERROR: "Errors", Severity.WARNING: "Warnings", Severity.INFO: "Infos"}
    found = merged(report.findings)
    if first := [alike for alike in found if alike.finding.explains]:
        yield "May explain the symptom", "symptom", first
    rest = [alike for alike in found if not alike.finding.explains]
    for severity in Severity:
        if group := [alike for alike in rest if alike.finding.severity is severity]:
            yield names[severity], severity.value, group


def _group(title: str, kind: str, cards: list[Markup], total: int) -> Markup:
    number = tag("span", f"{total:,}", class_="count")
    heading = tag("summary", tag("h2", title, " ", number))
    return tag("details", heading, *cards, class_=f"group {kind}", open=True)


def _filters(report: Report) -> Markup:
    """Hidden until the script runs: without it the page is whole, but not searchable."""
    search = tag(
        "input",
        type="search",
        id="search",
        placeholder="Search settings, values, files, rules",
        aria_label="Search",
        autocomplete="off",
        spellcheck="false",
    )
    choices = [
        _severity_button(severity, report) for severity in Severity if report.count(severity)
    ]
    services = sorted({finding.service for finding in report.findings if finding.service})
    options = [tag("option", "All services", value="")]
    options += [tag("option", name, value=name) for name in services]
    chooser = tag("select", *options, id="service", aria_label="Service")
    folds = [
        tag("button", word, type="button", class_="quiet", id=name)
        for word, name in (("Unfold all", "unfold"), ("Fold all", "fold"))
    ]
    shown = tag("span", counted(len(report.findings), "finding"), id="shown", role="status")
    return tag(
        "div",
        search,
        tag("span", *choices, class_="choices", role="group", aria_label="Severity"),
        chooser if len(services) > 1 else None,
        tag("span", *folds, class_="choices"),
        shown,
        class_="filters",
        id="filters",
        hidden=True,
    )


def _severity_button(severity: Severity, report: Report) -> Markup:
    label = counted(report.count(severity), severity.value)
    return tag(
        "button",
        label,
        type="button",
        class_=f"choice {severity}",
        data_choice=severity.value,
        aria_pressed="true",
    )


def _foot() -> Markup:
    keys = (" · ", tag("kbd", "/"), " search · ", tag("kbd", "j"), " ", tag("kbd", "k"))
    hint = tag("span", *keys, " next, previous", id="keys", hidden=True)
    return tag("footer", f"parity {parity.__version__}", hint)
