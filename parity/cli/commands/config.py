"""`parity config`."""

import json as json_module
import sys
from typing import Annotated, Any

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter


def config(
    context: typer.Context,
    overrides: Annotated[
        bool, typer.Option("--overrides", help="List what was rewritten, and why.")
    ] = False,
    losses: Annotated[
        bool, typer.Option("--losses", help="List what Compose cannot express.")
    ] = False,
    services: Annotated[bool, typer.Option("--services", help="List the services.")] = False,
    images: Annotated[bool, typer.Option("--images", help="List the images that run.")] = False,
    hosts: Annotated[
        bool, typer.Option("--hosts", help="List outside hosts found in the settings.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of parity.toml.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Print the document that runs, or how it differs from production's."""
    if schema:
        from parity.config.schema import json_schema

        output.as_json(json_schema())
        return
    from parity.actions.resolve import resolve_stack
    from parity.stack.render import compose_yaml

    resolved = resolve_stack(open_session(context), reporter(context)).resolved
    machine = wants_json(fmt, json)
    if overrides:
        _overrides(resolved, machine=machine)
    elif losses:
        rows = [
            {"path": loss.path, "value": loss.value, "reason": loss.reason}
            for loss in resolved.losses
        ]
        _rows(rows, machine=machine, none="nothing is lost: the definition is Compose already")
    elif services or images or hosts:
        _names(resolved, services=services, images=images, machine=machine)
    elif machine:
        output.as_json(resolved.document)
    else:
        output.data(compose_yaml(resolved.document))


def _overrides(resolved: Any, *, machine: bool) -> None:
    rows = [override.as_json() for override in resolved.overrides]
    if machine:
        output.as_json({"schema": 1, "stack": resolved.identity.name, "overrides": rows})
        return
    heading = ""
    for row in sorted(rows, key=lambda row: (row["service"] == "", row["service"], row["path"])):
        group = row["service"] or "the whole stack"
        if group != heading:
            heading = group
            output.data(output.paint("1", heading, to=sys.stdout))
        path = str(row["path"]).removeprefix(f"services.{row['service']}.")
        before, after = (_short(row.get(side)) for side in ("production", "local"))
        output.data(f"  {path}: {before} -> {after}")
        output.data(
            f"      {row['reason']}"
            + ("" if row["asked_by"] == "parity" else f" ({row['asked_by']})")
        )
    output.talk(f"{len(rows)} overrides; everything else is production's")


def _short(value: Any) -> str:
    if value is None:
        return "unset"
    text = value if isinstance(value, str) else json_module.dumps(value, ensure_ascii=False)
    text = output.visible(text)
    return text if len(text) <= 72 else text[:71] + "…"  # noqa: PLR2004


def _rows(rows: list[dict[str, str]], *, machine: bool, none: str) -> None:
    if machine:
        output.as_json(rows)
        return
    for row in rows:
        output.data(f"{row['path']}: {row['value']}  ({row['reason']})")
    if not rows:
        output.talk(none)


def _names(resolved: Any, *, services: bool, images: bool, machine: bool) -> None:
    if services:
        names = list(resolved.services)
    elif images:
        names = list(dict.fromkeys(str(s["image"]) for s in resolved.services.values()))
    else:
        names = list(resolved.hostnames)
    if machine:
        output.as_json(names)
    else:
        for name in names:
            output.data(name)
