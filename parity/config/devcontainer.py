"""What must hold in [devcontainer] of parity.toml beyond the types of its values: they go into a Dockerfile."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from parity.config.positions import line_of
from parity.errors import ConfigError
from parity.model.project import DevcontainerTable, Project

_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_TOOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._:=~@/-]*")


def check_devcontainer(project: Project, *, text: str, file: Path) -> None:
    """ConfigError for the first thing that is wrong, with its line."""
    table = project.devcontainer
    for key, message, remedy in _problems(table) if table else ():
        raise ConfigError(
            f"`devcontainer.{key}`: {message}",
            where=f"{file}:{line_of(text, ('devcontainer', key))}",
            next_step=remedy,
        )


def _problems(table: DevcontainerTable) -> Iterator[tuple[str, str, str]]:
    if not _USER.fullmatch(table.user):
        yield "user", f"no name of an account: {table.user!r}", 'for example user = "dev"'
    for tool in table.tools:
        if not _TOOL.fullmatch(tool):
            yield "tools", f"no name of a package: {tool!r}", "install others in the Dockerfile"
    for key, place in (("workspace", table.workspace), *(("code", p) for p in table.code.values())):
        if place and not _is_place(place):
            yield key, f"no folder of a container: {place!r}", "write it from / on, without `..`"


def _is_place(text: str) -> bool:
    path = PurePosixPath(text)
    return (
        path.is_absolute() and len(path.parts) > 1 and ".." not in path.parts and "\0" not in text
    )
