"""`parity devcontainer`."""

from typing import TYPE_CHECKING, Annotated

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter
from parity.errors import ParityError

if TYPE_CHECKING:
    from parity.actions.devcontainer import Definition

devcontainer = typer.Typer(
    help="Work with an editor in a service of the stack.", invoke_without_command=True
)
_NEXT = "take over by hand what you want of it, or move the file away and run this again"


@devcontainer.callback()
def define(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 where something is missing.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Write .devcontainer/ for the service of [devcontainer]. What is there already is never
    overwritten: the difference is shown, and the exit code is 1.
    """
    if context.invoked_subcommand is not None:
        return
    from parity.actions import devcontainer as action

    done = action.define(open_session(context), check=check)
    if wants_json(fmt, json):
        files = [{"file": str(o.file), "done": o.done, "diff": o.diff} for o in done.files]
        output.as_json({"schema": 1, "files": files, "notes": list(done.notes)})
    else:
        _tell(done)
    if not done.settled:
        raise typer.Exit(1)


def _tell(done: "Definition") -> None:
    words = {
        "written": "written",
        "same": "is as parity writes it",
        "differs": "is there and differs; it was left as it is",
        "missing": "is not there",
    }
    for one in done.files:
        if one.diff:
            output.data("\n".join(output.visible(line) for line in one.diff.splitlines()))
    for one in done.files:
        output.talk(f"{one.file.parent.name}/{one.file.name}: {words[one.done]}")
    for note in done.notes:
        output.talk(f"note: {note}")
    if any(one.done == "differs" for one in done.files):
        output.talk(f" next: {_NEXT}")
    elif any(one.done == "missing" for one in done.files):
        output.talk(" next: `parity devcontainer` writes it")
    elif any(one.done == "written" for one in done.files):
        output.talk(
            " next: commit them; then open the folder in its container, or: devcontainer up"
        )


@devcontainer.command("start")
def start(context: typer.Context) -> None:
    """Bring the stack up with room for an editor, then check. What editors run before they attach."""
    from parity.actions import devcontainer_start as action
    from parity.cli.commands.check import check

    session = open_session(context)
    result = action.start(session, reporter(context))
    name = result.resolved.identity.name
    output.talk(f"{name}: {session.project.devcontainer.service} is ready for an editor")  # type: ignore[union-attr]
    try:
        check(context)
    except typer.Exit:
        output.talk("the findings above stop nothing here: `parity check` has them again")
    except ParityError as error:
        output.error(error)


@devcontainer.command("stop")
def stop(context: typer.Context) -> None:
    """Have the service run production's own image again, without room for an editor."""
    from parity.actions import devcontainer_start as action

    result = action.stop(open_session(context), reporter(context))
    if result is None:
        output.talk("no stack is up; the next one is production's alone")
    else:
        output.talk(f"{result.resolved.identity.name} is as production defines it")
