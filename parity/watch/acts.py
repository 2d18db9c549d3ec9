"""What a watch does about changes, each told with the time since the save."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.actions.addresses import of_resolved
from parity.actions.session import Session
from parity.model.document import Document, leaves
from parity.model.progress import Progress, silent
from parity.model.stack import Container
from parity.watch import effects
from parity.watch.code import Code, Work
from parity.watch.findings import Findings
from parity.watch.rules import Rule, rules_of
from parity.watch.sync import sync
from parity.watch.told import Tell, Told, names_of, paths_of
from parity.watch.tree import Delta

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class Options:
    """What a watch is asked for. `tests`: arguments for pytest, or None for no tests."""

    tests: tuple[str, ...] | None = None
    as_talk: bool = False
    keep_data: bool = False


class Acts:
    """The stack of one session, and what the watch knows of it."""

    def __init__(
        self, session: Session, tell: Tell, progress: Progress, newer: Callable[[], bool]
    ) -> None:
        self.session = session
        self._newer = newer
        self.code = Code()
        self.urls: list[str] = []
        self._tell = tell
        self._progress = progress
        self._findings = Findings()
        self._services: Mapping[str, Document] = {}
        self._mounted: frozenset[Path] = frozenset()
        self._refused: set[str] = set()
        self._client: DockerClient | None = None

    def up(self, began: float, *, read: Callable[[], None] | None = None) -> None:
        """Bring the stack up to date. `read` learns that the definition could be read; without it nothing
        is told and nothing ends it: the first time. Superseded where something newer is to be done.
        """
        enough = self._newer if read is not None else lambda: False
        result = effects.bring_up(self.session, self._progress, enough, self._early())
        document = result.resolved.document
        self._services = document.get("services") or {}
        self._mounted = frozenset(_mounted(document))
        self.code.adopt(rules_of(document), self.session.paths.root)
        named = of_resolved(result.resolved)
        self.urls = [address.url for address in named if address.url]
        if read is None:
            return
        read()
        causes = effects.causes(result)
        data = {
            "effect": "up",
            "changed": sorted(causes),
            "plan": [op.as_json() for op in result.plan.operations if op.service in causes],
            "urls": self.urls,
        }
        told = [f"{name} {why}" for name, why in causes.items()]
        # Nothing was made where an `up` before this one was ended while it waited.
        told = told or [f"{name} is ready" for name in sorted(result.readiness)]
        self._effect("; ".join(told) or "nothing to do", began, data)
        self.arrive()

    def _early(self) -> Callable[[], None] | None:
        """What is done once containers run and before they are waited for: edits may be what they lack."""
        return self.arrive if self.code.moved else None

    def follow(self, began: float) -> None:
        """Bring the data to what the branch declares."""
        result = effects.follow_state(self.session, self._progress)
        if result is not None:
            text = f"data is that of {result.state.name} ({result.state.digest[:19]})"
            data = {
                "effect": "reset",
                "state": result.state.name,
                "changed": list(result.services),
            }
            self._effect(text, began, data)

    def is_code(self, file: Path) -> bool:
        """Whether a file is a rule's business alone: no container mounts it."""
        if file in self._mounted:
            return False
        return any(file == r.path or file.is_relative_to(r.path) for r in self.code.rules)

    def check(self, began: float) -> int:
        """Tell findings that are new; the number of all."""
        news = self._findings.update(effects.look_again(self.session, silent))
        if news.new or news.gone:
            data = {"new": news.rows, "gone": news.gone, "total": news.total}
            text = f"{len(news.new)} new, {news.gone} gone, {news.total} in all"
            self._tell(Told("findings", text, time.monotonic() - began, data))
        return news.total

    def changed_code(self, paths: Iterable[Path] | None, began: float) -> bool:
        """Sync, rebuild, restart and run what the rules say of these paths; whether there was anything."""
        work = self.code.work(paths)
        if work.empty:
            return False
        root = self.session.paths.root
        self._tell(Told("change", names_of(work.paths, root), data=paths_of(work.paths)))
        allowed = [name for name in work.rebuilds if name in self.session.project.local.build]
        self._refuse(set(work.rebuilds) - set(allowed))
        try:
            if allowed:
                self.up(began, read=lambda: None)
        finally:
            # What else was saved arrives, whatever becomes of the rebuilt.
            self._do(work, began)
        return True

    def _do(self, work: Work, began: float) -> None:
        containers = effects.present(self.session)
        files = self._put(work.syncs, containers)
        restarted = effects.restart(self.engine(), containers, self._services, work.restarts)
        effects.run_hooks(self.engine(), work.hooks, containers)
        self._tell_code(work.syncs, files, restarted, began, hooks=bool(work.hooks))

    def _tell_code(
        self,
        syncs: Sequence[tuple[Rule, Delta]],
        files: int,
        restarted: Sequence[str],
        began: float,
        *,
        hooks: bool = False,
    ) -> None:
        services = list(dict.fromkeys(rule.service for rule, _ in syncs))
        word = "1 file" if files == 1 else f"{files} files"
        where = "into" if any(delta.changed for _, delta in syncs) else "removed from"
        parts = [f"{word} {where} {', '.join(services)}"] if files else []
        parts += [f"{', '.join(restarted)} restarted"] if restarted else []
        parts += ["commands run"] if hooks else []
        if services and not files:
            parts += [f"waits until {', '.join(services)} has a container"]
        if parts:
            data = {
                "effect": "sync" if files else "restart",
                "files": files,
                "changed": sorted({*services, *restarted}),
                "restarted": list(restarted),
            }
            self._effect("; ".join(parts), began, data)

    def _put(
        self,
        syncs: Iterable[tuple[Rule, Delta]],
        containers: Mapping[str, Sequence[Container]],
    ) -> int:
        """Files into containers; the number of those that went somewhere."""
        there = [(rule, delta, containers.get(rule.service, ())) for rule, delta in syncs]
        return sum(sync(self.engine(), rule, delta, some) for rule, delta, some in there if some)

    def _refuse(self, services: Iterable[str]) -> None:
        for name in sorted(set(services) - self._refused):
            self._refused.add(name)
            text = (
                f"{name} would be rebuilt, and runs production's image: "
                f'[local] build = ["{name}"] in parity.toml allows it'
            )
            self._tell(Told("warning", text, data={"service": name}))

    def arrive(self) -> None:
        """Containers that were made anew get what the ones before them had been given."""
        started = time.monotonic()
        containers = effects.present(self.session)
        first = self.code.first(containers)
        files = self._put(first, containers)
        if files:
            self._tell_code(first, files, (), started)

    def services(self) -> list[dict[str, Any]]:
        """How the services are."""
        from parity.actions.ps import ps

        rows = ps(self.session)
        return [{key: row[key] for key in ("service", "name", "state", "address")} for row in rows]

    def engine(self) -> "DockerClient":
        """The SDK's client."""
        from parity.engine.client import connect

        if self._client is None:
            self._client = connect()
        return self._client

    def hang_up(self) -> None:
        """The engine has gone: the next call connects anew, and brings what may not have arrived."""
        self._client = None
        self.code.forget_containers()

    def _effect(self, text: str, began: float, data: Mapping[str, Any]) -> None:
        self._tell(Told("effect", text, time.monotonic() - began, data))


def _mounted(document: Document) -> Iterable[Path]:
    """Files of this machine that containers get, or that a definition reads."""
    for path, value in leaves(document):
        if isinstance(value, str) and value.startswith("/") and "develop" not in path:
            yield Path(value)
