"""`parity fork`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from parity.cli import output
from parity.cli.completion import services, states
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter

if TYPE_CHECKING:
    from parity.model.state import Fork


def fork(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the fork. Default: a new one.")] = "",
    state: Annotated[
        str,
        typer.Option(
            "--from",
            help="Start state. Default: the project's, else the one the stack stands on.",
            autocompletion=states,
        ),
    ] = "",
    count: Annotated[int, typer.Option(min=1, max=100, help="How many forks.")] = 1,
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            help="Only this service and what it needs; repeatable.",
            autocompletion=services,
        ),
    ] = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="Begin with nothing, as at the very first start.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Make an isolated copy of the whole stack from a start state, beside the stack."""
    from parity.actions.fork import fork as act
    from parity.errors import UsageError

    if empty and state:
        raise UsageError("`--empty` and `--from` exclude each other", next_step="leave one out")
    made = act(
        open_session(context),
        name=name,
        state=state,
        count=count,
        services=service or (),
        empty=empty,
        progress=reporter(context),
    )
    if wants_json(fmt, json):
        output.as_json({"schema": 1, "forks": [tree(one) for one in made]})
        return
    for one in made:
        output.talk(
            f"{one.name}: `parity -p {one.stack} ps` (or logs, exec), `parity down --fork {one.name}`"
        )
        addresses(one)


def addresses(fork: "Fork") -> None:
    """A line a port, as data."""
    for (service, port), host in sorted(fork.ports.items()):
        output.data(f"{fork.name:<12} {service:<16} {fork.host}:{host}  (in the container {port})")


def tree(fork: "Fork") -> dict[str, Any]:
    """A fork as JSON."""
    return {
        "name": fork.name,
        "stack": fork.stack,
        "origin": fork.origin,
        "state": fork.state,
        "created": fork.created,
        "paused": fork.paused,
        "owner": {"host": fork.lease.host, "pid": fork.lease.pid} if fork.lease else None,
        "ports": [
            {"service": service, "port": port, "address": f"{fork.host}:{host}"}
            for (service, port), host in sorted(fork.ports.items())
        ],
    }
