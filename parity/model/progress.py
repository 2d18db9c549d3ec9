"""How actions tell what they are doing, without printing."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Step:
    """One line of progress. `subject` is a service, an image or a phase."""

    subject: str
    text: str
    state: str = "working"
    """working, done, warning, failed."""


class Progress(Protocol):
    """Receives steps; called from several threads."""

    def __call__(self, step: Step) -> None:
        """Take note of one step."""


def silent(step: Step) -> None:
    """The progress of somebody who does not look."""
    del step
