"""`parity accept`."""

from datetime import datetime
from typing import Annotated

import typer

from parity.cli import output
from parity.cli.completion import own_environments, rules
from parity.cli.state import open_session, reporter


def accept(
    context: typer.Context,
    finding: Annotated[
        list[str],
        typer.Argument(
            help="Rule and setting of a finding of `parity check`; `*` in the setting for several.",
            autocompletion=rules,
        ),
    ],
    reason: Annotated[
        str, typer.Option(help="Why the difference is accepted. To renew, it may be left out.")
    ] = "",
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day it is accepted.")
    ] = None,
    owner: Annotated[str, typer.Option(help="Who answers for it; default: git's user.")] = "",
    left: Annotated[
        str,
        typer.Option(
            help="Left side, where it is not that of `check`.", autocompletion=own_environments
        ),
    ] = "",
    right: Annotated[
        str,
        typer.Option(
            help="Right side, where it is not that of `check`.", autocompletion=own_environments
        ),
    ] = "",
) -> None:
    """Accept a finding: write a waiver into parity.toml, with its reason and its last day. On an accepted
    finding: renew it.
    """
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
    written = write(session.paths, catalogue(), wanted)
    ends = f"until {written.until}" if written.until else "without an end: `--until` sets one"
    output.talk(f"{'renewed' if written.renewed else 'accepted'} {ends}: {found.key}")
    if len(found.findings) > 1:
        output.talk(f"   it is for {output.counted(len(found.findings), 'finding')}")
    output.talk(f"   at: {session.paths.config}:{written.line}")
