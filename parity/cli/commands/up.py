"""`parity up`."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from parity.cli import output
from parity.cli.completion import forks
from parity.cli.options import Format, FormatOption, JsonOption, Pull, wants_json
from parity.cli.state import open_session, reporter


def up(
    context: typer.Context,
    wait: Annotated[bool, typer.Option(help="Wait until every service is ready.")] = True,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Do not wait; same as --no-wait.")
    ] = False,
    wait_timeout: Annotated[
        float | None, typer.Option(min=1, help="Most seconds to wait for one service.")
    ] = None,
    pull: Annotated[Pull, typer.Option(help="When to pull images.")] = Pull.MISSING,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Fail when parity.lock does not fit the definition.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan with its causes; change nothing.")
    ] = False,
    fork: Annotated[
        str,
        typer.Option(
            "--fork",
            help="Make this fork of the stack instead; one there is stays as it is.",
            autocompletion=forks,
        ),
    ] = "",
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Start the local copy of production, or bring it up to date."""
    if fork:
        _fork(context, fork, as_json=wants_json(fmt, json))
        return
    from parity.actions.request import UpRequest
    from parity.actions.up import up as act

    session = open_session(context)
    request = UpRequest(
        wait=wait and not detach,
        pull=pull.value,
        dry_run=dry_run,
        frozen=frozen,
        timeout=wait_timeout,
    )
    result = act(session, request, reporter(context))
    if wants_json(fmt, json):
        output.as_json(_tree(result))
        return
    _explain(result, dry_run=dry_run)
    if not dry_run:
        _addresses(result)


def _fork(context: typer.Context, name: str, *, as_json: bool) -> None:
    from parity.actions.fork import fork as act
    from parity.actions.fork import forks_of
    from parity.cli.commands.fork import addresses, tree

    session = open_session(context)
    there = [one for one in forks_of(session) if one.name == name and one.created]
    one = there[0] if there else act(session, name=name, progress=reporter(context))[0]
    if as_json:
        output.as_json({"schema": 1, "changed": not there, "forks": [tree(one)]})
        return
    addresses(one)


def _tree(result: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "stack": result.resolved.identity.name,
        "environment": result.resolved.environment,
        "changed": not result.plan.empty,
        "plan": [op.as_json() for op in result.plan.operations],
        "readiness": dict(result.readiness),
        "ports": [
            {
                "service": p.service,
                "target": p.target,
                "protocol": p.protocol,
                "address": f"{p.host_ip}:{p.host_port}",
            }
            for p in result.resolved.ports
        ],
        "overrides": len(result.resolved.overrides),
    }


def _explain(result: Any, *, dry_run: bool) -> None:
    """A dry run prints the plan; otherwise progress has told it, and the summary is enough."""
    touched = [op for op in result.plan.operations if op.action.value != "leave"]
    if dry_run:
        for op in touched:
            output.data(f"{op.service:<16} {output.visible(op.explained())}")
    name = result.resolved.identity.name
    if not touched:
        count = output.counted(_production(result.plan.operations), "service")
        output.talk(f"{name} is as production defines it: {count}, nothing to do")
        return
    changed = output.counted(_production(touched), "service")
    left = _production(result.plan.operations) - _production(touched)
    verb = "would change" if dry_run else "changed"
    output.talk(f"{name}: {changed} {verb}, {left} left as they are")


def _production(operations: Iterable[Any]) -> int:
    from parity.model.stack import GATEWAY

    return sum(op.service != GATEWAY for op in operations)


def _addresses(result: Any) -> None:
    from parity.actions.addresses import of_resolved

    named = of_resolved(result.resolved)
    urls = {(a.service, a.port): f"  {a.url}" for a in named if a.url}
    for port in result.resolved.ports:
        line = f"{port.service:<16} {port.host_ip}:{port.host_port}"
        line += urls.get((port.service, port.host_port), "")
        output.data(
            f"{line}  (production: {port.declared or 'any'}, in the container {port.target}/{port.protocol})"
        )
    count = len(result.resolved.overrides)
    output.talk(f"{count} overrides fit production to this machine: `parity config --overrides`")
