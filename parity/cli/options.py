"""Options that several commands share."""

from collections.abc import Iterable
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
        help="Read these layers beside the definitions: image, filesystem, or all. Separated by commas."
    ),
]


def layers_of(words: Iterable[str], option: str) -> "frozenset[Layer]":
    """The layers that were named; `all` are all that can be read."""
    from parity.actions.layers import READABLE
    from parity.model.setting import Layer

    names = [word.strip() for word in words if word.strip()]
    known = [layer.value for layer in Layer]
    for name in names:
        if name not in (*known, "all"):
            raise typer.BadParameter(
                f"{name!r} is not one of {', '.join(known)} or all", param_hint=option
            )
    found = frozenset(Layer(name) for name in names if name != "all")
    return found | READABLE if "all" in names else found


def wants_json(fmt: Format, flag: bool) -> bool:
    """Whether the machine format is asked for, in either way."""
    return flag or fmt is Format.JSON
