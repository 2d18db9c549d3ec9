"""`parity save`."""

from typing import Annotated

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter


def save(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the start state.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of a state of that name.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Seal the data of the running stack, all of it at one instant, as a start state."""
    from dataclasses import asdict

    from parity.actions.save import save as act

    session = open_session(context)
    made = act(session, name, reporter(context), replace=replace)
    if wants_json(fmt, json):
        output.as_json({"schema": 1, **asdict(made)})
        return
    output.talk(f"{made.name}: {made.files} files, {made.bytes / 1e6:.1f} MB, {made.digest[:19]}")
