"""Which branch a worktree is on, and whether git is at work in it: read from its files."""

from pathlib import Path

_SHORT = 12


def git_folder(root: Path) -> Path | None:
    """Where git keeps this worktree's HEAD; None outside of a repository."""
    for folder in (root, *root.parents):
        found = folder / ".git"
        if found.is_dir():
            return found
        if found.is_file():
            text = found.read_text(encoding="utf-8", errors="replace").strip()
            return (folder / text.removeprefix("gitdir:").strip()).resolve()
    return None


def head(folder: Path | None) -> str:
    """The branch, or the beginning of a commit's id; empty where there is none."""
    if folder is None:
        return ""
    try:
        text = (folder / "HEAD").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
    name = text.removeprefix("ref:").strip()
    return name.removeprefix("refs/heads/") if name != text else text[:_SHORT]


def is_busy(folder: Path | None) -> bool:
    """Whether git changes the worktree just now."""
    return folder is not None and (folder / "index.lock").exists()
