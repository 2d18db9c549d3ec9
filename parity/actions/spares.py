"""Forks kept ready: handed out in milliseconds, brought back to their state in the background.

A test that is done gives its fork back. It is reset, paused and waits for the next one, while other
forks are used. All of them end with their owner.
"""

import queue
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from parity.actions.fork import fork as make
from parity.actions.fork import release, reset_fork
from parity.actions.session import Session
from parity.diff.units import size
from parity.engine import observe
from parity.engine.client import connect, translated
from parity.engine.execute import in_parallel
from parity.errors import ParityError, StateError
from parity.model.progress import Progress, Step
from parity.model.state import Fork, Lease
from parity.stack import labels

if TYPE_CHECKING:
    from docker import DockerClient

_HARMLESS = ("not running", "not paused", "unable to freeze")
"""A busy machine does not always get a container to stand still: then that spare goes on running."""


class Spares:
    """A pool of forks of one stack and state, for one owner.

    At most `count` forks exist at a time, and no more than fit into `memory` bytes together with
    the first; the first is always made. They are called `prefix`-1, -2, … `take` and `give_back` may
    be called from several threads.
    """

    def __init__(
        self,
        session: Session,
        *,
        state: str,
        lease: Lease,
        progress: Progress,
        count: int = 2,
        memory: int = 0,
        services: Collection[str] = (),
        empty: bool = False,
        prefix: str = "",
    ) -> None:
        self._session = session
        self._prefix = prefix or f"t{lease.pid}"
        self._empty = empty
        self._state = state
        self._lease = lease
        self._progress = progress
        self._count = max(1, count)
        self._memory = memory or int(size(session.project.state.spare_memory))
        self._services = services
        self._client: DockerClient = connect()
        self._ready: queue.Queue[Fork | BaseException] = queue.Queue()
        self._lock = threading.Lock()
        self._made: list[str] = []
        self._out: set[str] = set()
        self._kept: set[str] = set()
        self._broken: set[str] = set()
        """Those that something went wrong with; the next that is needed is made in the place of one."""
        self._closed = False
        # One at a time: making two at once takes the time of both.
        self._work = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parity-spares")
        self._pending: list[Future[None]] = []

    def __len__(self) -> int:
        """How many forks there are, used ones included."""
        return len(self._made) - len(self._broken)

    @property
    def partial(self) -> bool:
        """Whether its forks have some of the services only."""
        return bool(self._services)

    @property
    def ready(self) -> int:
        """How many are ready to be handed out."""
        return self._ready.qsize()

    def take(self) -> Fork:
        """A fork that stands on the state; waits for one where none is ready."""
        with self._lock:
            if self._closed:
                raise StateError("the pool of forks is closed", next_step="open another one")
            if self._ready.empty() and len(self) < self._count:
                self._begin()
            if self._ready.empty() and len(self._out | self._kept) == len(self._made):
                raise StateError(
                    f"all {self._count} forks of the pool are in use",
                    next_step="give one back first, or open a pool of more",
                )
        found = self._ready.get()
        if isinstance(found, BaseException):
            raise found
        try:
            self._set_paused(found, paused=False)
        except BaseException:
            with self._lock:
                self._broken.add(found.name)
            raise
        with self._lock:
            self._out.add(found.name)
            if self._ready.empty() and len(self) < self._count and self._fits(found):
                # The next one is made while this one is used.
                self._begin()
        return found

    def give_back(self, used: Fork) -> None:
        """Have it brought back to the state, in the background."""
        with self._lock:
            # Twice given back it would be handed out twice.
            if used.name in self._out and not self._closed:
                self._submit(used.name, lambda: self._refresh(used))
            self._out.discard(used.name)

    def keep(self, used: Fork) -> None:
        """Leave a fork to the user: another one takes its place, and `close` does not end it."""
        with self._lock:
            self._out.discard(used.name)
            self._kept.add(used.name)
            self._count += 1

    def close(self, *, keep: Collection[str] = ()) -> None:
        """End all forks, but those to `keep`."""
        keep = {*keep, *self._kept}
        with self._lock:
            self._closed = True
        self._work.shutdown(wait=True, cancel_futures=True)
        release(self._session, [name for name in self._made if name not in keep], self._progress)
        self._client.close()

    def _begin(self) -> None:
        if self._broken:
            name = self._broken.pop()
            self._submit(name, lambda: self._anew(name))
            return
        name = f"{self._prefix}-{len(self._made) + 1}"
        self._made.append(name)
        self._submit(name, lambda: self._make(name))

    def _submit(self, name: str, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - carried to whoever waits for a fork
                with self._lock:
                    self._broken.add(name)
                self._ready.put(error)

        self._pending.append(self._work.submit(guarded))

    def _make(self, name: str) -> None:
        made = make(
            self._session,
            name=name,
            state=self._state,
            services=self._services,
            empty=self._empty,
            lease=self._lease,
            progress=self._progress,
        )[0]
        self._offer(made)

    def _anew(self, name: str) -> None:
        release(self._session, [name], self._progress)
        self._make(name)

    def _refresh(self, used: Fork) -> None:
        try:
            fresh = reset_fork(self._session, used, state=self._state, progress=self._progress)
        except ParityError as error:
            # Whatever the test did to it: another one takes its place.
            self._progress(Step(used.name, f"cannot be reset, made anew: {error}", "warning"))
            self._anew(used.name)
            return
        self._offer(fresh)

    def _offer(self, made: Fork) -> None:
        self._set_paused(made, paused=True)
        self._ready.put(made)

    def _set_paused(self, fork: Fork, *, paused: bool) -> None:
        from docker.errors import APIError

        def one(container: str) -> None:
            with translated():
                try:
                    if paused:
                        self._client.api.pause(container)
                    else:
                        self._client.api.unpause(container)
                except APIError as error:
                    if not any(text in str(error) for text in _HARMLESS):
                        raise

        states = ("running",) if paused else ("paused",)
        in_parallel(
            one,
            [
                c.id
                for c in observe.of_stack(fork.stack)
                if c.state in states and c.role not in ("gateway", labels.HOLDER)
            ],
        )

    def _fits(self, one: Fork) -> bool:
        """Whether another fork of the size of `one` is within the memory that is allowed."""
        if not self._memory:
            return True
        used = sum(in_parallel(lambda c: _memory(c.id), observe.of_stack(one.stack)))
        return used * (len(self._made) + 1) <= self._memory


def _memory(container: str) -> int:
    """What a container uses now, without what the kernel would give back."""
    told = observe.get(f"/containers/{container}/stats?stream=false&one-shot=true")
    stats = told.get("memory_stats") or {}
    inactive = (stats.get("stats") or {}).get("total_inactive_file", 0)
    return int(stats.get("usage", 0)) - int(inactive)
