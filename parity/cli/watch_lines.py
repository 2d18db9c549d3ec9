"""A watch as lines: for logs, pipes and terminals that cannot redraw."""

from typing import TYPE_CHECKING, Any

from parity.cli.output import counted, visible

if TYPE_CHECKING:
    from parity.watch.told import Told

_MOST_DETAIL = 12


def lines(told: "Told") -> list[str]:
    """One thing that happened; nothing where only a view shows it. Further lines are indented."""
    return [visible(line) for line in _lines(told)]


def ready(data: Any) -> str:
    """What is watched, in one line."""
    rules, findings = data["rules"], data["findings"]
    code = (
        f"{counted(rules, 'rule')} for code"
        if rules
        else "no rules for code (develop.watch in the definition)"
    )
    found = f"{counted(findings, 'finding')} to begin with"
    return "; ".join([code, found, *data["urls"]])


def findings(data: Any) -> list[str]:
    """The new ones."""
    return [
        f"{row['severity']} {row['rule']} {row['setting']}: {row['message']}" for row in data["new"]
    ]


def problem(told: "Told") -> list[str]:
    """What went wrong, where, and what to do."""
    data = told.data
    found = [told.text.replace("\n", " ")]
    found += [f"   at: {data['where']}"] if data.get("where") else []
    detail = str(data.get("detail") or "").splitlines()
    found += [f"   | {line}" for line in detail[-_MOST_DETAIL:]]
    found += [f" next: {data['next']}"] if data.get("next") else []
    return found


def took(told: "Told") -> str:
    """The time from the save, behind a text."""
    return f"  ({told.seconds:.1f} s)" if told.seconds is not None else ""


def _lines(told: "Told") -> list[str]:
    """Changes stand at the margin, what follows from them is indented."""
    data = told.data
    first, rest = told.text + took(told), []
    match told.kind:
        case "services" | "testing":
            return []
        case "ready":
            return [f"{told.text} is watched: {ready(data)}"]
        case "change":
            return [f"changed: {told.text}"]
        case "findings":
            first, rest = f"findings: {told.text}", [f"  {row}" for row in findings(data)]
        case "broken" | "failed":
            first, *rest = problem(told)
            kind = "cannot be read, waiting until it can" if told.kind == "broken" else "failed"
            first = f"{kind}: {first}"
        case "tests":
            first = f"tests: {told.text}{took(told)}; again: {data['again']}"
        case _:
            pass
    return [f"  {line}" for line in (first, *rest)]
