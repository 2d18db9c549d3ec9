"""The global options of one call, and what is opened from them when a command needs it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from parity.cli.output import Reporter
from parity.errors import UsageError

if TYPE_CHECKING:
    from parity.actions.session import Session
    from parity.model.project import Project
    from parity.paths import ProjectPaths


@dataclass(frozen=True)
class Globals:
    """Options that stand before the verb."""

    directory: Path
    name: str
    files: tuple[str, ...]
    profiles: tuple[str, ...]
    env_files: tuple[str, ...]
    progress: str
    environment: str = ""
    top: Path | None = None
    """Where the names of files begin in reports, if that is not for the reader's place to say."""


def open_session(context: typer.Context) -> "Session":
    """The session that the global options describe."""
    from parity.actions.session import local_environment
    from parity.actions.session import open_session as open_it
    from parity.config import load
    from parity.model.project import EnvironmentTable, Project, ProjectTable
    from parity.paths import ProjectPaths, find_root

    options: Globals = context.find_object(Globals) or _no_globals()
    root = _folder(options)
    if options.name and not options.files and find_root(root) is None:
        raise _no_project(root, options.name)
    if options.files and find_root(root) is None:
        project = Project(
            project=ProjectTable(name=root.name), environments={"prod": EnvironmentTable()}
        )
        paths = ProjectPaths(root)
    else:
        paths = load.locate(options.directory)
        project = load.load(paths)
    if options.files or options.profiles or options.env_files:
        name = options.environment or local_environment(project)
        table = project.environments.get(name) or EnvironmentTable()
        table = replace(
            table,
            files=_absolute(options.files) or table.files,
            profiles=options.profiles or table.profiles,
            env_files=_absolute(options.env_files) or table.env_files,
        )
        project = replace(project, environments={**project.environments, name: table})
    return open_it(paths, project, name=options.name, environment=options.environment)


def project_folder(context: typer.Context) -> Path:
    """The folder of the project, wherever below it parity was called."""
    from parity.config import load

    options: Globals = context.find_object(Globals) or _no_globals()
    return load.locate(options.directory).root


def open_project(context: typer.Context) -> "tuple[ProjectPaths, Project]":
    """The project of this folder, or an empty one: definitions can be compared anywhere."""
    from parity.config import load
    from parity.model.project import Project, ProjectTable
    from parity.paths import ProjectPaths, find_root

    options: Globals = context.find_object(Globals) or _no_globals()
    root = _folder(options)
    if find_root(root) is None and root.is_dir():
        return ProjectPaths(root), Project(project=ProjectTable(name=root.name))
    paths = load.locate(options.directory)
    return paths, load.load(paths)


def names_begin_at(context: typer.Context, project: Path, *, for_people: bool) -> Path:
    """The folder that reports name files from: where a reader stands, or the top of the repository, since
    that is what services which read reports know.
    """
    options: Globals = context.find_object(Globals) or _no_globals()
    if options.top is not None:
        return options.top
    if for_people:
        return Path.cwd()
    start = project.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)


def _folder(options: Globals) -> Path:
    """The folder that a command is about; UsageError where it was deleted under the shell."""
    try:
        return options.directory.resolve()
    except FileNotFoundError as error:
        raise nowhere() from error


def is_nowhere() -> bool:
    """Whether the folder of this process was deleted under it."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def nowhere() -> UsageError:
    """What to say then."""
    return UsageError(
        "the folder that this shell is in is gone",
        next_step="go to one that is there; `parity gc` removes stacks whose worktree is gone",
    )


def _no_project(folder: Path, stack: str) -> UsageError:
    return UsageError(
        f"no parity.toml in {folder} or above it",
        next_step=f"`parity ls` says in which worktree {stack} is; where that is gone, "
        f"`parity gc {stack}` removes the stack",
    )


def _absolute(files: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(Path(file).resolve()) for file in files)


def _no_globals() -> Globals:
    raise UsageError("no global options", next_step="call parity through its command line")


def reporter(context: typer.Context, *, quiet: bool = False) -> Reporter:
    """Where this call's progress goes. `quiet`: nowhere, unless the user asks for it."""
    options: Globals = context.find_object(Globals) or _no_globals()
    return Reporter("quiet" if quiet and options.progress == "auto" else options.progress)
