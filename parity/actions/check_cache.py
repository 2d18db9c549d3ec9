"""Answers of `parity check` by the content of what they were made from: never by time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from parity import compose_cli
from parity.actions.inputs import Uncertain, key_of
from parity.errors import UsageError
from parity.model.project import EnvironmentTable, Project
from parity.paths import ProjectPaths, ensure_state, write

_KEPT = 8


@dataclass(frozen=True)
class Answer:
    """What a check printed, and its exit code."""

    text: str
    code: int


def key(paths: ProjectPaths, project: Project, names: tuple[str, ...], how: str) -> str:
    """The key of an answer, or an empty text where nothing can be kept. `how` says how it is printed.

    Today's date is part of it: waivers end. So is the project key for secrets, as a hash.
    """
    tables = list(_tables(project, names))
    if len(tables) != len(names):
        return ""
    today = datetime.now(tz=UTC).date()
    salt = json.dumps(
        [list(names), how, str(today), _key_id(project, paths), compose_cli.identity()]
    )
    stand_ins = [paths.root / t.compose for t in project.stand_ins.values() if t.compose]
    mounted = [paths.root / here for here in project.local.host_files.values()]
    others = [paths.config, paths.lock, paths.baseline, *stand_ins, *mounted]
    try:
        return key_of(tables, paths.root, others, salt)
    except Uncertain:
        return ""


def get(paths: ProjectPaths, wanted: str) -> Answer | None:
    """The answer kept under a key."""
    if not wanted:
        return None
    try:
        kept = json.loads((paths.checks / wanted).read_text(encoding="utf-8"))
        return Answer(str(kept["text"]), int(kept["code"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def put(paths: ProjectPaths, wanted: str, answer: Answer) -> None:
    """Keep an answer; where that cannot be done, the next check takes longer."""
    if not wanted:
        return
    try:
        ensure_state(paths.checks)
        write(paths.checks / wanted, json.dumps({"text": answer.text, "code": answer.code}))
        kept = sorted(paths.checks.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in kept[_KEPT:]:
            old.unlink(missing_ok=True)
    except (UsageError, OSError):
        return


def _key_id(project: Project, paths: ProjectPaths) -> str:
    """Which key secrets are compared with: a hash, or an empty text where there is none."""
    from parity.secrecy import fingerprint, keys

    key = keys.find(project.project.name or paths.root.name)
    return fingerprint.key_id(key.value) if key else ""


def _tables(project: Project, names: tuple[str, ...]) -> Iterator[EnvironmentTable]:
    from pathlib import Path

    for name in names:
        if name in project.environments:
            yield project.environments[name]
        elif Path(name).is_file():
            yield EnvironmentTable(source="snapshot", files=(str(Path(name).resolve()),))
