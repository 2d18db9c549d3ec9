"""Names of stacks for tests: `t1`, `t2`, …, each taken by one process at a time.

A killed run gives its name back, since the kernel drops its lock; the next run takes the name and
with it what was left over. So nothing piles up, whatever happens.
"""

import functools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from parity.errors import UsageError
from parity.paths import ensure_state, exclusive

_MOST = 100


@dataclass(frozen=True)
class Slot:
    """A number that this process has, as long as it lives."""

    number: int
    lock: ExitStack


@functools.cache
def take(state: Path, key: str) -> Slot:
    """The slot of this process for `key`: taken the first time, and kept.

    `state` is the project's `.parity`. The same key is the same stack, as with Docker Compose the
    same folder is the same project.
    """
    del key
    ensure_state(state / "testing")
    for number in range(1, _MOST + 1):
        lock = ExitStack()
        if lock.enter_context(exclusive(_file(state, number), wait=False)) is not None:
            return Slot(number, lock)
        lock.close()
    raise UsageError(
        f"{_MOST} test runs at once in {state.parent}", next_step="wait for some of them to end"
    )


@contextmanager
def nobodys(state: Path, number: int) -> Iterator[bool]:
    """Hold a slot for a moment; says whether nobody else has it."""
    with exclusive(_file(state, number), wait=False) as lock:
        yield lock is not None


def _file(state: Path, number: int) -> Path:
    return state / "testing" / f"t{number}.lock"
