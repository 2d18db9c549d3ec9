"""Asks a server through its own tools in its own container, for those that have no language for it."""

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from parity.engine.askers.contract import Asked
from parity.engine.tunnel import Exec
from parity.errors import ParityError
from parity.probes.database.contract import Question, Rows
from parity.probes.database.texts import clean

if TYPE_CHECKING:
    from docker import DockerClient

_MOST = 8 << 20
_TRIES = 3
_PAUSE = 0.05


@contextlib.contextmanager
def asking(client: "DockerClient", container: str, seconds: float) -> Iterator[Asked]:
    """A session that takes so many seconds at most."""
    end = time.monotonic() + seconds
    yield Asked({}, lambda question: _answer(client, container, question, end))


def _answer(client: "DockerClient", container: str, question: Question, end: float) -> Rows | str:
    said = ""
    for _ in range(_TRIES):
        try:
            output, said = _run(client, container, question, end)
        except TimeoutError:
            return "it did not answer in time"
        except (ParityError, OSError) as error:
            return clean(error, 200)
        # An old engine under load loses what a program says once in a while.
        if output or said:
            return [[output]] if output else clean(said, 200)
    return said or "it said nothing"


def _run(client: "DockerClient", container: str, question: Question, end: float) -> tuple[str, str]:
    """What it wrote, and what it said against it."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    running = Exec(client, container, question.ask, stdin=False, idle=left)
    buffer = bytearray()
    try:
        while data := running.read():
            buffer += data
            if len(buffer) > _MOST or time.monotonic() > end:
                raise TimeoutError
        while (code := running.code()) is None:
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(_PAUSE)
    finally:
        running.close()
    text = buffer.decode(errors="replace")
    return (text, "") if code == 0 else ("", running.reason or text or f"exit code {code}")
