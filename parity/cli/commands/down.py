"""`parity down`."""

from typing import Annotated

import typer

from parity.cli import output
from parity.cli.completion import forks
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter


def down(
    context: typer.Context,
    volumes: Annotated[
        bool, typer.Option("--volumes", "-v", help="Remove the stack's data too.")
    ] = False,
    fork: Annotated[
        list[str] | None,
        typer.Option(
            "--fork",
            help="Remove this fork, with its data, and not the stack; repeatable.",
            autocompletion=forks,
        ),
    ] = None,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Remove the stack's containers and networks; its data stays unless --volumes."""
    if fork:
        _forks(context, fork, as_json=wants_json(fmt, json))
        return
    from dataclasses import asdict

    from parity.actions.down import down as act

    session = open_session(context)
    result = act(session, reporter(context), volumes=volumes)
    if wants_json(fmt, json):
        output.as_json({"schema": 1, "stack": session.identity.name, **asdict(result)})
        return
    if result.forks:
        output.talk(_staying(result.forks))
    if not (result.containers or result.networks or result.volumes):
        output.talk(f"{session.identity.name}: nothing was there")
        return
    kept = "" if volumes else "; its data stays (--volumes removes it)"
    removed = output.counted(len(result.containers), "container")
    if result.volumes:
        removed += f" and {output.counted(len(result.volumes), 'volume')} with all data"
    output.talk(f"{session.identity.name}: {removed} removed{kept}")


def _staying(forks: tuple[str, ...]) -> str:
    """That forks stay, and the command that ends them."""
    ends = " ".join(f"--fork {name}" for name in forks)
    verb = "stays" if len(forks) == 1 else "stay"
    return f"{output.counted(len(forks), 'fork')} of it {verb}: `parity down {ends}`"


def _forks(context: typer.Context, names: list[str], *, as_json: bool) -> None:
    from parity.actions.fork import find, release

    session = open_session(context)
    gone = release(session, [find(session, name).name for name in names], reporter(context))
    if as_json:
        output.as_json({"schema": 1, "stack": session.identity.name, "forks": list(gone)})
        return
    output.talk(
        f"{session.identity.name}: {output.counted(len(gone), 'fork')} with all data removed"
    )
