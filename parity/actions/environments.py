"""Begin to read an environment: by its name in parity.toml, or by what a user writes for one."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from parity.actions.diff_request import LOCAL
from parity.errors import UsageError
from parity.model.environment import Environment, Place
from parity.model.project import Project
from parity.model.reference import reference
from parity.paths import ProjectPaths
from parity.sources import registry
from parity.sources.contents import with_contents
from parity.sources.contract import Reading, Request

_COMPOSE, _DOCKER = "compose", "docker"
_ON_ENGINES = frozenset({"compose", "swarm"})
"""Notations whose containers an engine runs under the name of a project."""


@dataclass(frozen=True)
class ForComparison:
    """A reading whose result carries the contents of its configuration files."""

    reading: Reading
    host_files: Mapping[str, Path]
    """Files of production's hosts that are in the repository."""
    place: Place | None = None
    """Where it runs."""

    def result(self) -> Environment:
        """Wait for it."""
        return replace(with_contents(self.reading.result(), self.host_files), place=self.place)


def read_environment(
    paths: ProjectPaths, project: Project, name: str, *, fragments: bool = False
) -> Reading:
    """Begin to read one environment; declared secrets are references before a source sees them.

    `fragments` reads what is only a part of a definition, too.
    """
    table = project.environments[name]
    return registry.source(table.source).start(
        Request(
            name,
            paths.root,
            files=table.files,
            env_files=table.env_files,
            profiles=table.profiles,
            variables=_references(project),
            project=table.project,
            context=table.context,
            consumer=table.consumer,
            inspect=_inspect,
            fragments=fragments,
        )
    )


def read_for_comparison(paths: ProjectPaths, project: Project, word: str) -> ForComparison:
    """Begin to read what a user named: an environment of parity.toml, a file or folder in any
    notation, or `SOURCE:FILE,FILE` and `SOURCE:PROJECT` of a live source.
    """
    return ForComparison(
        _named(paths, project, word), host_files(paths, project), place(project, word)
    )


def place(project: Project, word: str) -> Place | None:
    """Where the containers of what a user named run: the docker source says so, and parity.toml may."""
    table = project.environments.get(word)
    if table is not None:
        said = table.source == _DOCKER or (table.source in _ON_ENGINES and table.project)
        return Place(table.context, table.project) if said else None
    source, _, rest = word.partition(":")
    context, _, name = rest.rpartition("@")
    return Place(context, name) if source == _DOCKER and rest else None


def begin(paths: ProjectPaths, project: Project, names: Iterable[str]) -> dict[str, ForComparison]:
    """Begin to read several, each once. What a caller needs meanwhile it can import meanwhile."""
    return {name: read_for_comparison(paths, project, name) for name in dict.fromkeys(names)}


def host_files(paths: ProjectPaths, project: Project) -> dict[str, Path]:
    """Files of production's hosts that are in the repository, by their path there."""
    return {there: paths.root / here for there, here in project.local.host_files.items()}


def _named(paths: ProjectPaths, project: Project, word: str) -> Reading:
    if word in project.environments:
        return read_environment(paths, project, word, fragments=True)
    source, colon, rest = word.partition(":")
    if colon and source in registry.names():
        return _explicit(project, source, rest, word)
    if _exists(word):
        found = registry.recognise(Path(word))
        if not found and _holds_compose_file(Path(word)):
            found = _COMPOSE
        if found:
            return _of_files(project, found, [word], word)
        raise UsageError(
            f"{word} is in no notation that parity knows",
            where=word,
            next_step=f"say which it is: SOURCE:{word}, SOURCE one of {', '.join(registry.names())}",
        )
    raise _unknown(project, word)


def _holds_compose_file(folder: Path) -> bool:
    # Imported here: a check of what has not changed reads no Compose file, and starts without this.
    from parity.sources.compose import DEFAULT_FILES

    return any((folder / name).is_file() for name in DEFAULT_FILES)


def told_apart_by_name(
    environments: Sequence[Environment], words: Sequence[str]
) -> list[Environment]:
    """Each under a name of its own: what the user wrote, where two are called the same."""
    called = [each.name for each in environments]
    return [
        replace(each, name=word) if called.count(each.name) > 1 else each
        for each, word in zip(environments, words, strict=True)
    ]


def _exists(word: str) -> bool:
    try:
        return Path(word).exists()
    except (OSError, ValueError):  # too long for a name, or a byte that no name has
        return False


def _explicit(project: Project, source: str, rest: str, word: str) -> Reading:
    files = [part for part in rest.split(",") if part]
    if source == _DOCKER or (len(files) == 1 and not _exists(files[0]) and source == "ecs"):
        context, _, name = rest.rpartition("@")
        request = Request(word, Path.cwd(), project=name, context=context, inspect=_inspect)
        return registry.source(source).start(request)
    return _of_files(project, source, files, word)


def _of_files(project: Project, source: str, files: list[str], word: str) -> Reading:
    variables = _references(project)
    name = Path(files[0]).name if files else word
    if source == _COMPOSE and len(files) == 1 and _exists(files[0]) and Path(files[0]).is_dir():
        from parity.sources.compose import discovered

        files = [str(file) for file in discovered(Path(files[0]))]
    request = Request(name or word, Path.cwd(), files=files, variables=variables, fragments=True)
    return registry.source(source).start(request)


def _references(project: Project) -> dict[str, str]:
    return {name: reference(name) for name in project.secrets}


def _inspect(context: str, project: str) -> Sequence[Mapping[str, Any]]:
    from parity.engine.inspect import records

    return records(context, project)


def _unknown(project: Project, word: str) -> UsageError:
    names = [*project.environments, LOCAL]
    near = difflib.get_close_matches(word, names, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"environments: {', '.join(names)}"
    return UsageError(
        f"no environment, file or folder called `{word}`",
        next_step=f"{hint}; a snapshot or definition is named by its path",
    )
