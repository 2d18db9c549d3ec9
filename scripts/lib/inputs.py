"""What an image is made from: the files its Dockerfile takes, and one hash over them all."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from docker.utils.build import exclude_paths

from scripts.lib.build import is_executable
from scripts.lib.errors import USAGE, SetupError

ALWAYS_IGNORED = ["**/.git", "**/.parity", "**/__pycache__", "**/*.pyc"]
_CONTINUED = re.compile(r"\\[ \t]*\n")
_COPY = re.compile(r"^\s*(?:COPY|ADD)\s+(.*)$", re.IGNORECASE)
_URL = re.compile(r"^[a-z]+://", re.IGNORECASE)


def sources(dockerfile: str) -> list[str] | None:
    """What COPY and ADD take from the context; None where that can't be told from the text."""
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    found: list[str] = []
    for line in _CONTINUED.sub(" ", "\n".join(lines)).splitlines():
        match = _COPY.match(line)
        if match is None:
            continue
        words = _arguments(match.group(1))
        if any(word.startswith("--from=") for word in words):
            continue
        taken = [word for word in words if not word.startswith("--")][:-1]
        if any("$" in word or word.startswith("<<") for word in taken):
            return None
        found += [word for word in taken if not _URL.match(word)]
    return found


def _arguments(text: str) -> list[str]:
    flags = re.match(r"(?:--\S+\s+)*", text)
    rest = text[flags.end() :] if flags else text
    before = text[: len(text) - len(rest)].split()
    if rest.startswith("["):
        return before + [str(word) for word in json.loads(rest)]
    return before + rest.split()


def context_files(context: Path, dockerfile: str) -> list[str]:
    """The files of the context that reach the builder, relative to it; the Dockerfile is one."""
    path = context / dockerfile
    if not path.is_file():
        raise SetupError(
            f"{path} does not exist.",
            next_step="correct `context` and `dockerfile` in images.toml.",
            exit_code=USAGE,
        )
    ignore = context / ".dockerignore"
    patterns = ignore.read_text(encoding="utf-8").splitlines() if ignore.is_file() else []
    kept = exclude_paths(str(context), [*patterns, *ALWAYS_IGNORED], dockerfile)
    files = {
        name for name in kept if not (context / name).is_dir() or (context / name).is_symlink()
    }
    wanted = sources(path.read_text(encoding="utf-8"))
    if wanted is not None:
        files = set(_matching(context, files, wanted))
    return sorted(files | {dockerfile})


def _matching(context: Path, files: Iterable[str], wanted: list[str]) -> Iterable[str]:
    taken = set()
    for source in wanted:
        name = source.strip("/").removeprefix("./")
        if name in ("", "."):
            return files
        taken |= {str(path.relative_to(context)) for path in context.glob(name)}
    return (
        file
        for file in files
        if file in taken or any(str(parent) in taken for parent in Path(file).parents)
    )


def digest(context: Path, files: Iterable[str], base_id: str) -> str:
    """One hash over names, contents and permissions, and over the image that it starts from."""
    total = hashlib.sha256(base_id.encode())
    for name in sorted(files):
        path = context / name
        content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
        kind = "l" if path.is_symlink() else "x" if is_executable(path) else "f"
        total.update(f"\0{kind}{name}\0{len(content)}\0".encode())
        total.update(content)
    return f"sha256:{total.hexdigest()}"
