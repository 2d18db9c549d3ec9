"""Folders that are looked at through watchdog; where the kernel has no more watches to give, by polling."""

import contextlib
import errno
import logging
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity.watch.batch import Collector
from parity.watch.told import Tell, Told

_NOTHING = ("opened", "closed_no_write")
_POLL_SECONDS = 1.0
_LIMIT = (
    "the kernel has no more file watches to give (fs.inotify.max_user_{}): files are polled once a "
    "second; `sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512` helps"
)


@dataclass(frozen=True)
class _Seen:
    identity: tuple[int, int]
    recursive: bool
    watch: Any


class Eyes:
    """The folders that are looked at; `polling` says how."""

    def __init__(self, collector: Collector, tell: Tell) -> None:
        self._collector = collector
        self._tell = tell
        self._seen: dict[Path, _Seen] = {}
        self._gone: set[str] = set()
        """Paths that were deleted or moved: a folder made again may well have the old one's inode."""
        self._observer: Any = None
        self._started = False
        self.polling = False
        _listen(collector)

    def look(self, wanted: Mapping[Path, bool], probe: Path | None) -> None:
        """Look at these folders from now on (path -> with all below it), and at no others.

        One that was deleted and made again is another folder. `probe` is a folder of
        parity's own that nobody looks at: whether there is a watch for it says whether there was one
        for all others, since watchdog is silent about folders below that it could not watch.
        """
        try:
            if self._look(wanted) and probe is not None and not self.polling:
                self._running().unschedule(self._running().schedule(self, str(probe)))
        except OSError as error:
            if self.polling:
                return
            limit = "instances" if error.errno == errno.EMFILE else "watches"
            self._tell(Told("warning", _LIMIT.format(limit), data={"polling": True}))
            self.close()
            self.polling = True
            self._look(wanted)

    def _look(self, wanted: Mapping[Path, bool]) -> bool:
        """Whether there are new ones."""
        for path, seen in list(self._seen.items()):
            same = _identity(path) == seen.identity and str(path) not in self._gone
            if wanted.get(path) is not seen.recursive or not same:
                self._gone.discard(str(path))
                del self._seen[path]
                with contextlib.suppress(KeyError, OSError):
                    self._running().unschedule(seen.watch)
        self._gone &= {str(path) for path in self._seen}
        new = [path for path in wanted if path not in self._seen]
        for path in new:
            self._begin(path, recursive=wanted[path])
        self._started = True
        return bool(new)

    def _begin(self, path: Path, *, recursive: bool) -> None:
        identity = _identity(path)
        if identity is None:
            return
        try:
            watch = self._running().schedule(self, str(path), recursive=recursive)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return
        self._seen[path] = _Seen(identity, recursive, watch)
        if self._started:
            self._collector.lost()

    def dispatch(self, event: Any) -> None:
        """What watchdog calls for each event."""
        if event.event_type in _NOTHING or (event.is_directory and event.event_type == "modified"):
            return
        if event.event_type in ("deleted", "moved"):
            self._gone.add(os.fsdecode(event.src_path))
        for name in (event.src_path, getattr(event, "dest_path", "")):
            path = os.fsdecode(name or "")
            if path and not _is_own(path):
                self._collector.add(path)

    def close(self) -> None:
        """Look no more."""
        if self._observer is not None:
            self._observer.stop()
            self._observer = None
        self._seen.clear()

    def _running(self) -> Any:
        if self._observer is None:
            self._observer = self._made()
            self._observer.daemon = True
            self._observer.start()
        return self._observer

    def _made(self) -> Any:
        if self.polling:
            from watchdog.observers.polling import PollingObserver

            return PollingObserver(timeout=_POLL_SECONDS)
        from watchdog.observers import Observer

        return Observer()


def _is_own(path: str) -> bool:
    """Files of parity, and of git but for the one that names the branch."""
    return "/.parity/" in path or ("/.git/" in path and not path.endswith("/HEAD"))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class _Overflow(logging.Handler):
    """watchdog says in its log only that the kernel has dropped events."""

    def __init__(self, collector: Collector) -> None:
        super().__init__(logging.WARNING)
        self._collector = collector

    def emit(self, record: logging.LogRecord) -> None:
        del record
        self._collector.lost()


def _listen(collector: Collector) -> None:
    logger = logging.getLogger("watchdog")
    logger.handlers = [_Overflow(collector)]
    logger.propagate = False
    # A folder that comes and goes quickly is added twice, which does no harm.
    warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"watchdog\.")
