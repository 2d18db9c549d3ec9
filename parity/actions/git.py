"""What is asked of git."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parity.errors import UsageError
from parity.process import Completed, run

_SECONDS = 60
_REDIRECT = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


def user_name(folder: Path) -> str:
    """Git's `user.name`, or an empty text."""
    done = _git(folder, ["config", "user.name"])
    return done.stdout.strip() if done.ok else ""


def top(folder: Path) -> Path:
    """The top folder of the work tree; raises UsageError outside of one."""
    return Path(_answer(folder, ["rev-parse", "--show-toplevel"]).strip())


def hooks_folder(folder: Path) -> Path:
    """Where git looks for hooks: `core.hooksPath`, or the repository's own folder, worktrees included."""
    text = _answer(folder, ["rev-parse", "--git-path", "hooks"]).strip()
    return (folder / text).resolve()


@dataclass(frozen=True)
class HooksPath:
    """`core.hooksPath` as it is written; `scope`: system, global, local, worktree or command."""

    scope: str
    path: str


def hooks_path(folder: Path) -> HooksPath | None:
    """The setting that leads git to another folder of hooks, if any."""
    done = _git(folder, ["config", "--show-scope", "--get", "core.hooksPath"])
    scope, _, path = done.stdout.rstrip("\n").partition("\t")
    return HooksPath(scope, path) if done.ok and path else None


def is_ignored(folder: Path, file: Path) -> bool:
    """Whether git ignores a file, or it is git's own."""
    if file.is_relative_to((folder / ".git").resolve()):
        return True
    return _git(folder, ["check-ignore", "--quiet", str(file)]).ok


def commit(folder: Path, name: str) -> str:
    """The full id of a commit."""
    return _answer(folder, ["rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]).strip()


def is_commit(folder: Path, name: str) -> bool:
    """Whether a name stands for a commit; tags may stand for other things."""
    return _git(folder, ["cat-file", "-e", f"{name}^{{commit}}"]).ok


def is_checked_out(folder: Path, commit_id: str) -> bool:
    """Whether the work tree is that commit, with nothing changed and nothing untracked in it."""
    head = _git(folder, ["rev-parse", "HEAD"])
    status = _git(folder, ["status", "--porcelain", "--untracked-files=normal"])
    return head.ok and status.ok and head.stdout.strip() == commit_id and not status.stdout.strip()


def export(folder: Path, commit_id: str, target: Path) -> None:
    """Write all of a commit's files below `target`, wherever in the work tree `folder` is.

    Not `git archive`: it leaves out what `export-ignore` names, and all outside the folder it runs in.
    """
    index = target / ".parity-index"
    whole = top(folder)
    for arguments in (["read-tree", commit_id], ["checkout-index", "--all", f"--prefix={target}/"]):
        done = _git(whole, arguments, {"GIT_INDEX_FILE": str(index)})
        if not done.ok:
            raise UsageError(
                f"git {arguments[0]} of {commit_id[:12]}: {done.stderr.strip() or 'no answer'}",
                where=str(whole),
                next_step="`git fsck` looks at the repository, `df` at the room for temporary files",
            )
    index.unlink(missing_ok=True)


def _answer(folder: Path, arguments: Sequence[str]) -> str:
    done = _git(folder, arguments)
    if not done.ok:
        raise UsageError(
            f"git {' '.join(arguments)}: {done.stderr.strip() or 'no answer'}",
            where=str(folder),
            next_step="run it in a git repository",
        )
    return done.stdout


def _git(
    folder: Path, arguments: Sequence[str], more: Mapping[str, str] | None = None
) -> Completed:
    # Inside a hook git's own variables name the repository by paths relative to where it runs.
    env = {name: value for name, value in os.environ.items() if name not in _REDIRECT}
    return run(
        ["git", "-C", str(folder), *arguments], env={**env, **(more or {})}, timeout=_SECONDS
    )
