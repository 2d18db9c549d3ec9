"""Configuration files that images bring, where nothing is mounted over them: facts of `files.config`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from parity.diff.view import Service
from parity.model.document import Path
from parity.model.facts import EXTENSION
from parity.model.hidden import Concealed, Hidden

CONFIG: Final = ("files", "config")
_MOUNTS: Final = frozenset({"volumes", "configs", "secrets", "tmpfs"})


@dataclass(frozen=True)
class Setting:
    """One setting of a file: the names above it, its own, and what is said, in one text."""

    above: tuple[str, ...]
    name: str
    value: str
    path: Path


def image_files(service: Service) -> Mapping[str, Mapping[Path, Any]]:
    """Settings by their paths, by file."""
    return service.once(_image_files)


def _image_files(service: Service) -> Mapping[str, Mapping[Path, Any]]:
    found: dict[str, dict[Path, Any]] = {}
    if EXTENSION not in service.document:
        return found
    mounted: tuple[str, ...] | None = None
    for path, value in service.settings.items():
        if path[:2] == CONFIG and len(path) > 3:  # noqa: PLR2004
            if mounted is None:
                mounted = tuple(_mounted(service))
            file = str(path[2])
            if not any(f"{file}/".startswith(f"{each}/") for each in mounted):
                found.setdefault(file, {})[path] = value
    return found


def _mounted(service: Service) -> Iterator[str]:
    for path in service.others:
        if path[0] in _MOUNTS and len(path) > 1:
            yield str(path[1]).rstrip("/")


def image_contents(service: Service, file: str) -> Iterator[tuple[str, Path]]:
    """Texts of those files whose path matches and that are kept as they are."""
    for name, settings in image_files(service).items():
        if re.search(file, name):
            for path, value in settings.items():
                if path[3:] == ("content",) and isinstance(value, str):
                    yield str(value), path


def image_settings(service: Service, file: str, *, named: bool = False) -> Iterator[Setting]:
    """Settings of those files whose path matches; where they must be `named`, of those that the command
    line names: the server does not look for them.
    """
    for place, settings in image_files(service).items():
        if not re.search(file, place) or (named and not service.holds(place.lower())):
            continue
        for path, value in settings.items():
            names = tuple(str(part) for part in path[3:])
            if names[0] != "content" and not isinstance(value, Hidden | Concealed):
                text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
                yield Setting(names[:-1], names[-1], text, path)
