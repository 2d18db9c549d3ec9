"""What `parity doctor` says of one precondition."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from parity.errors import ParityError


@dataclass(frozen=True)
class Check:
    """One precondition. `verdict`: ok, warning, failed, unknown."""

    name: str
    verdict: str
    found: str
    next_step: str = ""


def tried(name: str, look: Callable[[], Iterator[Check]]) -> list[Check]:
    """What a look found; an error on the way is a failed check with the error's own next step."""
    found = []
    try:
        for check in look():
            found.append(check)  # noqa: PERF402 - what was found before an error counts
    except ParityError as error:
        found.append(Check(name, "failed", error.message, error.next_step))
    return found


def judged(name: str, found: str, wrong: str = "", next_step: str = "") -> Check:
    """A check that is ok, or has the verdict `wrong` and a next step."""
    return Check(name, wrong or "ok", found, next_step if wrong else "")
