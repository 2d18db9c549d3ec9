"""The loop: wait for a batch of changes, see what it is about, do what follows."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parity.actions.request import Superseded
from parity.actions.session import Session
from parity.engine import observe
from parity.errors import DefinitionError, EngineError, ParityError, StackError, UsageError
from parity.model.progress import Progress
from parity.paths import resolved
from parity.watch import branch, definitions, roots
from parity.watch.acts import Acts, Options
from parity.watch.batch import Batch, Collector
from parity.watch.eyes import Eyes
from parity.watch.ignored import Git, is_passing
from parity.watch.lease import only_one
from parity.watch.told import Tell, Told, names_of, of_error, paths_of
from parity.watch.trial import Trial

_HEARTBEAT = 2.0
_GRACE = 1.0
"""Seconds that a definition may be broken before it is told: an editor may have written half of it."""


class Gone(Exception):  # noqa: N818 - the end of the work, not an error
    """The worktree is not there any more."""


class Watch:
    """One watch of one worktree. `opened` reads parity.toml anew."""

    def __init__(
        self, opened: Callable[[], Session], options: Options, tell: Tell, progress: Progress
    ) -> None:
        self._opened = opened
        self._options = options
        self._tell = tell
        session = opened()
        self._root = session.paths.root
        self._acts = Acts(session, tell, progress, self._newer)
        self._trial = None if options.tests is None else Trial(session, options, tell, progress)
        self._git = branch.git_folder(self._root)
        self._head = branch.head(self._git)
        self._collector = Collector(lambda: branch.is_busy(self._git))
        self._eyes = Eyes(self._collector, tell)
        self._inputs = definitions.look(session)
        self._states: Any = None
        self._broken: ParityError | None = None
        self._broken_since = 0.0
        self._told_broken = False
        self._pending = False
        self._unfollowed = False
        self._seen: Batch | None = None
        self._away = False
        self.idle = False
        """Whether nothing is being done: an interrupt leaves nothing half."""

    def run(self) -> None:
        """Watch until the worktree is gone or somebody interrupts."""
        session = self._acts.session
        with only_one(session.paths):
            try:
                self._begin()
                while True:
                    self._turn(self._next())
            except Gone:
                name = session.identity.name
                text = f"{self._root} is gone; its stack {name} is still there: `parity gc`"
                self._tell(Told("ended", text, data={"stack": name}))
            finally:
                self._eyes.close()

    def _next(self) -> Batch | None:
        soon = self._broken is not None and not self._told_broken
        self.idle = True
        batch = self._collector.take(_GRACE if soon else _HEARTBEAT)
        self.idle = False
        return batch

    def _begin(self) -> None:
        # Once, and never again: a worktree that is being deleted must not come back.
        (self._acts.session.paths.state / "watch" / "probe").mkdir(exist_ok=True)
        # Looked at before anything is done: an edit meanwhile is not lost.
        self._look()
        started = time.monotonic()
        is_up = self._first_up(started)
        # What a rule is about is code, and no definition.
        inputs = definitions.look(self._acts.session, self._acts.is_code)
        self._inputs = self._inputs.only(inputs.files)
        self._own_lock()
        self._look()
        findings = self._acts.check(started) if is_up else 0
        self._states = self._acts.services()
        name = self._acts.session.identity.name
        data = {
            "stack": name,
            "branch": self._head,
            "urls": self._acts.urls,
            "rules": len(self._acts.code.rules),
            "findings": findings,
            "polling": self._eyes.polling,
            "services": self._states,
        }
        self._tell(Told("ready", name, time.monotonic() - started, data))
        self._guarded(self._first)

    def _first_up(self, started: float) -> bool:
        """Whether the stack is up. What can be mended in a file is told, and the next save tries again."""
        try:
            self._acts.up(started)
        except DefinitionError as error:
            self._break(error)
        except StackError as error:
            self._failed(error)
        else:
            return True
        return False

    def _first(self) -> None:
        self._acts.arrive()
        if self._trial is not None:
            self._trial.run(time.monotonic())

    def _turn(self, batch: Batch | None) -> None:
        """One round: a batch, or a moment in which nothing changed."""
        if not self._root.is_dir():
            raise Gone
        self._guarded(lambda: self._round(batch))

    def _round(self, batch: Batch | None) -> None:
        if self._away:
            self._return()
        if batch is not None:
            self._react(batch)
        self._heartbeat()
        if batch is not None:
            self._look()

    def _guarded(self, act: Callable[[], None]) -> None:
        """Do something that does not end the watch when it fails: it is told, or waited for."""
        try:
            act()
        except Superseded:
            self._pending = True
        except EngineError as error:
            self._lost(error)
        except ParityError as error:
            self._failed(error)
        except FileNotFoundError:
            if self._root.is_dir():
                raise
            raise Gone from None

    def _react(self, batch: Batch) -> None:
        paths = {resolved(Path(path)) for path in batch.paths}
        now = branch.head(self._git)
        switched = bool(now) and now != self._head
        if switched:
            self._unfollowed = True
            data = {"branch": now, "before": self._head}
            self._tell(Told("change", f"branch {now}", data=data))
            self._head = now
        everything = batch.everything or switched
        if any(path.name in (".gitignore", ".dockerignore") for path in paths):
            self._acts.code.adopt(self._acts.code.rules, self._root)
        where = None if everything else paths
        # Before a service is waited for, since it may be what the service lacks; but not before the
        # stack of another branch is there.
        done = not switched and self._acts.changed_code(where, batch.began)
        if everything or any(self._inputs.concerns(path) for path in paths):
            done = self._definitions(batch.began, switched=switched) or done
        if switched:
            done = self._acts.changed_code(where, batch.began) or done
        if self._trial is None:
            return
        concerned = self._trial.concerned(where, batch.began)
        if (concerned or done) and self._broken is None:
            self._trial.run(batch.began)

    def _definitions(self, began: float, *, switched: bool) -> bool:
        """Definitions, settings and branch; whether something was done."""
        before, now = self._inputs, definitions.look(self._acts.session, self._acts.is_code)
        changed = now.since(before)
        self._inputs = now
        if not changed.all and not switched:
            return False
        if changed.all and not self._told_broken:
            data = paths_of(changed.all)
            self._tell(Told("change", names_of(changed.all, self._root), data=data))
        was_broken = self._broken is not None
        try:
            self._acts.session = self._opened()
            # What is watched may follow from what has just changed.
            self._inputs = definitions.look(self._acts.session, self._acts.is_code)
            named = self._inputs.stack.keys() != now.stack.keys()
            if changed.stack or switched or was_broken or named:
                self._up(began)
            self._acts.check(began)
        except UsageError as error:
            self._break(error)
            return False
        self._mend()
        self._follow(began)
        return True

    def _up(self, began: float) -> None:
        self._pending = True
        try:
            self._acts.up(began, read=self._mend)
        except (StackError, Superseded):
            self._mend()
            raise
        finally:
            self._own_lock()
        self._pending = False

    def _follow(self, began: float) -> None:
        """The data of another branch, once its stack is there."""
        if self._unfollowed and not self._options.keep_data:
            self._acts.follow(began)
        self._unfollowed = False

    def _newer(self) -> bool:
        """Whether a change waits that makes it idle to wait for services as they are."""
        batch = self._collector.waiting()
        if batch is None or batch == self._seen:
            return False
        self._seen = batch
        if branch.head(self._git) not in ("", self._head):
            return True
        paths = None if batch.everything else {resolved(Path(path)) for path in batch.paths}
        if self._acts.code.differs(paths):
            return True
        if paths is not None and not any(self._inputs.concerns(path) for path in paths):
            return False
        now = definitions.look(self._acts.session, self._acts.is_code)
        # `up` itself may have written the lock.
        before = self._inputs.with_own(resolved(self._acts.session.paths.lock))
        return bool(now.since(before).all)

    def _own_lock(self) -> None:
        """parity.lock as `up` has left it."""
        self._inputs = self._inputs.with_own(resolved(self._acts.session.paths.lock))

    def _look(self) -> None:
        """Look at all folders that matter as things are now."""
        git = Git(self._root)
        trees = [rule.path for rule in self._acts.code.rules]
        trees += [self._root] if self._trial is not None else []
        files = [*self._inputs.files, *([self._git / "HEAD"] if self._git else [])]
        found = roots.wanted(
            files, trees, lambda f: is_passing(f, self._root) or git.ignores(f, folder=True)
        )
        found |= dict.fromkeys(self._inputs.folders, True)
        probe = self._acts.session.paths.state / "watch" / "probe"
        self._eyes.look(found, probe if probe.is_dir() else None)

    def _heartbeat(self) -> None:
        """See how the services are, and go on with what was interrupted."""
        if self._broken is not None:
            self._tell_broken()
        elif self._pending and not self._away:
            started = time.monotonic()
            self._up(started)
            self._follow(started)
        now = self._acts.services()
        if now != self._states:
            self._states = now
            self._tell(Told("services", data={"services": now}))
            self._acts.arrive()

    def _return(self) -> None:
        """Whether the engine answers again; what was interrupted is then done."""
        try:
            observe.version()
        except EngineError:
            return
        self._away = False
        self._pending = True
        self._tell(Told("back", "the engine answers again"))

    def _lost(self, error: EngineError) -> None:
        """An engine that is away is waited for; one that answers has refused."""
        if self._away:
            return
        try:
            observe.version()
        except EngineError:
            self._away = True
            self._acts.hang_up()
            data = {"waiting": "engine"}
            self._tell(Told("waiting", f"{error.message}: waiting for it", data=data))
            return
        self._failed(error)

    def _failed(self, error: ParityError) -> None:
        self._pending = False
        self._tell(Told("failed", error.message, data=of_error(error)))

    def _break(self, error: ParityError) -> None:
        if self._broken is None:
            self._broken_since = time.monotonic()
        self._broken = error

    def _tell_broken(self) -> None:
        """Once, however often it is saved before it is mended."""
        late = time.monotonic() - self._broken_since >= _GRACE
        if self._broken is not None and late and not self._told_broken:
            self._told_broken = True
            self._tell(Told("broken", self._broken.message, data=of_error(self._broken)))

    def _mend(self) -> None:
        self._broken = None
        if self._told_broken:
            self._told_broken = False
            self._tell(Told("mended", "can be read again"))
