"""`parity drop`."""

from typing import Annotated

import typer

from parity.cli import output
from parity.cli.completion import states
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter


def drop(
    context: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(help="Start states: names, ids or digests.", autocompletion=states),
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Even if stacks or forks began from them.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Take start states away, with their data. One that is in use is refused."""
    from parity.actions.drop import drop as act

    session = open_session(context)
    result = act(session, names, reporter(context), force=force)
    if wants_json(fmt, json):
        gone = [{"name": state.name, "id": state.id} for state in result.states]
        output.as_json({"schema": 1, "dropped": gone, "freed": result.freed})
        return
    gone_names = ", ".join(state.name for state in result.states)
    output.talk(f"{gone_names}: gone, {output.size(result.freed)} freed")
