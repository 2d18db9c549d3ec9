"""What a definition's `develop.watch` says is to happen when code changes: Compose's own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parity.model.document import Document
from parity.paths import resolved
from parity.watch.ignored import Git, docker_patterns, dockerignore, is_passing

SYNCING = ("sync", "sync+restart", "sync+exec")


@dataclass(frozen=True)
class Rule:
    """One entry of a service's `develop.watch`."""

    service: str
    path: Path
    action: str
    target: str = ""
    ignore: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    initial: bool = False
    """`initial_sync`: bring the container to what is here before the first change."""
    hook: Mapping[str, Any] = field(default_factory=dict, hash=False)
    context: Path | None = None
    """The build context, whose .dockerignore holds here as well."""
    dockerfile: str = "Dockerfile"

    @property
    def syncs(self) -> bool:
        """Whether files go into the running containers."""
        return self.action in SYNCING


def rules_of(document: Document) -> tuple[Rule, ...]:
    """All rules of a document, in the order in which they stand there."""
    return tuple(
        _rule(name, service, entry)
        for name, service in (document.get("services") or {}).items()
        for entry in (service.get("develop") or {}).get("watch") or ()
    )


def _rule(name: str, service: Document, entry: Mapping[str, Any]) -> Rule:
    build = service.get("build") or {}
    context = build.get("context") if isinstance(build, dict) else build
    is_here = bool(context) and Path(str(context)).is_dir()
    return Rule(
        service=name,
        path=resolved(Path(str(entry["path"]))),
        action=str(entry.get("action", "")),
        target=str(entry.get("target") or ""),
        ignore=tuple(map(str, entry.get("ignore") or ())),
        include=tuple(map(str, entry.get("include") or ())),
        initial=bool(entry.get("initial_sync")),
        hook=entry.get("exec") or {},
        context=resolved(Path(str(context))) if is_here else None,
        dockerfile=str(build.get("dockerfile") or "Dockerfile")
        if isinstance(build, dict)
        else "Dockerfile",
    )


class Scope:
    """Which files a rule is about, as the ignore files are now."""

    def __init__(self, rule: Rule, git: Git) -> None:
        self.rule = rule
        # Whoever syncs a folder that git ignores, such as a bundler's output, means its files.
        self._git = None if git.ignores(rule.path, folder=rule.path.is_dir()) else git
        self._ignore = docker_patterns(rule.ignore)
        self._include = docker_patterns(rule.include)
        self._docker = docker_patterns(
            dockerignore(rule.context, rule.dockerfile) if rule.context else ()
        )

    def covers(self, path: Path, *, folder: bool = False) -> bool:
        """Whether the rule is about this file, or may be about files in this folder."""
        rule = self.rule
        if path != rule.path and not path.is_relative_to(rule.path):
            return False
        if is_passing(path, rule.path):
            return False
        if self._git is not None and self._git.ignores(path, folder=folder):
            return False
        name = path.relative_to(rule.path).as_posix()
        if self._ignore.match_file(name) or self._is_docker_ignored(path):
            return False
        return folder or not rule.include or name == "." or bool(self._include.match_file(name))

    def _is_docker_ignored(self, path: Path) -> bool:
        context = self.rule.context
        if context is None or not path.is_relative_to(context):
            return False
        return bool(self._docker.match_file(path.relative_to(context).as_posix()))
