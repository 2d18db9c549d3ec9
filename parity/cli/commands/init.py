"""`parity init`."""

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import Globals


def init(context: typer.Context, fmt: FormatOption = Format.TEXT, json: JsonOption = False) -> None:
    """Write a commented parity.toml for the definitions found here; never overwrites."""
    from pathlib import Path

    from parity.actions.init import init as act

    options = context.find_object(Globals)
    result = act(options.directory if options else Path())
    root = result.file.parent
    if wants_json(fmt, json):
        output.as_json(
            {
                "schema": 1,
                "file": result.file,
                "used": [str(file.relative_to(root)) for file in result.used],
                "found": [
                    {"kind": f.kind, "file": str(f.file.relative_to(root))} for f in result.found
                ],
            }
        )
        return
    for found in result.found:
        mark = "production" if found.file in result.used else "found"
        output.talk(f"{mark:<11} {found.kind:<12} {found.file.relative_to(root)}")
    output.data(str(result.file))
    if result.used:
        output.talk("next: look through it, then `parity up`")
    else:
        output.talk(
            "next: no Compose definition was found; name production's files under [environments.prod]"
        )
