"""`parity hook`: the pre-push hook, and the check of what is being pushed."""

import os
import re
import shlex
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from parity.actions import git
from parity.actions.hook_place import Place, beside, lefthook, location, place
from parity.errors import UsageError
from parity.paths import ProjectPaths, ensure_state, write

_ID = re.compile(r"[0-9a-f]{40,64}")
_COPY = "parity-push-"
_LEFT = 3600.0
_MARK = "# written by `parity hook install`"
_BEFORE = ".before-parity"
_LOOK = "see who may write there, and where core.hooksPath leads"


@dataclass(frozen=True)
class Installed:
    """What installing did: `done` is `written`, `same` or `removed`; `note` is what is left to do."""

    file: Path
    done: str
    note: str = ""


def script(project: Path, top: Path, *, committed: bool = False, chained: bool = False) -> str:
    """The hook's text. Hooks run with whatever PATH the program that pushes has, so it names the
    interpreter that parity is installed in, unless others get the file too.
    """
    python = "" if committed else shlex.quote(sys.executable)
    call = [*_folder(project, top), "hook", "run", "--listed"]
    run = shlex.join(call) + ' "$@"'
    lines = ["#!/bin/sh", f"{_MARK}; `parity hook uninstall` removes it."]
    if chained:
        lines += [
            "# The hook that was here before comes first; both are given git's list.",
            "listed=$(cat)",
            f'before="$0{_BEFORE}"',
            'list() { [ -z "$listed" ] || printf \'%s\\n\' "$listed"; }',
            'if [ -x "$before" ]; then list | "$before" "$@" || exit $?; fi',
        ]
    lines += [
        *([f"if [ -x {python} ]; then", f"    set -- {python} -m parity {run}"] if python else ()),
        f"{'elif' if python else 'if'} command -v parity >/dev/null 2>&1; then",
        f"    set -- parity {run}",
        "else",
        '    echo "error: parity is not installed here, so nothing says whether this push drifts" >&2',
        '    echo " next: install it, or go past it once: git push --no-verify" >&2',
        "    exit 1",
        "fi",
        'list | "$@"' if chained else 'exec "$@"',
    ]
    return "\n".join(lines) + "\n"


def install(project: Path, *, chain: bool = False) -> Installed:
    """Write the hook. Where another one is there, it says how both can run; with `chain` it moves that one
    beside its own and runs it first.
    """
    top = git.top(project)
    found = place(project, _call(project, top))
    kept = found.file.with_name(found.file.name + _BEFORE)
    present = _present(found.file)
    if present is not None and _MARK not in present:
        if not chain:
            raise beside(found.file, present, _call(project, top))
        _move(found.file, kept)
    text = script(
        project.resolve(), top.resolve(), committed=found.committed, chained=kept.exists()
    )
    if present == text:
        return Installed(found.file, "same", found.note)
    _put(found, text)
    return Installed(found.file, "written", found.note)


def uninstall(project: Path) -> Installed:
    """Remove the hook, if it is parity's; one that it ran beside itself comes back."""
    file = location(project).file
    present = _present(file)
    if present is None:
        return Installed(file, "same", _manager(git.top(project)))
    if _MARK not in present:
        raise UsageError(
            f"the {file.name} hook is not parity's; it stays",
            where=str(file),
            next_step="take the line with `parity hook run` out of it, if there is one",
        )
    kept = file.with_name(file.name + _BEFORE)
    if kept.exists():
        kept.replace(file)
    else:
        file.unlink()
    return Installed(file, "removed")


def _manager(top: Path) -> str:
    found = lefthook(top)
    if found is None or "hook run" not in found.read_text(errors="replace"):
        return ""
    return f"{found.name} has parity's lines: take them out, then `lefthook install`"


def _call(project: Path, top: Path) -> str:
    return shlex.join(["parity", *_folder(project.resolve(), top.resolve()), "hook", "run"])


def _folder(project: Path, top: Path) -> tuple[str, ...]:
    folder = os.path.relpath(project, top)
    return () if folder == "." else ("-C", folder)


def _present(file: Path) -> str | None:
    """A hook's text; None without one. A link that leads nowhere is one, too: git will follow it."""
    try:
        return file.read_text(errors="replace")
    except FileNotFoundError:
        return "" if file.is_symlink() else None
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}", next_step=_LOOK) from error


def _move(file: Path, kept: Path) -> None:
    if kept.exists():
        raise UsageError(
            f"there is a {kept.name} already",
            where=str(kept),
            next_step="remove it or give it another name; then the same command again",
        )
    try:
        file.replace(kept)
    except OSError as error:
        raise UsageError(f"cannot move {file}: {error.strerror}", next_step=_LOOK) from error


def _put(found: Place, text: str) -> None:
    try:
        found.file.parent.mkdir(parents=True, exist_ok=True)
        write(found.file, text, mode=0o755)
    except OSError as error:
        raise UsageError(f"cannot write {found.file}: {error.strerror}", next_step=_LOOK) from error


def pushed(lines: str, *, listed: bool = False) -> tuple[str, ...]:
    """The commits that a push sends, each once: from the pre-commit framework's variables, or from what
    git tells a pre-push hook (`LOCALREF LOCALID REMOTEREF REMOTEID` a line). Deletions send none.

    `listed`: an empty list is git's own and means that nothing is sent. Otherwise something has read it
    before, or passes nothing on, and the commit that is checked out stands for what is pushed.
    """
    named = os.environ.get("PRE_COMMIT_TO_REF")
    if named:
        return (named,)
    rows = [line.split() for line in lines.splitlines() if line.strip()]
    if not all(len(row) == 4 and _ID.fullmatch(row[1]) for row in rows):  # noqa: PLR2004
        raise UsageError(
            "standard input is not git's list of what is pushed",
            next_step="`parity hook run < /dev/null` checks the commit that is checked out",
        )
    commits = [row[1] for row in rows]
    if not commits and os.environ.get("PRE_COMMIT"):
        # The framework keeps git's stdin, and names no commit when a whole history is pushed, or for
        # `pre-commit run --all-files`.
        return (os.environ.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD",)
    if not rows and not listed:
        return ("HEAD",)
    return tuple(dict.fromkeys(c for c in commits if c.strip("0")))


@contextmanager
def tree_of(project: Path, commit: str) -> Iterator[tuple[Path, Path]]:
    """The project's folder as the commit has it, and the top of its repository: the work tree where that
    is the same, else a copy.
    """
    top = git.top(_there(project)).resolve()
    full = git.commit(top, commit)
    if git.is_checked_out(top, full):
        yield project, top
        return
    _sweep()
    with _ended_in_order(), tempfile.TemporaryDirectory(prefix=_COPY) as folder:
        # Its name stays: projects and their keys are called after their folder.
        copy = Path(folder).resolve() / top.name
        copy.mkdir()
        git.export(top, full, copy)
        there = copy / project.resolve().relative_to(top)
        _share_answers(project, there)
        yield there, copy


def _sweep() -> None:
    """Remove what a push that was killed has left: copies of this user's, an hour old."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_COPY}*"):
        with suppress(OSError):
            about = folder.lstat()
            if about.st_uid == os.getuid() and about.st_mtime < time.time() - _LEFT:
                shutil.rmtree(folder, ignore_errors=True)


def _share_answers(project: Path, copy: Path) -> None:
    """Let the copy keep its answers where the project does: most commits leave the definitions alone."""
    mine, its = ProjectPaths(project.resolve()).state, ProjectPaths(copy).state
    if project.is_dir() and copy.is_dir() and not os.path.lexists(its):
        with suppress(UsageError, OSError):
            ensure_state(mine)
            its.symlink_to(mine)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a push that is ended from outside take its copy of the commit with it."""

    def end(number: int, _: object) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def sent(project: Path, lines: str, *, listed: bool = False) -> Iterator[str]:
    """The commits of `pushed`, less what is none: a tag may stand for a file."""
    top = git.top(_there(project))
    return (commit for commit in pushed(lines, listed=listed) if git.is_commit(top, commit))


def _there(folder: Path) -> Path:
    """The folder, or what is there of its path: the work tree may be at a commit without it."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())
