"""Options that several commands share."""

from enum import StrEnum
from typing import Annotated

import typer


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


def wants_json(fmt: Format, flag: bool) -> bool:
    """Whether the machine format is asked for, in either way."""
    return flag or fmt is Format.JSON
