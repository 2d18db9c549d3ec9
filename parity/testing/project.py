"""Which project a folder means to a test, and the session of a stack of its own for it."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from parity.actions import slots
from parity.actions.session import Session, open_session
from parity.config import load
from parity.errors import UsageError
from parity.model.project import EnvironmentTable, Project, ProjectTable
from parity.paths import CONFIG_NAME, ProjectPaths
from parity.sources.compose import DEFAULT_FILES

_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


@dataclass(frozen=True)
class Wanted:
    """What a test asks for; files are relative to `context`, as Docker Compose would take them."""

    context: Path
    files: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    environment: str = ""


@dataclass(frozen=True)
class Found:
    """The project. `bare`: Compose files without a parity.toml, which run as they are written."""

    paths: ProjectPaths
    project: Project
    bare: bool


@dataclass(frozen=True)
class OwnPaths(ProjectPaths):
    """A project's files, but for the lock: tests change nothing that is committed."""

    own_lock: Path

    @property
    def lock(self) -> Path:
        """The lock of this stack; it begins as a copy of the committed one."""
        return self.own_lock


def find(wanted: Wanted) -> Found:
    """The nearest project at or above the context: its parity.toml, else its Compose file."""
    context = wanted.context.resolve()
    if not context.is_dir():
        raise UsageError(f"no such folder: {context}", next_step="name the project's folder")
    if wanted.files:
        configured = (context / CONFIG_NAME).is_file()
        return _configured(context, wanted) if configured else _bare(context, wanted.files, wanted)
    for folder in (context, *context.parents):
        if (folder / CONFIG_NAME).is_file():
            return _configured(folder, wanted)
        main = next((name for name in DEFAULT_FILES if (folder / name).is_file()), "")
        if main:
            more = [name for name in _OVERRIDES if (folder / name).is_file()]
            return _bare(folder, (main, *more[:1]), wanted)
    raise UsageError(
        f"neither {CONFIG_NAME} nor a Compose file in {context} or above it",
        next_step="name the folder of one of them",
    )


def _bare(root: Path, files: tuple[str, ...], wanted: Wanted) -> Found:
    table = EnvironmentTable(
        files=_absolute(root, files),
        env_files=_absolute(wanted.context, wanted.env_files),
        profiles=wanted.profiles,
    )
    project = Project(project=ProjectTable(root.name), environments={"prod": table})
    return Found(ProjectPaths(root), project, bare=True)


def _configured(root: Path, wanted: Wanted) -> Found:
    paths = ProjectPaths(root)
    project = load.load(paths)
    session = open_session(paths, project, environment=wanted.environment)
    table = session.environment
    table = replace(
        table,
        files=_absolute(wanted.context, wanted.files) or table.files,
        env_files=_absolute(wanted.context, wanted.env_files) or table.env_files,
        profiles=wanted.profiles or table.profiles,
    )
    environments = {**session.project.environments, session.environment_name: table}
    return Found(paths, replace(session.project, environments=environments), bare=False)


def _absolute(folder: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str((folder / name).absolute()) for name in names)


def own_session(found: Found, wanted: Wanted) -> tuple[Session, int]:
    """The session of a stack that belongs to this process, and the number of its slot."""
    key = json.dumps(
        [wanted.files, wanted.env_files, wanted.profiles, wanted.services, wanted.environment]
    )
    usual = open_session(found.paths, found.project)
    number = slots.take(found.paths.state, key).number
    name = f"{usual.identity.name}-t{number}"
    paths = OwnPaths(found.paths.root, found.paths.stack(name).folder / "parity.lock")
    return open_session(paths, found.project, name=name), number
