"""`parity reset`."""

from typing import Annotated

import typer

from parity.cli import output
from parity.cli.completion import states
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter


def reset(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            autocompletion=states, help="Start state. Default: the one the stack began from."
        ),
    ] = "",
    keep: Annotated[
        bool, typer.Option("--keep", help="Where a declared state cannot be built: keep its fork.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Bring the stack's data back to a start state; only what holds data is replaced."""
    from dataclasses import asdict

    from parity.actions.reset import reset as act

    session = open_session(context)
    result = act(session, name, reporter(context), keep=keep)
    if wants_json(fmt, json):
        output.as_json(
            {"schema": 1, "state": asdict(result.state), "services": list(result.services)}
        )
        return
    made = f"{', '.join(result.services)} made again" if result.services else "nothing had changed"
    output.talk(f"{session.identity.name} stands on {result.state.name}: {made}")
