"""`parity init`."""

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import Globals

_MOST_LISTED = 8


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
                "without_value": result.without_value,
                "guesses": result.guesses,
                "environments": [
                    {
                        "name": each.name,
                        "source": each.source,
                        "files": [str(file.relative_to(root)) for file in each.files],
                        "why": each.why,
                    }
                    for each in result.chosen
                ],
                "found": [
                    {"kind": f.kind, "file": str(f.file.relative_to(root))} for f in result.found
                ],
            }
        )
        return
    for each in result.chosen:
        files = ", ".join(str(file.relative_to(root)) for file in each.files)
        output.talk(output.visible(f"{each.name:<11} {each.source:<12} {files}: {each.why}"))
    for guess in result.guesses:
        output.talk(output.visible(f"{'guessed':<11} {guess}"))
    others = [found for found in result.others if found.kind != "helm"]
    for found in others[:_MOST_LISTED]:
        name = output.visible(str(found.file.relative_to(root)))
        output.talk(f"{'also found':<11} {found.kind:<12} {name}")
    if len(others) > _MOST_LISTED:
        output.talk(f"{'':<11} … and {len(others) - _MOST_LISTED} more")
    output.data(str(result.file))
    if result.without_value:
        names = ", ".join(result.without_value)
        output.talk(f"next: give {names} a value, in .env or a file of `env-files`")
    elif len(result.chosen) > 1:
        output.talk("next: look through it, then `parity diff`, or `parity up`")
    elif result.chosen:
        output.talk("next: look through it, then `parity up`")
    else:
        output.talk(
            "next: no definition was found; name production's files under [environments.prod]"
        )
