"""The global options of one call, and what is opened from them when a command needs it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from parity.cli.output import Reporter
from parity.errors import UsageError

if TYPE_CHECKING:
    from parity.actions.session import Session


@dataclass(frozen=True)
class Globals:
    """Options that stand before the verb."""

    directory: Path
    name: str
    files: tuple[str, ...]
    profiles: tuple[str, ...]
    env_files: tuple[str, ...]
    progress: str


def open_session(context: typer.Context) -> "Session":
    """The session that the global options describe."""
    from parity.actions.session import local_environment
    from parity.actions.session import open_session as open_it
    from parity.config import load
    from parity.model.project import EnvironmentTable, Project, ProjectTable
    from parity.paths import ProjectPaths, find_root

    options: Globals = context.find_object(Globals) or _no_globals()
    if options.files and find_root(options.directory.resolve()) is None:
        root = options.directory.resolve()
        project = Project(
            project=ProjectTable(name=root.name), environments={"prod": EnvironmentTable()}
        )
        paths = ProjectPaths(root)
    else:
        paths = load.locate(options.directory)
        project = load.load(paths)
    if options.files or options.profiles or options.env_files:
        name = local_environment(project)
        table = project.environments[name]
        table = replace(
            table,
            files=_absolute(options.files) or table.files,
            profiles=options.profiles or table.profiles,
            env_files=_absolute(options.env_files) or table.env_files,
        )
        project = replace(project, environments={**project.environments, name: table})
    return open_it(paths, project, name=options.name)


def _absolute(files: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(Path(file).resolve()) for file in files)


def _no_globals() -> Globals:
    raise UsageError("no global options: call parity through its command line")


def reporter(context: typer.Context) -> Reporter:
    """Where this call's progress goes."""
    options: Globals = context.find_object(Globals) or _no_globals()
    return Reporter(options.progress)
