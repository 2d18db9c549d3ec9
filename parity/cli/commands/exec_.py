"""`parity exec`."""

import sys
from typing import Annotated

import typer

from parity.cli.completion import services
from parity.cli.state import open_session


def exec_(
    context: typer.Context,
    service: Annotated[
        str, typer.Argument(help="The service to run it in.", autocompletion=services)
    ],
    command: Annotated[list[str], typer.Argument(help="The command and its arguments.")],
    user: Annotated[str, typer.Option("--user", "-u", help="User to run it as.")] = "",
    index: Annotated[int, typer.Option(help="Which replica.")] = 0,
    no_tty: Annotated[
        bool, typer.Option("--no-tty", "-T", help="Do not allocate a terminal.")
    ] = False,
) -> None:
    """Run a command in a running service (Docker Compose runs it)."""
    from parity.actions.compose import execute

    session = open_session(context)
    terminal = sys.stdin.isatty() and not no_tty
    raise typer.Exit(execute(session, service, command, user=user, index=index, terminal=terminal))
