"""`parity diff ENV --since SNAPSHOT`: what changed in one environment over time."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from parity.actions.diff import judge
from parity.actions.diff_request import DiffRequest, is_local
from parity.actions.environments import read_for_comparison
from parity.actions.layers import with_layers
from parity.actions.session import local_environment
from parity.errors import DefinitionError, UsageError
from parity.model.environment import Environment
from parity.model.finding import Report
from parity.model.progress import Progress, Step
from parity.model.project import Project
from parity.model.setting import Layer
from parity.paths import ProjectPaths

NEWEST = "newest"
"""In the place of a snapshot: the newest one of that environment in environments/."""
FOLDER = "environments"


@dataclass(frozen=True)
class Past:
    """An environment as it was, and as it is."""

    request: DiffRequest
    before: Environment
    now: Environment
    note: str
    """What the comparison is of."""


def since(
    paths: ProjectPaths, project: Project, request: DiffRequest, snapshot: str, progress: Progress
) -> Report:
    """The report: the snapshot on the left, the environment as it is now on the right."""
    past = read_past(paths, project, request, snapshot, progress)
    report = judge(paths, project, past.request, past.before, past.now)
    return replace(report, notes=(past.note, *report.notes))


def read_past(
    paths: ProjectPaths, project: Project, request: DiffRequest, snapshot: str, progress: Progress
) -> Past:
    """Both sides. Now the layers are read that the snapshot has, or those that the request names."""
    if is_local(project, request.left):
        raise UsageError(
            "nobody captures what runs on this machine",
            next_step=f"`parity diff {request.left or 'local'} SNAPSHOT` compares it with one",
        )
    if request.right:
        raise UsageError(
            "--since compares one environment with its own past",
            next_step="name one environment: `parity diff prod --since environments/prod.json`",
        )
    word = str(newest(paths, project, request.left)) if snapshot == NEWEST else snapshot
    progress(Step(word, "reading"))
    before = _captured(paths, project, word)
    name = request.left or _of(project, before, word)
    progress(Step(name, "reading"))
    now = read_for_comparison(paths, project, name).result()
    # What is named by its file is what the user says it is.
    whose = now.snapshot_of or (name if name in project.environments else before.snapshot_of)
    if whose != before.snapshot_of:
        raise UsageError(
            f"{word} is a snapshot of `{before.snapshot_of}`, not of `{name}`",
            next_step=f"`parity diff {word} {name}` compares two different environments",
        )
    now = replace(now, name=whose)
    wanted = request.read or before.layers - {Layer.DECLARED}
    now = with_layers(now, wanted | request.layers, progress, base=project.local.gateway_base)
    day = when(before.captured)
    file = Path(word)
    shown = file.relative_to(paths.root) if file.is_relative_to(paths.root) else file
    note = f"what changed in {now.name} since {day}: {shown} was captured {before.captured}"
    return Past(
        replace(request, left=word, right=name),
        replace(before, name=f"{before.snapshot_of} of {day}"),
        now,
        note,
    )


def newest(paths: ProjectPaths, project: Project, name: str) -> Path:
    """The snapshot of an environment in environments/ that was captured last."""
    name = name or local_environment(project)
    folder = paths.root / FOLDER
    table = project.environments.get(name)
    own = {paths.root / file for file in table.files} if table else set()
    found: list[tuple[str, str]] = []
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        with suppress(DefinitionError):  # a damaged one is no reason not to use another
            whose, captured = _snapshot(file)
            if file not in own and whose == name:
                found.append((captured, str(file)))
    if not found:
        raise UsageError(
            f"no snapshot of `{name}` in {folder}",
            next_step=f"`parity capture {name}` writes one, or name a file: --since FILE",
        )
    return Path(max(found)[1])


def when(captured: str) -> str:
    """`2026-11-01`; `17:40 UTC` of what was captured today."""
    day, _, time = captured.partition("T")
    if day == datetime.now(UTC).strftime("%Y-%m-%d") and time:
        return f"{time[:5]} UTC"
    return day


def _captured(paths: ProjectPaths, project: Project, word: str) -> Environment:
    found = read_for_comparison(paths, project, word).result()
    if not found.captured:
        raise UsageError(
            f"{word} is no snapshot, so it does not say when it was",
            next_step="`parity capture ENVIRONMENT` writes one",
        )
    return found


def _of(project: Project, before: Environment, word: str) -> str:
    """The environment that a snapshot is of, where the user named none."""
    if before.snapshot_of not in project.environments:
        raise UsageError(
            f"{word} is a snapshot of `{before.snapshot_of}`, which parity.toml does not name",
            next_step="say what it is today: `parity diff DEFINITION --since SNAPSHOT`",
        )
    return before.snapshot_of


def _snapshot(file: Path) -> tuple[str, str]:
    """Name and time of a snapshot; empty texts for another file."""
    from parity.sources import snapshot
    from parity.sources.snapshot_parse import parse

    if not snapshot.recognises(file):
        return "", ""
    told = parse(snapshot.text_of(file), str(file))
    return told.name, told.captured
