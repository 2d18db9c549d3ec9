"""What containers take of the machine's memory: asked of all at once, and for a limited time."""

import queue
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from parity.engine import observe
from parity.engine.address import find
from parity.errors import ParityError

_WORKERS = 128
"""The engine measures all containers that are asked for once a second: more at a time cost nothing."""
_FAR = 8
"""Over a network each is a connection of its own."""


def memory(containers: Sequence[str], *, seconds: float = 3.0) -> dict[str, int]:
    """Bytes by container id. One that is not heard of within `seconds`, or has ended, is not in it."""
    address = find()
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    heard: queue.SimpleQueue[tuple[str, int | None]] = queue.SimpleQueue()
    for container in containers:
        waiting.put(container)

    def work() -> None:
        while True:
            try:
                one = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                told = observe.get(f"/containers/{one}/stats?stream=false&one-shot=true", address)
            except ParityError:
                told = {}  # removed meanwhile
            heard.put((one, used(told)))

    # Threads that nobody waits for: an engine that does not answer must not hold up the rest.
    for _ in range(min(_WORKERS if address.is_local else _FAR, len(containers))):
        threading.Thread(target=work, daemon=True).start()
    return _collected(heard, len(containers), time.monotonic() + seconds)


def _collected(
    heard: "queue.SimpleQueue[tuple[str, int | None]]", count: int, end: float
) -> dict[str, int]:
    found: dict[str, int] = {}
    for _ in range(count):
        try:
            container, amount = heard.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            break
        if amount is not None:
            found[container] = amount
    return found


def used(told: Any) -> int | None:
    """The memory that a container cannot give back at once; None where the engine says nothing of it."""
    if not isinstance(told, Mapping):
        return None
    about = told.get("memory_stats") or {}
    usage, parts = about.get("usage"), about.get("stats") or {}
    if not isinstance(usage, int):
        return None
    cached = parts.get("total_inactive_file", parts.get("inactive_file", 0))
    return usage - cached if cached < usage else usage
