"""`parity run`."""

from typing import Annotated

import typer

from parity.cli.completion import services, states
from parity.cli.state import open_session, reporter
from parity.errors import UsageError


def run(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(help="The command and its arguments.")],
    fork: Annotated[
        bool, typer.Option("--fork", help="Make a fork for it, and remove that afterwards.")
    ] = False,
    state: Annotated[
        str,
        typer.Option(
            "--state",
            help="Start state of the fork. Default: the project's.",
            autocompletion=states,
        ),
    ] = "",
    empty: Annotated[
        bool, typer.Option("--empty", help="The fork begins with nothing, not with a state.")
    ] = False,
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            autocompletion=services,
            help="Fork only this service and what it needs; repeatable.",
        ),
    ] = None,
) -> None:
    """Run a command here with the stack's addresses: DATABASE_URL, PARITY_WEB_URL and the like."""
    from parity.actions.run import run as act
    from parity.actions.run import run_in_fork

    session = open_session(context)
    if not fork:
        if state or empty or service:
            raise UsageError(
                "`--state`, `--empty` and `--service` say what a fork is like",
                next_step="add `--fork`",
            )
        raise typer.Exit(act(session, command))
    if state and empty:
        raise UsageError("`--state` and `--empty` exclude each other", next_step="leave one out")
    progress = reporter(context)
    code = run_in_fork(
        session, command, state=state, empty=empty, services=service or (), progress=progress
    )
    raise typer.Exit(code)
