"""`parity doctor`."""

import sys

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session
from parity.errors import ConfigError

_COLOURS = {"ok": "32", "warning": "33", "failed": "31", "unknown": "2"}


def doctor(
    context: typer.Context, fmt: FormatOption = Format.TEXT, json: JsonOption = False
) -> None:
    """Look for what keeps production's stack from running here, and say what mends it."""
    from dataclasses import asdict

    from parity.actions.doctor import doctor as act
    from parity.actions.doctor_check import Check

    try:
        checks = act(open_session(context))
    except ConfigError as error:
        checks = (*act(None), Check("configuration", "failed", error.message, error.next_step))
    if wants_json(fmt, json):
        output.as_json({"schema": 1, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            verdict = output.paint(_COLOURS[check.verdict], f"{check.verdict:<8}", to=sys.stdout)
            output.data(f"{verdict} {check.name:<13} {check.found}")
            if check.next_step:
                output.data(f"{'':<22} next: {check.next_step}")
    if any(check.verdict == "failed" for check in checks):
        raise typer.Exit(
            3
            if any(c.name in ("engine", "compose") and c.verdict == "failed" for c in checks)
            else 1
        )
