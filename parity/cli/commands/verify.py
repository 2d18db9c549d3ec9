"""`parity verify`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from parity.cli import output
from parity.cli.completion import states
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter

if TYPE_CHECKING:
    from parity.actions.verify import Verified


def verify(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(help="Start state. Default: all of the project.", autocompletion=states)
    ] = "",
    digests_only: Annotated[
        bool,
        typer.Option("--digests-only", help="Do not boot the data engines on copies."),
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Read start states again: is every file what was sealed, and does each engine find its data sound?"""
    from parity.actions.verify import verify as act
    from parity.errors import DamageError

    session = open_session(context)
    found = act(session, name, reporter(context), digests_only=digests_only)
    if wants_json(fmt, json):
        output.as_json({"schema": 1, "states": [_tree(one) for one in found]})
    else:
        for one in found:
            _print(one)
        if not found:
            output.talk(f"{session.identity.project} has no start state")
    damaged = [one for one in found if not one.sound]
    if damaged:
        raise DamageError(
            f"damaged: {', '.join(one.state.name for one in damaged)}",
            next_step=f"`parity drop {damaged[0].state.name}`, and save or build it again",
        )


def _print(one: "Verified") -> None:
    if not one.sound:
        output.data(f"{one.state.name}: damaged")
        for damage in one.damages:
            output.data(f"  {output.visible(damage)}")
        return
    asked = f"; sound for {', '.join(one.examined)}" if one.examined else ""
    output.data(f"{one.state.name}: {one.state.files} files as they were sealed{asked}")
    if one.unasked:
        output.talk(
            f"  not asked: {', '.join(one.unasked)}, since their containers are not there "
            "(`parity up` makes them)"
        )


def _tree(one: "Verified") -> dict[str, Any]:
    return {
        "name": one.state.name,
        "id": one.state.id,
        "digest": one.state.digest,
        "sound": one.sound,
        "damages": list(one.damages),
        "examined": list(one.examined),
        "not_examined": list(one.unasked),
    }
