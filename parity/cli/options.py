"""Options that several commands share."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from parity.model.setting import Layer


class Pull(StrEnum):
    """When images are pulled."""

    MISSING = "missing"
    ALWAYS = "always"
    NEVER = "never"


class Format(StrEnum):
    """How data is printed."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="How to print the answer.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Same as --format json.")]


LayersOption = Annotated[
    str,
    typer.Option(
        help="Read these layers beside the definitions: image, filesystem, running, database, host, or all. Separated by commas."
    ),
]


def layers_to_read(text: str) -> "frozenset[Layer]":
    """The layers that --layers names; `all` are all that can be read."""
    from parity.actions.layers import READABLE

    names = {word.strip() for word in text.split(",") if word.strip()}
    known = sorted(layer.value for layer in READABLE)
    for name in sorted(names - {*known, "all"}):
        raise typer.BadParameter(
            f"{name!r} is not one of {', '.join(known)} or all", param_hint="--layers"
        )
    return frozenset(layer for layer in READABLE if "all" in names or layer.value in names)


def wants_json(fmt: Format, flag: bool) -> bool:
    """Whether the machine format is asked for, in either way."""
    return flag or fmt is Format.JSON
