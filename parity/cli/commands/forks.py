"""`parity forks`."""

import typer

from parity.cli import output
from parity.cli.commands.fork import tree
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session


def forks(
    context: typer.Context, fmt: FormatOption = Format.TEXT, json: JsonOption = False
) -> None:
    """List the forks of this stack: what they began from, and who needs them."""
    from parity.actions.fork import forks_of
    from parity.state import marks
    from parity.state.leases import machine

    session = open_session(context)
    found = forks_of(session)
    if wants_json(fmt, json):
        output.as_json({"schema": 1, "forks": [tree(one) for one in found]})
        return
    if not found:
        output.talk(f"{session.identity.name} has no forks: `parity fork` makes one")
        return
    names = {state.id: state.name for state in marks.of_project(session.identity.project)}
    output.table(
        (
            [
                one.name,
                names.get(one.state, one.state or "nothing"),
                one.created or "half made",
                f"process {one.lease.pid} on {machine(one.lease)}" if one.lease else "you",
                "paused" if one.paused else "runs",
                one.stack,
            ]
            for one in found
        ),
        ["FORK", "FROM", "MADE", "NEEDED BY", "STATE", "STACK"],
    )
