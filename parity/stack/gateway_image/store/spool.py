"""Compressed layers on their way: made or received beside, then known by their digest."""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .place import inside

_BUFFER = 1 << 20


def blob_path(digest: str) -> Path:
    """Where the blob of a digest is; ValueError for what is no sha256."""
    kind, _, value = digest.partition(":")
    if kind != "sha256" or len(value) != 64 or set(value) - set("0123456789abcdef"):
        raise ValueError(f"not a sha256 digest: {digest}")
    return _folder("blobs") / value


def _folder(name: str) -> Path:
    folder = inside(f"ship/{name}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def known(layer: str) -> dict[str, Any]:
    """Digest and size of a layer that was made before; nothing if it was not."""
    try:
        digest, size = (_folder("layers") / layer).read_text(encoding="ascii").split()
        return {"digest": digest, "size": int(size)}
    except (OSError, ValueError):
        return {}


def remember(layer: str, blob: dict[str, Any]) -> None:
    """Keep digest and size of a layer."""
    path = _folder("layers") / layer
    aside = path.with_name(f".{layer}.{uuid.uuid4().hex}")
    aside.write_text(f"{blob['digest']} {blob['size']}", encoding="ascii")
    aside.rename(path)


@dataclass
class Made:
    """A compressed file being made: what is written to `input` comes out at `path`."""

    path: Path
    input: IO[bytes]
    digest: str = ""
    size: int = 0


@contextlib.contextmanager
def compressed() -> Iterator[Made]:
    """Compress what is written within; the file is gone again if that fails."""
    path = _folder("blobs") / f".{uuid.uuid4().hex}.new"
    # A fixed number of threads: the bytes do not depend on the machine.
    zstd = subprocess.Popen(
        ["zstd", "-q", "-3", "-T2", "-c"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert zstd.stdin is not None
    made = Made(path, zstd.stdin)
    failed: list[OSError] = []
    drain = threading.Thread(target=_drain, args=(zstd, made, failed))
    drain.start()
    try:
        with contextlib.suppress(BrokenPipeError):  # the reason is `failed`, or the exit code
            yield made
            made.input.close()
        drain.join()
        _check(failed, zstd.wait())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        zstd.kill()
        drain.join()
        zstd.wait()
        with contextlib.suppress(BrokenPipeError):
            zstd.stdin.close()


def _check(failed: list[OSError], code: int) -> None:
    if failed:
        raise failed[0]
    if code != 0:
        raise OSError(f"zstd ended with {code}")


def _drain(zstd: "subprocess.Popen[bytes]", made: Made, failed: list[OSError]) -> None:
    digest = hashlib.sha256()
    assert zstd.stdout is not None
    try:
        with zstd.stdout, made.path.open("wb") as file:
            while data := zstd.stdout.read(_BUFFER):
                digest.update(data)
                file.write(data)
                made.size += len(data)
    except OSError as error:
        failed.append(error)
        zstd.kill()
    made.digest = f"sha256:{digest.hexdigest()}"


def keep(made: Made) -> dict[str, Any]:
    """Give a finished file its name."""
    made.path.rename(blob_path(made.digest))
    return {"digest": made.digest, "size": made.size}


@contextlib.contextmanager
def receiving(digest: str) -> Iterator[IO[bytes] | None]:
    """The part of a blob that is there, locked and open at its end; None once all is there."""
    whole = blob_path(digest)
    part = whole.with_name(f"{whole.name}.part")
    while True:
        file = part.open("ab+")
        fcntl.flock(file, fcntl.LOCK_EX)
        # Who had the lock before may have finished it, or thrown it away.
        if part.exists() and os.path.samestat(os.fstat(file.fileno()), part.stat()):
            break
        file.close()
    with file:
        if whole.exists():
            part.unlink()
            yield None
        else:
            yield file
