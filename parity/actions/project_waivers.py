"""The waivers of a project: those of parity.toml, and the baseline beside it."""

import tomllib
from dataclasses import dataclass
from datetime import date

from parity.config.build import build
from parity.config.positions import line_of
from parity.errors import ConfigError
from parity.model.project import Project, WaiverTable
from parity.model.setting import Origin
from parity.paths import ProjectPaths, read_small


@dataclass(frozen=True)
class Waivers:
    """Waivers and where each is written."""

    tables: tuple[WaiverTable, ...]
    origins: tuple[Origin | None, ...]


def waivers_of(paths: ProjectPaths, project: Project) -> Waivers:
    """All waivers with file and line."""
    baseline, text = _baseline(paths)
    own = _text(paths)
    name, other = str(paths.config), str(paths.baseline)
    origins = [
        *(Origin(name, line_of(own, ("waivers", i))) for i in range(len(project.waivers))),
        *(Origin(other, line_of(text, ("waivers", i))) for i in range(len(baseline))),
    ]
    return Waivers((*project.waivers, *baseline), tuple(origins))


def baseline_of(paths: ProjectPaths) -> tuple[WaiverTable, ...]:
    """The waivers of the baseline file; none where there is no file."""
    return _baseline(paths)[0]


def _baseline(paths: ProjectPaths) -> tuple[tuple[WaiverTable, ...], str]:
    try:
        text = read_small(paths.baseline)
    except FileNotFoundError:
        return (), ""
    except (OSError, UnicodeDecodeError) as error:
        raise _broken(paths, str(error)) from error
    try:
        rows = tomllib.loads(text).get("waivers", [])
        return tuple(_checked(build(WaiverTable, row)) for row in rows), text
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _broken(paths, str(error)) from error


def _checked(waiver: WaiverTable) -> WaiverTable:
    """The waiver; raises TypeError where a value is of the wrong kind. (The validator costs more time.)"""
    texts = (waiver.rule, waiver.setting, waiver.reason, waiver.owner)
    if not all(type(text) is str for text in texts):
        raise TypeError(f"texts are wanted in the waiver of {waiver.rule} for {waiver.setting}")
    if waiver.expires is not None and type(waiver.expires) is not date:
        raise TypeError(f"`expires` of {waiver.rule} for {waiver.setting} is no date")
    return waiver


def _broken(paths: ProjectPaths, reason: str) -> ConfigError:
    return ConfigError(
        f"{paths.baseline.name} cannot be read: {reason}",
        where=str(paths.baseline),
        next_step="take it back from git, or write it anew with `parity check --baseline`",
    )


def _text(paths: ProjectPaths) -> str:
    try:
        return paths.config.read_text(encoding="utf-8")
    except OSError:
        return ""
