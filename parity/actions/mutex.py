"""One changing command at a time and stack."""

from collections.abc import Iterator
from contextlib import contextmanager

from parity.actions.session import Session
from parity.model.progress import Progress, Step
from parity.paths import ensure_state, exclusive


@contextmanager
def mutex(session: Session, progress: Progress) -> Iterator[int | None]:
    """One changing command at a time and stack; a second one says that it waits.

    Yields the lock's descriptor, for Compose to hold as well: after a kill -9 it finishes alone.
    """
    ensure_state(session.files.folder)
    with exclusive(session.files.mutex, wait=False) as lock:
        if lock is not None:
            yield lock
            return
    progress(Step("waiting", f"another parity command works on {session.identity.name}"))
    with exclusive(session.files.mutex) as lock:
        yield lock
