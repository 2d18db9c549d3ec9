"""`parity accept`."""

from datetime import datetime
from typing import Annotated

import typer

from parity.cli import output
from parity.cli.state import open_session, reporter


def accept(
    context: typer.Context,
    finding: Annotated[
        list[str], typer.Argument(help="Rule and setting of a finding of `parity check`.")
    ],
    reason: Annotated[str, typer.Option(help="Why the difference is accepted.")],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day it is accepted.")
    ] = None,
    owner: Annotated[str, typer.Option(help="Who answers for it; default: git's user.")] = "",
    left: Annotated[str, typer.Option(help="Left side, where it is not that of `check`.")] = "",
    right: Annotated[str, typer.Option(help="Right side, where it is not that of `check`.")] = "",
) -> None:
    """Accept a finding: write a waiver into parity.toml, with its reason and its last day."""
    from parity.actions.accept import Acceptance, find
    from parity.actions.accept import accept as write
    from parity.actions.check import check
    from parity.actions.diff_request import DiffRequest
    from parity.actions.git import user_name
    from parity.rules.registry import catalogue

    session = open_session(context)
    report = check(session, reporter(context, quiet=True), DiffRequest(left, right))
    found = find(report, " ".join(finding))
    day = until.date() if until else None
    wanted = Acceptance(
        found.rule, found.setting, reason, owner or user_name(session.paths.root), day
    )
    line = write(session.paths, catalogue(), wanted)
    ends = f"until {day}" if day else "without an end: `--until` sets one"
    output.talk(f"accepted {ends}: {found.key}")
    output.talk(f"   at: {session.paths.config}:{line}")
