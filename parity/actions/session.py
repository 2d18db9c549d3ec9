"""Whose stack a command is about."""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

from parity.errors import UsageError
from parity.model.project import EnvironmentTable, Project
from parity.model.stack import Identity
from parity.paths import ProjectPaths, StackPaths

_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]{0,62}$")


@dataclass(frozen=True)
class Session:
    """One project in one worktree, and the stack that belongs to it."""

    paths: ProjectPaths
    project: Project
    identity: Identity

    @property
    def files(self) -> StackPaths:
        """The stack's files."""
        return self.paths.stack(self.identity.name)

    @property
    def environment_name(self) -> str:
        """The environment that the local stack copies."""
        return local_environment(self.project)

    @property
    def environment(self) -> EnvironmentTable:
        """Its table."""
        return self.project.environments[self.environment_name]


def open_session(
    paths: ProjectPaths, project: Project, *, name: str = "", environment: str = ""
) -> Session:
    """The session for a worktree.

    `environment` is copied instead of the usual one, by a stack of its own beside the usual one's;
    `name` overrides the stack's name.
    """
    project_name = _tame(project.project.name) or "project"
    usual = f"{project_name[:40]}-{worktree_key(paths.root)}"
    if environment:
        project, usual = _copying(project, environment, usual)
    name = name or usual
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"not a stack name: `{name}`", next_step="use small letters, digits, - and _"
        )
    return Session(paths, project, Identity(name, project_name, str(paths.root)))


def _tame(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")


def _copying(project: Project, environment: str, usual: str) -> tuple[Project, str]:
    """The project with another environment to copy, and that copy's name."""
    if environment not in project.environments:
        known = ", ".join(project.environments) or "none"
        raise UsageError(
            f"parity.toml has no environment `{environment}`", next_step=f"there are: {known}"
        )
    names = list(project.environments)
    likely = project.local.environment or next(
        (name for name in ("prod", "production") if name in names), ""
    )
    suffix = "" if environment == likely or len(names) == 1 else f"-{_tame(environment)[:15]}"
    local = replace(project.local, environment=environment)
    return replace(project, local=local), f"{usual}{suffix}"


def worktree_key(root: Path) -> str:
    """Six characters that differ between worktrees: from the folder's canonical path."""
    return hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:6]


def local_environment(project: Project) -> str:
    """The environment to copy: the one named, else `prod` or `production`, else the only one."""
    if project.local.environment:
        return project.local.environment
    names = list(project.environments)
    for usual in ("prod", "production"):
        if usual in names:
            return usual
    if len(names) == 1:
        return names[0]
    if not names:
        raise UsageError(
            "parity.toml names no environment",
            next_step='name one: [environments.prod] files = ["…"]',
        )
    raise UsageError(
        f"which environment is production? parity.toml has: {', '.join(names)}",
        next_step='say so: [local] environment = "…", or add [environments.prod]',
    )
