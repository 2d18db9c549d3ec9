"""`parity check`."""

from typing import TYPE_CHECKING, Annotated

import typer

from parity.cli import output
from parity.cli.completion import own_environments
from parity.cli.options import JsonOption
from parity.cli.reports import (
    AllOption,
    FailOnOption,
    OutputOption,
    ReportFormat,
    ReportFormatOption,
    deliver,
    fails,
    render,
    threshold,
    width,
)
from parity.cli.state import names_begin_at, open_session, reporter

if TYPE_CHECKING:
    from parity.actions.check_cache import Answer
    from parity.actions.diff_request import DiffRequest
    from parity.actions.session import Session


def check(
    context: typer.Context,
    left: Annotated[
        str,
        typer.Argument(
            help="What is pushed: environment, snapshot or definition.",
            autocompletion=own_environments,
        ),
    ] = "",
    right: Annotated[
        str,
        typer.Argument(
            help="What it must agree with; default: production.", autocompletion=own_environments
        ),
    ] = "",
    baseline: Annotated[
        bool,
        typer.Option("--baseline", help="Accept all findings of today, in a file of their own."),
    ] = False,
    cache: Annotated[
        bool, typer.Option(help="Use the last answer when nothing it was made from has changed.")
    ] = True,
    fail_on: FailOnOption = None,
    everything: AllOption = False,
    fmt: ReportFormatOption = ReportFormat.TEXT,
    json: JsonOption = False,
    file: OutputOption = None,
) -> None:
    """Check lock, overrides, differences and waivers; needs no engine. Exit code 1: findings."""
    import os
    import sys
    from pathlib import Path

    from parity.actions import check_cache
    from parity.actions.diff_request import DiffRequest, compared

    session = open_session(context)
    request = DiffRequest(left, right)
    settings = session.project
    least = threshold(fail_on, settings.check.fail_on or settings.diff.fail_on)
    fmt = ReportFormat.JSON if json else fmt
    names = dict.fromkeys((session.environment_name, *(compared(settings, request) or ())))
    colour = file is None and output.colours(sys.stdout)
    place = names_begin_at(context, session.paths.root, for_people=fmt is ReportFormat.TEXT)
    sides = compared(settings, request)
    if fmt is ReportFormat.TEXT:  # it names files from there, and no folder above
        place = Path(os.path.relpath(place, session.paths.root))
    how = f"{fmt} {least} {everything} {width()} {colour} {sides} {place}"
    key = check_cache.key(session.paths, settings, tuple(names), how) if cache else ""
    kept = None if baseline else check_cache.get(session.paths, key)
    if kept is None:
        kept = _answer(
            context,
            session,
            request,
            fmt,
            least,
            everything=everything,
            baseline=baseline,
            to_file=file is not None,
        )
        # The hook's copy of a project shares its answers; one that names the copy's folder is nobody else's.
        own = session.paths.state.is_symlink() and str(session.paths.root) in kept.text
        if not baseline and not own:
            check_cache.put(session.paths, key, kept)
    deliver(kept.text, file)
    if kept.code:
        raise typer.Exit(kept.code)


def _answer(
    context: typer.Context,
    session: "Session",
    request: "DiffRequest",
    fmt: ReportFormat,
    least: str,
    *,
    everything: bool,
    baseline: bool,
    to_file: bool,
) -> "Answer":
    from parity.actions.diff_request import compared
    from parity.actions.environments import begin

    # Docker Compose reads the definitions while Python reads the rules.
    names = (session.environment_name, *(compared(session.project, request) or ()))
    begun = begin(session.paths, session.project, names)
    from parity.actions.check import check as look
    from parity.actions.check_cache import Answer

    report = look(session, reporter(context, quiet=True), request, begun=begun)
    if baseline:
        from parity.actions.accept import write_baseline

        count = write_baseline(session.paths, report)
        name = session.paths.baseline.name
        output.talk(f"{output.counted(count, 'finding')} accepted in {name}: commit it")
        report = look(session, reporter(context, quiet=True), request)
    root = names_begin_at(context, session.paths.root, for_people=fmt is ReportFormat.TEXT)
    text = render(report, fmt, root=root, everything=everything, fail_on=least, to_file=to_file)
    return Answer(text, 1 if fails(report, least) else 0)
