"""`parity lock`."""

from typing import Annotated

import typer

from parity.cli import output
from parity.cli.completion import own_environments
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter


def lock(
    context: typer.Context,
    environment: Annotated[
        str,
        typer.Argument(
            autocompletion=own_environments, help="Environment; default: the one the stack copies."
        ),
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a tag has moved.")
    ] = False,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Ask nobody; exit 1 if the definition has changed.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Record which digests production's image tags stand for."""
    from dataclasses import asdict

    from parity.actions import lock as action

    session = open_session(context)
    if frozen:
        action.frozen(session, name=environment)
        output.talk("parity.lock fits the definition")
        return
    result = action.lock(session, reporter(context), name=environment, check=check)
    if wants_json(fmt, json):
        output.as_json({"schema": 1, **asdict(result)})
    else:
        for moved in result.moved:
            output.data(f"{moved.image}  {moved.locked[:19]} -> {moved.now[:19]}")
        local = sum(pin.local for pin in result.images.values())
        locked = len(result.images) - local
        _summary(locked, len(result.moved), changed=result.changed, check=check)
        if local:
            output.talk(f"{_images(local)} on this engine only: not in parity.lock")
    if check and result.moved:
        raise typer.Exit(1)


def _images(count: int) -> str:
    return f"{count} image" if count == 1 else f"{count} images"


def _summary(images: int, moved: int, *, changed: bool, check: bool) -> None:
    if check and moved:
        output.talk(f"{moved} of {images} tags have moved: `parity lock` records them")
    elif check:
        output.talk(f"{_images(images)}: every tag stands for what parity.lock says")
    else:
        output.talk(
            f"{_images(images)} locked" + (" (parity.lock changed: commit it)" if changed else "")
        )
