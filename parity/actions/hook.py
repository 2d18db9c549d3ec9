"""`parity hook`: the pre-push hook, and the check of what is being pushed."""

import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from parity.actions import git
from parity.errors import UsageError
from parity.paths import write

NAME = "pre-push"
_MARK = "# written by `parity hook install`"
_NOTHING = "0" * 40


@dataclass(frozen=True)
class Installed:
    """What installing did: `done` is `written`, `same` or `removed`."""

    file: Path
    done: str


def script(project: Path, top: Path) -> str:
    """The hook's text. It names the interpreter that parity is installed in: hooks run with whatever PATH
    the program that pushes has.
    """
    folder = os.path.relpath(project, top)
    where = "" if folder == "." else f" -C {shlex.quote(folder)}"
    python = shlex.quote(sys.executable)
    return f"""\
#!/bin/sh
{_MARK}; `parity hook uninstall` removes it, `git push --no-verify` goes past it once.
if [ -x {python} ]; then
    exec {python} -m parity{where} hook run "$@"
fi
exec parity{where} hook run "$@"
"""


def install(project: Path) -> Installed:
    """Write the hook; refuses where another one is there, and says how both can run."""
    top = git.top(project)
    folder = git.hooks_folder(project)
    file = folder / NAME
    text = script(project.resolve(), top.resolve())
    if file.exists():
        present = file.read_text(errors="replace")
        if _MARK not in present:
            raise UsageError(
                f"there is a {NAME} hook already, and it is not parity's",
                where=str(file),
                next_step=_beside(present),
            )
        if present == text:
            return Installed(file, "same")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make {folder}: {error.strerror}") from error
    write(file, text, mode=0o755)
    return Installed(file, "written")


def uninstall(project: Path) -> Installed:
    """Remove the hook, if it is parity's."""
    file = git.hooks_folder(project) / NAME
    if not file.exists():
        return Installed(file, "same")
    if _MARK not in file.read_text(errors="replace"):
        raise UsageError(f"the {NAME} hook is not parity's; it stays", where=str(file))
    file.unlink()
    return Installed(file, "removed")


def pushed(lines: str) -> tuple[str, ...]:
    """The commits that a push sends, each once: from the pre-commit framework's variables, or from what
    git tells a pre-push hook (`LOCALREF LOCALID REMOTEREF REMOTEID` a line). Deletions send none.
    """
    named = os.environ.get("PRE_COMMIT_TO_REF")
    if named:
        return (named,)
    commits = [words[1] for words in map(str.split, lines.splitlines()) if len(words) == 4]  # noqa: PLR2004
    if not commits and os.environ.get("PRE_COMMIT"):
        # The framework keeps git's stdin, and names no commit when a whole history is pushed, or for
        # `pre-commit run --all-files`.
        return (os.environ.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD",)
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
    with _ended_in_order(), tempfile.TemporaryDirectory(prefix="parity-push-") as folder:
        git.export(top, full, Path(folder))
        copy = Path(folder).resolve()
        yield copy / project.resolve().relative_to(top), copy


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


def sent(project: Path, lines: str) -> Iterator[str]:
    """The commits of `pushed`, less what is none: a tag may stand for a file."""
    top = git.top(_there(project))
    return (commit for commit in pushed(lines) if git.is_commit(top, commit))


def _there(folder: Path) -> Path:
    """The folder, or what is there of its path: the work tree may be at a commit without it."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _beside(present: str) -> str:
    if "pre-commit" in present:
        return (
            "the pre-commit framework is here: add parity to .pre-commit-config.yaml "
            "(docs/check.md has the lines), then `pre-commit install --hook-type pre-push`"
        )
    return 'add the line `parity hook run "$@" || exit 1` to it (it must be given git\'s stdin)'
