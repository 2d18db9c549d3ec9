"""One watch a worktree: a second one is told whose the first is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from parity.errors import UsageError
from parity.paths import ProjectPaths, ensure_state, exclusive, write
from parity.state import leases


@contextmanager
def only_one(paths: ProjectPaths) -> Iterator[None]:
    """Hold the worktree's watch; UsageError with the process that has it. A kill -9 gives it back."""
    folder = paths.state / "watch"
    ensure_state(folder)
    owner = folder / "owner.json"
    with exclusive(folder / "lock", wait=False) as lock:
        if lock is None:
            raise _taken(paths, owner.read_text(encoding="utf-8") if owner.is_file() else "")
        write(owner, leases.mine().to_json())
        try:
            yield
        finally:
            # The worktree may be gone by now.
            if owner.is_file():
                owner.unlink(missing_ok=True)


def _taken(paths: ProjectPaths, text: str) -> UsageError:
    lease = leases.read(text)
    known = lease is not None and lease.pid != os.getpid() and leases.alive(lease)
    who = f"process {lease.pid}" if lease is not None and known else "another process"
    stop = f"`kill {lease.pid}`" if lease is not None and known else "end it"
    return UsageError(
        f"this worktree is watched already, by {who}",
        where=str(paths.root),
        next_step=f"look at that terminal, or {stop}; another worktree can have a watch of its own",
    )
