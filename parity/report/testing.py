"""One self-contained page of a test run: what failed and why, what the tests stood on, where the time went."""

import shlex
from collections.abc import Iterator
from importlib.resources import files

import parity
from parity.model.stack import GATEWAY
from parity.model.state import State
from parity.model.testing import OUTCOMES, Case, TestRun
from parity.report.html.markup import Markup, join, tag
from parity.report.html.page import policy
from parity.report.text import counted

_SLOWEST = 15
_KINDS = {"failed": "error", "error": "error", "skipped": "info", "xpassed": "warning"}


def page(run: TestRun, state: State | None, project: str, again: str) -> str:
    """The whole document."""
    style, script = _resource("html/page.css") + _resource("testing.css"), _resource("testing.js")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"tests of {project} · parity"),
        tag("style", Markup(style)),
    )
    brand = tag("span", "parity", class_="brand")
    toggle = tag("button", "Theme", type="button", id="theme", class_="quiet", hidden=True)
    top = tag(
        "header", brand, tag("span", f"tests of {project}", class_="sides"), toggle, class_="top"
    )
    foot = tag("footer", f"Written by parity {parity.__version__}. This page loads nothing.")
    main = tag("main", _answer(run, state, again), *_groups(run, state), _slowest(run))
    body = tag("body", top, main, foot, tag("script", Markup(script)))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _resource(name: str) -> str:
    return files("parity.report").joinpath(name).read_text(encoding="utf-8")


def headline(run: TestRun) -> str:
    """The answer in a sentence."""
    bad = run.count("failed") + run.count("error") + len(run.errors)
    total = counted(len(run.cases), "test")
    if bad:
        return f"{bad} of {total} failed"
    if not run.cases:
        return "No test ran"
    return (
        f"All {total} passed" if run.count("passed") == len(run.cases) else f"{total}, none failed"
    )


def _answer(run: TestRun, state: State | None, again: str) -> Markup:
    counts = " · ".join(f"{run.count(o)} {o}" for o in OUTCOMES if run.count(o))
    notes = [f"The state changed while it was used: {doubt}" for doubt in run.doubts]
    notes += ["It was interrupted: there may be more tests."] if run.interrupted else []
    return tag(
        "section",
        tag("h1", headline(run)),
        tag("p", f"{counts or 'nothing'} in {_seconds(run.seconds)}", class_="lead"),
        *(tag("p", note, class_="note") for note in notes),
        tag("div", _stood_on(run, state), _again(again), class_="panels"),
        class_="answer",
    )


def _stood_on(run: TestRun, state: State | None) -> Markup:
    rows = list(_facts(run, state))
    body = [tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in rows]
    table = tag("table", tag("tbody", *body), class_="facts")
    return tag("div", tag("h2", "What the tests stood on"), table, class_="card scroll")


def _facts(run: TestRun, state: State | None) -> Iterator[tuple[str, str | Markup]]:
    forks = len(run.on_forks)
    if state is None:
        yield "Start state", "none: forks began with nothing"
    else:
        yield "Start state", f"{state.name}, of {state.created}"
        yield "Digest", tag("code", state.digest)
        yield "Began from it", f"{run.proved} of {counted(forks, 'test')} on forks, proved"
        if forks > run.proved:
            yield "Shared a fork", f"{counted(forks - run.proved, 'test')} with earlier ones"
        if state.definition:
            yield "Definition", tag("code", state.definition)
        for service, image in sorted(state.images.items()):
            if service != GATEWAY:
                yield f"Image of {service}", tag("code", image)
    if forks < len(run.cases):
        yield "Without a fork", counted(len(run.cases) - forks, "test")


def _again(again: str) -> Markup:
    return tag("div", tag("h2", "The same again"), tag("pre", again, class_="again"), class_="card")


def _groups(run: TestRun, state: State | None) -> Iterator[Markup]:
    if run.errors:
        cards = [_unread(name, text) for name, text in run.errors]
        yield _group("Could not be collected", "error", cards)
    for outcome in OUTCOMES:
        cases = [case for case in run.cases if case.outcome == outcome]
        if cases:
            cards = [_card(case, state) for case in cases]
            yield _group(outcome.capitalize(), _KINDS.get(outcome, "passed"), cards)


def _group(title: str, kind: str, cards: list[Markup]) -> Markup:
    number = tag("span", str(len(cards)), class_="count")
    heading = tag("summary", tag("h2", title, " ", number))
    return tag("details", heading, *cards, class_=f"group {kind}", open=kind != "passed")


def _unread(name: str, text: str) -> Markup:
    heading = tag("summary", tag("code", name))
    return tag("details", heading, _pre(text), class_="finding error", open=True)


def _card(case: Case, state: State | None) -> Markup:
    kind = _KINDS.get(case.outcome, "passed")
    heading = tag(
        "summary", tag("code", case.name), " ", tag("span", _seconds(case.seconds), class_="muted")
    )
    return tag(
        "details",
        heading,
        tag("div", *_body(case, state), class_="body"),
        class_=f"finding {kind}",
        open=case.bad,
    )


def _body(case: Case, state: State | None) -> Iterator[Markup]:
    phases = " · ".join(f"{name} {_seconds(spent)}" for name, spent in case.durations.items())
    fork = case.told("parity.fork")
    began = f" · fork {fork}, from {case.told('parity.state') or 'nothing'}" if fork else ""
    worker = f" · {case.worker}" if case.worker else ""
    yield tag("p", f"{phases}{began}{worker}", class_="muted small")
    if case.text:
        yield _pre(case.text)
    for title, text in case.sections:
        opened = title.startswith("Log of service")
        yield tag("details", tag("summary", title), _pre(text), open=opened)
    if kept := case.told("parity.kept"):
        yield tag("div", tag("p", "Its fork is kept:"), _pre(kept))
    if case.bad:
        name = ["--state", state.name] if state else []
        yield tag("pre", shlex.join(["parity", "test", *name, "--", case.name]), class_="again")


def _slowest(run: TestRun) -> Markup | None:
    cases = sorted(run.cases, key=lambda case: -case.seconds)[:_SLOWEST]
    if len(cases) < 2:  # noqa: PLR2004 - one alone is no comparison
        return None
    most = cases[0].seconds or 1.0
    rows = [
        tag(
            "tr",
            tag("td", tag("code", case.name)),
            *(
                tag("td", _seconds(case.durations.get(p, 0.0)), class_="number")
                for p in ("setup", "call")
            ),
            tag("td", _bar(case.seconds / most), class_="wide"),
        )
        for case in cases
    ]
    heads = [tag("th", name, scope="col") for name in ("Test", "setup", "call", "")]
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows), class_="slowest")
    title = tag("h2", "Where the time went")
    return tag("div", title, table, class_="card scroll group")


def _pre(value: str) -> Markup:
    """A text of several lines; what drives a terminal is shown, line by line."""
    return tag("pre", join(value.splitlines(), between="\n"))


def _bar(share: float) -> Markup:
    value = tag("rect", class_="value", x="0", y="0", width=f"{share * 100:.1f}", height="8")
    rail = tag("rect", class_="rail", x="0", y="0", width="100", height="8")
    return tag(
        "svg",
        rail,
        value,
        class_="bar",
        viewBox="0 0 100 8",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"
