"""`parity ps`."""

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session


def ps(context: typer.Context, fmt: FormatOption = Format.TEXT, json: JsonOption = False) -> None:
    """List the stack's containers, how they are, and where they answer."""
    from parity.actions.ps import ps as act
    from parity.actions.stand import stand

    session = open_session(context)
    rows = act(session)
    if stand(session).pending:
        output.talk("a reset was not finished: `parity up` or `parity reset` finishes it")
    if wants_json(fmt, json):
        output.as_json({"schema": 1, "stack": session.identity.name, "containers": rows})
        return
    if not rows:
        output.talk(f"{session.identity.name} is not up: `parity up` starts it")
        return
    output.table(
        ([r["service"], r["name"], r["state"], r["address"], ", ".join(r["urls"])] for r in rows),
        ["SERVICE", "CONTAINER", "STATE", "ADDRESS", "URL"],
    )
