"""What an asker is, and how its errors are told: without passwords, addresses of tunnels and escapes.

`def asking(login: Login, host: str, port: int) -> AbstractContextManager[Asked]`
    A session with the server behind `host` and `port`. Raises `Unreachable` where there is none.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from parity.probes.database.contract import Login, Question, Rows
from parity.probes.database.texts import clean

CONNECT = 12
"""Seconds that a library waits: longer than a bridge does, which says why."""
LONGEST = 4000
"""Characters of one value; what is longer is no definition that anybody could compare."""
BROKEN: tuple[type[BaseException], ...] = (
    OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError,
    AssertionError, RuntimeError, MemoryError, struct.error,
)  # fmt: skip
"""What a client library falls over with when the other end does not speak its language."""
STRANGE = "what answers there does not speak the language of such a server"


class UnreachableError(OSError):
    """There is no session: why."""


@dataclass(frozen=True)
class Asked:
    """A session: what the connection itself told, and how to ask."""

    known: Mapping[str, Rows]
    ask: Callable[[Question], Rows | str]


def told(text: object, login: Login) -> str:
    """An error's text as one line that can be shown: nothing of the password, whichever way it is written."""
    line = str(text)
    for secret in {login.password, quote(login.password, safe=""), quote(login.password)} - {""}:
        line = line.replace(secret, "…")
    return clean(line, 200)


def value(cell: object) -> object:
    """A cell of a row, for a probe: what it is, cut to a length."""
    if cell is None or isinstance(cell, bool | int | float):
        return cell
    if isinstance(cell, bytes | bytearray):
        return bytes(cell[: LONGEST * 4]).decode(errors="replace")[:LONGEST]
    if isinstance(cell, list | tuple):
        return [str(each)[:LONGEST] for each in cell[:100]]
    return str(cell)[:LONGEST]
