"""`parity state`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parity.cli import output
from parity.cli.completion import states
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter

if TYPE_CHECKING:
    from parity.actions.state_ship import Shipped, Taken

state = typer.Typer(
    help="Take start states elsewhere, and have them from there.", no_args_is_help=True
)

_Reference = Annotated[
    str, typer.Argument(metavar="REF", help="Where in a registry: registry/repository:tag.")
]
_File = Annotated[Path, typer.Argument(metavar="FILE", help="A tar file (an OCI image layout).")]
_Which = Annotated[
    str,
    typer.Argument(
        metavar="[NAME]",
        help="State to take. Default: the one of that tag or file name, or the only one.",
        autocompletion=states,
    ),
]
_Name = Annotated[str, typer.Option("--name", help="Name for the state here. Default: its own.")]
_Over = Annotated[bool, typer.Option("--replace", help="Take the place of a state of that name.")]


@state.command("push")
def push(
    context: typer.Context,
    reference: _Reference,
    name: _Which = "",
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Send a start state to a registry; what is there already is not sent again."""
    from parity.actions import state_ship

    done = state_ship.push(open_session(context), reference, reporter(context), name=name)
    _shipped(done, machine=wants_json(fmt, json))


@state.command("pull")
def pull(
    context: typer.Context,
    reference: _Reference,
    name: _Name = "",
    replace: _Over = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Take a start state in from a registry: all of it, checked, or nothing."""
    from parity.actions import state_ship

    session = open_session(context)
    done = state_ship.pull(session, reference, reporter(context), name=name, over=replace)
    _taken(done, machine=wants_json(fmt, json))


@state.command("export")
def export(
    context: typer.Context,
    file: _File,
    name: _Which = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Also over a file that is no exported state.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Write a start state into a file."""
    from parity.actions import state_ship

    session = open_session(context)
    done = state_ship.export_state(session, file, reporter(context), name=name, over=replace)
    _shipped(done, machine=wants_json(fmt, json))


@state.command("import")
def import_(
    context: typer.Context,
    file: _File,
    name: _Name = "",
    replace: _Over = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Take a start state in from a file: all of it, checked, or nothing."""
    from parity.actions import state_ship

    session = open_session(context)
    done = state_ship.import_state(session, file, reporter(context), name=name, over=replace)
    _taken(done, machine=wants_json(fmt, json))


def _shipped(done: "Shipped", *, machine: bool) -> None:
    from dataclasses import asdict

    from parity.state.meter import megabytes

    if machine:
        row = {"name": done.state.name, "state": done.state.digest, "place": done.place}
        output.as_json({"schema": 1, **row, **asdict(done.sent)})
        return
    sent = done.sent
    output.data(f"{done.place}  {sent.digest}")
    output.talk(
        f"{done.state.name}: {output.counted(sent.layers, 'layer')}, {megabytes(sent.bytes)} MB; "
        f"{megabytes(sent.sent)} MB had to go"
    )


def _taken(done: "Taken", *, machine: bool) -> None:
    from dataclasses import asdict

    from parity.state.meter import megabytes

    for warning in done.warnings:
        output.talk(f"{output.paint('33', 'warning:')} {output.visible(warning)}")
    if machine:
        output.as_json({"schema": 1, **asdict(done.state), "warnings": list(done.warnings)})
        return
    found = done.state
    output.data(f"{found.name}  {found.digest}")
    output.talk(
        f"{found.name}: {output.counted(found.files, 'file')}, {megabytes(found.bytes)} MB; "
        f"`parity reset {found.name}` brings the stack to it"
    )
