"""What `up` is asked for, and the reason to try again."""

from collections.abc import Callable
from dataclasses import dataclass


def _never() -> bool:
    return False


@dataclass(frozen=True)
class UpRequest:
    """The options of `up`."""

    wait: bool = True
    pull: str = "missing"
    dry_run: bool = False
    frozen: bool = False
    timeout: float | None = None
    enough: Callable[[], bool] = _never
    """Asked again and again while services are waited for: whether something newer is to be done."""


class Superseded(Exception):  # noqa: N818 - the asker's own wish, not an error
    """What was waited for matters no more."""


class Taken(Exception):  # noqa: N818 - a retry, not an error
    """A host port or a subnet that was free a moment ago is not."""
