"""Several transfers at once, of which none begins after one has failed."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from parity.engine.execute import in_parallel

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def abreast(
    work: Callable[[_Item], _Result], items: Sequence[_Item], *, workers: int
) -> list[_Result]:
    """The results in the items' order; the first failure is raised, and spares those still to come."""
    failed = threading.Event()

    def one(item: _Item) -> _Result | None:
        if failed.is_set():
            return None
        try:
            return work(item)
        except BaseException:
            failed.set()
            raise

    return [done for done in in_parallel(one, items, workers=workers) if done is not None]
