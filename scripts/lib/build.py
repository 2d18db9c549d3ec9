"""Building one image with the engine's classic builder: works on every engine, without plugins."""

from __future__ import annotations

import io
import os
import re
import tarfile
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

import docker
import docker.errors

from scripts.lib.errors import SetupError
from scripts.lib.paths import ROOT
from scripts.lib.progress import Step

TAIL = 25
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def archive(root: Path, files: Iterable[str]) -> IO[bytes]:
    """The build context: exactly these files, without owners, times or umask."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name in sorted(files):
            path = root / name
            entry = tar.gettarinfo(str(path), arcname=name)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = 0
            entry.mode = 0o755 if entry.isdir() or is_executable(path) else 0o644
            if entry.isfile():
                with path.open("rb") as file:
                    tar.addfile(entry, file)
            else:
                tar.addfile(entry)
    target.seek(0)
    return target


def is_executable(path: Path) -> bool:
    """The only permission that reaches an image."""
    return bool(path.lstat().st_mode & 0o100)


def build(
    client: docker.DockerClient,
    step: Step,
    *,
    context: IO[bytes],
    dockerfile: Path,
    inside: str,
    tag: str,
    base: str,
    labels: Mapping[str, str],
) -> None:
    """Build and tag; an error names `dockerfile` and carries the end of what the builder wrote.

    `inside` is the Dockerfile's name within the context.
    """
    tail: deque[str] = deque(maxlen=TAIL)
    try:
        stream = client.api.build(
            fileobj=context,
            custom_context=True,
            dockerfile=inside,
            tag=tag,
            buildargs={"BASE": base},
            labels=dict(labels),
            rm=True,
            forcerm=True,
            decode=True,
        )
        for line in stream:
            text = _COLOUR.sub("", str(line.get("stream") or line.get("error") or "")).strip()
            if text:
                tail += text.splitlines()
                step.show_life(f"{tag}: {text}")
            if "error" in line:
                raise _failed(tag, dockerfile, tail)
    except docker.errors.APIError as error:
        tail.append(str(error.explanation or error))
        raise _failed(tag, dockerfile, tail) from error


def _failed(tag: str, dockerfile: Path, tail: Iterable[str]) -> SetupError:
    shown = os.path.relpath(dockerfile, ROOT)
    return SetupError(
        f"building {tag} from {shown} failed.",
        detail="\n".join(tail),
        next_step="a package that could not be fetched: check the engine's network (a container "
        f"must reach Debian's mirror), run this again. Anything else: mend {shown}.",
        exit_code=1,
    )
