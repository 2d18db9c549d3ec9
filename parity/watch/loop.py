"""The loop: wait for a batch of changes, see what it is about, do what follows, tell it."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.actions.session import Session
from parity.engine import observe
from parity.errors import EngineError, ParityError, UsageError
from parity.model.document import Document
from parity.model.progress import Progress, silent
from parity.model.stack import Container, PublishedPort
from parity.paths import resolved
from parity.watch import branch, definitions, effects, roots
from parity.watch.batch import Batch, Collector
from parity.watch.code import Code
from parity.watch.eyes import Eyes
from parity.watch.findings import Findings
from parity.watch.ignored import Git, is_passing
from parity.watch.lease import only_one
from parity.watch.rules import Rule, rules_of
from parity.watch.sync import sync
from parity.watch.told import Tell, Told
from parity.watch.tree import Delta
from parity.watch.trial import Trial

if TYPE_CHECKING:
    from docker import DockerClient

_HEARTBEAT = 2.0
_GRACE = 1.0
"""Seconds that a definition may be broken before it is told: an editor may have written half of it."""


@dataclass(frozen=True)
class Options:
    """What a watch is asked for. `tests`: arguments for pytest, or None for no tests."""

    tests: tuple[str, ...] | None = None
    as_talk: bool = False
    keep_data: bool = False


class Gone(Exception):  # noqa: N818 - the end of the work, not an error
    """The worktree is not there any more."""


class Watch:
    """One watch of one worktree."""

    def __init__(
        self, opened: Callable[[], Session], options: Options, tell: Tell, progress: Progress
    ) -> None:
        self._opened = opened
        self._options = options
        self._tell = tell
        self._progress = progress
        self._session = opened()
        self._root = self._session.paths.root
        self._git = branch.git_folder(self._root)
        self._head = branch.head(self._git)
        self._collector = Collector(lambda: branch.is_busy(self._git))
        self._eyes = Eyes(self._collector, tell)
        self._inputs = definitions.look(self._session)
        self._code = Code()
        self._findings = Findings()
        self._trial = Trial()
        self._services: Mapping[str, Document] = {}
        self._states: Any = None
        self._broken = False
        self._told_broken = False
        self._pending = False
        self._away = False
        self._refused: set[str] = set()
        self._client: DockerClient | None = None

    def run(self) -> None:
        """Watch until the worktree is gone or somebody interrupts."""
        with only_one(self._session.paths):
            try:
                self._begin()
                while True:
                    self._turn(self._collector.take(_HEARTBEAT))
            except Gone:
                name = self._session.identity.name
                text = f"{self._root} is gone; its stack {name} is still there: `parity gc`"
                self._tell(Told("ended", text, data={"stack": name}))
            finally:
                self._eyes.close()

    def _begin(self) -> None:
        # Looked at before anything is done: an edit meanwhile is not lost.
        self._look()
        started = time.monotonic()
        result = effects.bring_up(self._session, self._progress)
        self._adopt(result.resolved.document)
        self._own_lock()
        self._look()
        news = self._check(started)
        self._tell(
            Told(
                "ready",
                self._session.identity.name,
                time.monotonic() - started,
                {
                    "stack": self._session.identity.name,
                    "branch": self._head,
                    "urls": _urls(result.resolved.ports),
                    "rules": len(self._code.rules),
                    "findings": news,
                    "polling": self._eyes.polling,
                    "services": self._looked(),
                },
            )
        )
        self._arrive()
        if self._options.tests is not None:
            self._test(frozenset(), time.monotonic())

    def _turn(self, batch: Batch | None) -> None:
        """One round: a batch, or a moment in which nothing changed."""
        if not self._root.is_dir():
            raise Gone
        try:
            if batch is not None:
                self._react(batch)
            self._heartbeat()
        except EngineError as error:
            self._lost(error)
        except ParityError as error:
            self._failed(error)
        except FileNotFoundError:
            if self._root.is_dir():
                raise
            raise Gone from None
        if batch is not None:
            self._look()

    def _react(self, batch: Batch) -> None:
        paths = {resolved(Path(path)) for path in batch.paths}
        now = branch.head(self._git)
        switched = now != self._head and bool(now)
        done = False
        if switched:
            self._tell(Told("change", f"branch {now}", data={"branch": now, "before": self._head}))
            self._head = now
        if switched or batch.everything or any(self._inputs.concerns(path) for path in paths):
            done = self._definitions(batch, switched=switched)
        if batch.everything or any(path.name == ".gitignore" for path in paths):
            self._code.adopt(self._code.rules, self._root)
        done = self._changed_code(None if batch.everything or switched else paths, batch) or done
        if self._options.tests is not None:
            relevant = frozenset(path for path in paths if self._counts(path))
            if relevant or done or batch.everything:
                self._test(relevant, batch.began)

    def _counts(self, path: Path) -> bool:
        """Whether a file may matter to tests."""
        if not path.is_relative_to(self._root) or is_passing(path, self._root):
            return False
        return not path.is_dir() and not Git(self._root).ignores(path)

    def _definitions(self, batch: Batch, *, switched: bool) -> bool:
        """Definitions, settings and branch; whether something was done."""
        before, now = self._inputs, definitions.look(self._session)
        changed = now.since(before)
        self._inputs = now
        if not changed.all and not switched:
            return False
        if changed.all:
            self._tell(Told("change", _named(changed.all, self._root), data=_paths(changed.all)))
        try:
            self._session = self._opened()
            again = definitions.look(self._session)
            self._inputs = again
            if changed.stack or switched or self._broken or again.stack.keys() != now.stack.keys():
                self._up(batch.began)
            if switched and not self._options.keep_data:
                self._follow(batch.began)
            self._check(batch.began)
        except UsageError as error:
            self._break(error)
            return False
        self._mend()
        return True

    def _up(self, began: float) -> None:
        self._pending = True
        result = effects.bring_up(self._session, self._progress)
        self._pending = False
        self._own_lock()
        causes = effects.causes(result)
        self._adopt(result.resolved.document)
        lines = "; ".join(f"{name} {text}" for name, text in causes.items())
        data = {
            "effect": "up",
            "changed": sorted(causes),
            "plan": [op.as_json() for op in result.plan.operations if op.service in causes],
            "urls": _urls(result.resolved.ports),
        }
        self._tell(Told("effect", lines or "nothing to do", time.monotonic() - began, data))
        self._arrive()

    def _follow(self, began: float) -> None:
        result = effects.follow_state(self._session, self._progress)
        if result is None:
            return
        text = f"data is that of {result.state.name} ({result.state.digest[:19]})"
        data = {"effect": "reset", "state": result.state.name, "changed": list(result.services)}
        self._tell(Told("effect", text, time.monotonic() - began, data))

    def _check(self, began: float) -> int:
        """Tell findings that are new; the number of all."""
        news = self._findings.update(effects.look_again(self._session, silent))
        if news.new or news.gone:
            rows = [
                {
                    "rule": f.rule,
                    "severity": f.severity.value,
                    "setting": f.setting,
                    "message": f.message,
                    "fix": f.fix,
                }
                for f in news.new
            ]
            data = {"new": rows, "gone": news.gone, "total": news.total}
            text = f"{len(news.new)} new, {news.gone} gone, {news.total} in all"
            self._tell(Told("findings", text, time.monotonic() - began, data))
        return news.total

    def _changed_code(self, paths: Iterable[Path] | None, batch: Batch) -> bool:
        work = self._code.work(paths)
        if work.empty:
            return False
        self._tell(Told("change", _named(work.paths, self._root), data=_paths(work.paths)))
        allowed = [name for name in work.rebuilds if name in self._session.project.local.build]
        self._refuse(set(work.rebuilds) - set(allowed))
        if allowed:
            self._up(batch.began)
        containers = effects.running(self._session)
        files = self._put(work.syncs, containers)
        done = effects.restart(self._engine(), containers, self._services, work.restarts)
        effects.run_hooks(self._engine(), work.hooks, containers)
        self._tell_code(work.syncs, files, done, len(work.hooks), batch.began)
        return True

    def _tell_code(
        self,
        syncs: Sequence[tuple[Rule, Delta]],
        files: int,
        restarted: Sequence[str],
        hooks: int,
        began: float,
    ) -> None:
        services = list(dict.fromkeys(rule.service for rule, _ in syncs))
        parts = [f"{files} files into {', '.join(services)}"] if files else []
        parts += [f"restarted {', '.join(restarted)}"] if restarted else []
        parts += ["commands run"] if hooks else []
        if not parts:
            return
        data = {
            "effect": "sync" if files else "restart",
            "files": files,
            "changed": sorted({*services, *restarted}),
            "restarted": list(restarted),
        }
        self._tell(Told("effect", "; ".join(parts), time.monotonic() - began, data))

    def _put(
        self,
        syncs: Iterable[tuple[Rule, Delta]],
        containers: Mapping[str, Sequence[Container]],
    ) -> int:
        """Files into containers; the number of those that went somewhere."""
        count = 0
        for rule, delta in syncs:
            there = containers.get(rule.service, ())
            if there:
                count += sync(self._engine(), rule, delta, there)
        return count

    def _refuse(self, services: Iterable[str]) -> None:
        for name in sorted(set(services) - self._refused):
            self._refused.add(name)
            text = (
                f"{name} would be rebuilt, and runs production's image: "
                f'[local] build = ["{name}"] in parity.toml allows it'
            )
            self._tell(Told("warning", text, data={"service": name}))

    def _arrive(self) -> None:
        """Containers that were made anew get what the ones before them had been given."""
        containers = effects.running(self._session)
        started = time.monotonic()
        first = self._code.first(containers)
        files = self._put(first, containers)
        if files:
            self._tell_code(first, files, (), 0, started)

    def _test(self, paths: frozenset[Path], began: float) -> None:
        told = self._trial.run(self._session, self._options, paths, began, self._progress)
        if told is not None:
            self._tell(told)

    def _adopt(self, document: Document) -> None:
        self._services = document.get("services") or {}
        self._code.adopt(rules_of(document), self._root)

    def _own_lock(self) -> None:
        self._inputs = self._inputs.with_own(resolved(self._session.paths.lock))

    def _look(self) -> None:
        """Look at all folders that matter as things are now."""
        git = Git(self._root)
        trees = [rule.path for rule in self._code.rules]
        trees += [self._root] if self._options.tests is not None else []
        files = [*self._inputs.files, *([self._git / "HEAD"] if self._git else [])]
        found = roots.wanted(
            files, trees, lambda f: is_passing(f, self._root) or git.ignores(f, folder=True)
        )
        for folder in self._inputs.folders:
            found[folder] = True
        probe = self._session.paths.state / "watch"
        if self._root.is_dir():
            self._eyes.look(found, probe)

    def _heartbeat(self) -> None:
        """See how the services are, and go on with what an engine that was away has interrupted."""
        if self._away:
            observe.version()
            self._away = False
            self._tell(Told("back", "the engine answers again"))
            self._pending = True
        if self._pending and not self._broken:
            self._up(time.monotonic())
        now = self._looked()
        if now != self._states:
            self._states = now
            self._tell(Told("services", data={"services": now}))
            self._arrive()

    def _looked(self) -> list[dict[str, Any]]:
        from parity.actions.ps import ps

        rows = ps(self._session)
        return [{key: row[key] for key in ("service", "name", "state", "address")} for row in rows]

    def _lost(self, error: EngineError) -> None:
        """An engine that is away is waited for; one that answers has refused."""
        if self._away:
            return
        try:
            observe.version()
        except EngineError:
            self._away = True
            self._client = None
            self._tell(Told("waiting", error.message, data={"waiting": "engine"}))
            return
        self._failed(error)

    def _failed(self, error: ParityError) -> None:
        self._pending = False
        data = {"where": error.where, "detail": error.detail, "next": error.next_step}
        self._tell(Told("failed", error.message, data=data))

    def _break(self, error: ParityError) -> None:
        """Told once, however often it is saved in between; not at once, since a file may be half written."""
        self._broken = True
        if self._told_broken:
            return
        self._told_broken = True
        data = {"where": error.where, "detail": error.detail, "next": error.next_step}
        self._tell(Told("broken", error.message, data=data))

    def _mend(self) -> None:
        self._broken = False
        if self._told_broken:
            self._told_broken = False
            self._tell(Told("mended", "the definition can be read again"))

    def _engine(self) -> "DockerClient":
        from parity.engine.client import connect

        if self._client is None:
            self._client = connect()
        return self._client


def _named(paths: Sequence[Path], root: Path) -> str:
    """Up to three of them, as seen from the project."""
    names = [str(p.relative_to(root)) if p.is_relative_to(root) else str(p) for p in paths]
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more} more" if more > 0 else "")


def _paths(paths: Sequence[Path]) -> dict[str, Any]:
    return {"paths": [str(path) for path in paths[:100]], "count": len(paths)}


def _urls(ports: Iterable[PublishedPort]) -> list[str]:
    schemes = {443: "https", 8443: "https", 80: "http", 8000: "http", 8080: "http"}
    return [
        f"{schemes[port.target]}://{port.host_ip}:{port.host_port}"
        for port in ports
        if port.target in schemes
    ]
