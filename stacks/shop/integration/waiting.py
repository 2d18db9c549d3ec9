"""Wait for what happens in its own time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SECONDS = 40
"""Long enough for a broker that boots on a machine that is busy."""


def until(question: Callable[[], T], *, seconds: float = SECONDS, why: str = "") -> T:
    """Ask until the answer is yes, and return it."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, why or f"not within {seconds} s"
        time.sleep(0.05)
    return answer
