"""Ask the store's agent for what takes long, and read what it answers line by line."""

import json
from typing import TYPE_CHECKING, Any

from parity.errors import EngineError
from parity.state.agent import answer
from parity.state.store import Store

if TYPE_CHECKING:
    from parity.state.stream import Stream


def patiently(store: Store, command: str, **arguments: Any) -> dict[str, Any]:
    """As Store.run, for what may take longer than the engine's client waits for a word."""
    with store.open(command, **arguments) as stream:
        found = row(stream, command)
        hung_up(stream, command)
    return found


def row(stream: "Stream", command: str) -> dict[str, Any]:
    """The next line that says something; EngineError where the agent fell over instead."""
    line = b""
    while not line.strip():
        line = _line(stream, command)
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError as error:
        raise EngineError(
            f"the store's agent answers nonsense to {command}",
            next_step="`parity doctor` looks at the engine",
        ) from error
    return found


def _line(stream: "Stream", command: str) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        try:
            data = stream.read(1)
        except OSError as error:
            raise lost(command, error) from error
        if not data:
            hung_up(stream, command, early=True)
        line += data
    return line


def hung_up(stream: "Stream", command: str, *, early: bool = False) -> None:
    """The agent has ended: nothing if it ended well, else EngineError with what it said."""
    try:
        code = stream.finish()
    except OSError as error:
        raise lost(command, error) from error
    if code != 0 or early:
        said = stream.said or b'{"error": "the engine hung up", "errno": ""}'
        answer(command, code or 1, said, said)


def lost(command: str, error: OSError) -> EngineError:
    """The connection to the engine broke."""
    return EngineError(
        f"the engine hung up while the store was to {command}: {error}",
        next_step="the same command again goes on from there",
    )
