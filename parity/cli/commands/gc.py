"""`parity gc`."""

from dataclasses import asdict
from typing import Annotated

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter


def gc(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be removed.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Remove what commands that were killed have left. Start states and your own forks stay."""
    from parity.actions.gc import gc as act

    result = act(open_session(context), reporter(context), dry_run=dry_run)
    if wants_json(fmt, json):
        output.as_json({"schema": 1, "dry_run": dry_run, **asdict(result)})
        return
    for one in result.removed:
        output.data(f"{one.kind}: {one.name}, {one.why}")
    if not result.removed:
        output.talk("nothing to remove")
    elif dry_run:
        output.talk("nothing was removed: --dry-run")
    else:
        output.talk(f"removed; {output.size(result.freed)} freed")
    if result.busy:
        output.talk("other commands work on the store: the rest goes with the next `parity gc`")
