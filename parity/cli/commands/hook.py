"""`parity hook`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from parity.cli import output
from parity.cli.state import Globals, project_folder

hook = typer.Typer(help="Check what is pushed, before it is pushed.", no_args_is_help=True)


@hook.command("install")
def install(
    context: typer.Context,
    chain: Annotated[
        bool,
        typer.Option("--chain", help="Keep a hook that is there, and run it first."),
    ] = False,
) -> None:
    """Write the pre-push hook of this repository."""
    from parity.actions import hook as action

    done = action.install(project_folder(context), chain=chain)
    word = "is there already" if done.done == "same" else "written"
    output.talk(f"pre-push hook {word}: {done.file}")
    if done.note:
        output.talk(f" next: {done.note}")


@hook.command("uninstall")
def uninstall(context: typer.Context) -> None:
    """Remove the pre-push hook, if it is parity's."""
    from parity.actions import hook as action

    done = action.uninstall(project_folder(context))
    word = "removed" if done.done == "removed" else "was not there"
    output.talk(f"pre-push hook {word}: {done.file}")
    if done.note:
        output.talk(f" next: {done.note}")


@hook.command("run")
def run(
    context: typer.Context,
    remote: Annotated[str, typer.Argument(help="Name of the remote, from git.")] = "",
    url: Annotated[str, typer.Argument(help="Its address, from git.")] = "",
    listed: Annotated[
        bool,
        typer.Option(
            "--listed",
            help="Standard input is git's own list: an empty one means that nothing is pushed.",
        ),
    ] = False,
) -> None:
    """Check the commits that a push sends, or the one checked out where nothing says which."""
    from parity.actions import hook as action

    del remote, url
    project = _project(context)
    lines = (
        ""
        if sys.stdin is None or sys.stdin.isatty()
        else sys.stdin.buffer.read().decode(errors="replace")
    )
    failed = 0
    for commit in action.sent(project, lines, listed=listed):
        with action.tree_of(project, commit) as (folder, top):
            failed = max(failed, _check(context, folder, top, commit))
    if failed:
        output.talk(" next: mend it, or accept a finding: parity accept RULE SETTING --reason …")
        raise typer.Exit(failed)


def _project(context: typer.Context) -> Path:
    """The project's folder, be it there in the work tree or not: another branch may be pushed."""
    from parity.paths import find_root

    options = context.find_object(Globals)
    assert options is not None  # noqa: S101 - the callback of the command line sets it
    folder = options.directory.resolve()
    return folder if options.directory != Path() else find_root(folder) or folder


def _check(context: typer.Context, folder: Path, top: Path, commit: str) -> int:
    """Check one tree; its exit code. A commit without parity.toml has nothing to check."""
    from dataclasses import replace

    from parity.cli.commands.check import check
    from parity.paths import CONFIG_NAME

    if not (folder / CONFIG_NAME).is_file():
        output.talk(f"parity: {commit[:12]} has no {CONFIG_NAME}: nothing to check")
        return 0
    options = context.find_object(Globals)
    assert options is not None  # noqa: S101 - the callback of the command line sets it
    context.obj = replace(options, directory=folder, top=top)
    output.talk(f"parity: checking {commit[:12]}")
    try:
        check(context)
    except typer.Exit as end:
        return end.exit_code
    finally:
        context.obj = options
    return 0
