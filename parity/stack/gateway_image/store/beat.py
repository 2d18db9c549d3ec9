"""Answer late, with a sign of life now and then: who waits gives up on an agent that says nothing."""

import json
import threading
from collections.abc import Callable
from typing import IO, Any

_SECONDS = 5.0


def beating(work: Callable[[], dict[str, Any]], stdout: IO[bytes]) -> None:
    """Do the work; an empty line every few seconds, then its answer as the last line."""
    result: list[dict[str, Any]] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:  # noqa: BLE001 - carried to the other thread
            failed.append(error)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(_SECONDS)
        if worker.is_alive():
            stdout.write(b"\n")
            stdout.flush()
    if failed:
        raise failed[0]
    stdout.write(json.dumps(result[0]).encode() + b"\n")
