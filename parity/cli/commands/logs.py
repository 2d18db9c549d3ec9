"""`parity logs`."""

from typing import Annotated

import typer

from parity.cli.completion import services as known
from parity.cli.state import open_session


def logs(
    context: typer.Context,
    services: Annotated[
        list[str] | None,
        typer.Argument(help="Services; all if none is named.", autocompletion=known),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Keep printing what comes.")
    ] = False,
    tail: Annotated[str, typer.Option("--tail", "-n", help="Lines from the end, or all.")] = "all",
    timestamps: Annotated[bool, typer.Option("--timestamps", "-t", help="Print times.")] = False,
) -> None:
    """Print the services' logs (Docker Compose prints them)."""
    from parity.actions.compose import logs as act

    session = open_session(context)
    code = act(session, services or [], follow=follow, tail=tail, timestamps=timestamps)
    raise typer.Exit(code)
