"""What `up` is asked for, and the reason to try again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UpRequest:
    """The options of `up`."""

    wait: bool = True
    pull: str = "missing"
    dry_run: bool = False
    frozen: bool = False
    timeout: float | None = None


class Taken(Exception):  # noqa: N818 - a retry, not an error
    """A host port or a subnet that was free a moment ago is not."""
