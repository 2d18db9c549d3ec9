"""`parity explain`."""

from typing import Annotated

import typer

from parity.cli import output
from parity.cli.completion import rules
from parity.cli.options import Format, FormatOption, JsonOption, wants_json


def explain(
    rule: Annotated[
        str,
        typer.Argument(
            help="Id or name of a rule; without one, all are listed.", autocompletion=rules
        ),
    ] = "",
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Say what a rule compares, why it matters, and what to do."""
    from parity.actions import explain as action

    machine = wants_json(fmt, json)
    if not rule:
        rows = [
            {
                "id": r.id,
                "name": r.name,
                "severity": r.severity.value,
                "says": r.page.split("\n")[0],
            }
            for r in action.rules()
        ]
        if machine:
            output.as_json({"schema": 1, "rules": rows})
        else:
            headings = ("RULE", "SEVERITY", "NAME", "SAYS")
            output.table([(r["id"], r["severity"], r["name"], r["says"]) for r in rows], headings)
        return
    found = action.explain(rule)
    if machine:
        output.as_json(
            {
                "schema": 1,
                "id": found.id,
                "name": found.name,
                "severity": found.severity.value,
                "reads": [layer.value for layer in found.reads],
                "aliases": list(found.aliases),
                "page": found.page,
            }
        )
        return
    output.data(f"{output.paint('1', found.id)}  {found.name}  ({found.levels})\n\n{found.page}")
