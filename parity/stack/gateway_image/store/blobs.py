"""Compressed layers: send one, receive one, or throw them away."""

import hashlib
import json
import os
import time
from typing import IO, Any

from .spool import blob_path, receiving

_BUFFER = 1 << 18
_ABANDONED_SECONDS = 7 * 24 * 3600


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`do`: `have` (sizes of those of `digests` that are here) or `drop` (them, and what nobody has
    touched for `older` seconds; a week where that is not said).
    """
    paths = {digest: blob_path(digest) for digest in arguments["digests"]}
    if arguments["do"] == "have":
        return {"sizes": {d: path.stat().st_size for d, path in paths.items() if path.exists()}}
    for path in paths.values():
        path.unlink(missing_ok=True)
    _drop_old(float(arguments.get("older", _ABANDONED_SECONDS)))
    return {}


def _drop_old(seconds: float) -> None:
    """What a killed command left, and nobody has come back for."""
    for path in blob_path(f"sha256:{'0' * 64}").parent.iterdir():
        try:
            if time.time() - path.stat().st_mtime > seconds:
                path.unlink()
        except FileNotFoundError:
            continue


def stream(arguments: dict[str, Any], stdin: IO[bytes], stdout: IO[bytes]) -> None:
    """`do` is `send` (`digest` from `offset`, `length` bytes) or `receive` (`digest`, of `size`)."""
    if arguments["do"] == "send":
        _send(arguments, stdout)
    else:
        _receive(arguments, stdin, stdout)


def _send(arguments: dict[str, Any], stdout: IO[bytes]) -> None:
    left = arguments["length"]
    with blob_path(arguments["digest"]).open("rb", buffering=0) as file:
        file.seek(arguments["offset"])
        while left and (data := file.read(min(_BUFFER, left))):
            stdout.write(data)
            left -= len(data)


def _receive(arguments: dict[str, Any], stdin: IO[bytes], stdout: IO[bytes]) -> None:
    """Says from where it wants the blob, takes it, and says whether it is what it should be.

    What has come of a blob stays when no more comes: the next time begins there.
    """
    digest, size = arguments["digest"], arguments["size"]
    with receiving(digest) as file:
        if file is None:
            _say(stdout, {"offset": size})
            _say(stdout, {"complete": True})
            return
        hashed = hashlib.sha256()
        offset = _hash_part(file, hashed, size)
        _say(stdout, {"offset": offset})
        while offset < size and (data := stdin.read1(min(_BUFFER, size - offset))):  # type: ignore[attr-defined]
            file.write(data)
            hashed.update(data)
            offset += len(data)
        file.flush()
        complete = offset == size
        good = complete and f"sha256:{hashed.hexdigest()}" == digest
        part = blob_path(digest).with_name(f"{blob_path(digest).name}.part")
        if good:
            part.rename(blob_path(digest))
        elif complete:
            part.unlink()
        _say(stdout, {"complete": complete, "damaged": complete and not good})


def _hash_part(file: IO[bytes], hashed: Any, size: int) -> int:
    if os.fstat(file.fileno()).st_size > size:
        file.truncate(0)
    file.seek(0)
    while data := file.read(_BUFFER):
        hashed.update(data)
    return file.tell()


def _say(stdout: IO[bytes], row: dict[str, Any]) -> None:
    stdout.write(json.dumps(row).encode() + b"\n")
    stdout.flush()
