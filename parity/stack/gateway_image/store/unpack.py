"""Make one volume of a state from its layers: aside, compared with its digest, then in place."""

import shutil
import subprocess
from pathlib import Path
from typing import IO, Any

from .beat import beating
from .extract import Extractor
from .place import aside, inside, publish, sync
from .spool import blob_path
from .tree import Tree, read_index, tree, write_index


class DamagedError(Exception):
    """A layer, or the volume they make, is not what it should be."""

    def __init__(self, reason: str, blob: str = "") -> None:
        """`blob` is the digest of the layer, where it is one layer's fault."""
        super().__init__(reason)
        self.blob = blob


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Unpack `blobs` as volume `number` of `state`; `files`, `bytes`, `digest` and `quick` are announced.

    Answers `damaged` with the reason, and `blob`, where they are not what they should be; then
    nothing is there. Else the quick digest as it is here.
    """
    state, number = arguments["state"], arguments["number"]
    target = inside(f"states/{state}/{number}")
    made = aside(Path(f"{state}-{number}"))
    made.mkdir(mode=0o700)
    try:
        found = _unpacked(made, arguments)
    except DamagedError as error:
        shutil.rmtree(made, ignore_errors=True)
        return {"damaged": str(error), "blob": error.blob}
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    sync()
    publish(made, target)
    index = str(inside(f"states/{state}.index"))
    write_index(index, {**read_index(index), number: found.known})
    return {"files": found.files, "bytes": found.bytes, "quick": found.quick}


def stream(arguments: dict[str, Any], stdin: IO[bytes], stdout: IO[bytes]) -> None:
    """The same, for somebody who waits long."""
    del stdin
    beating(lambda: run(arguments), stdout)


def _unpacked(made: Path, arguments: dict[str, Any]) -> Tree:
    extractor = Extractor(str(made), arguments["files"], arguments["bytes"])
    try:
        for digest in arguments["blobs"]:
            _layer(extractor, digest)
        extractor.finish()
    finally:
        extractor.close()
    found = tree(str(made))
    if found.digest != arguments["digest"]:
        raise DamagedError(f"it was sealed as {arguments['digest']}, it unpacks as {found.digest}")
    return found


def _layer(extractor: Extractor, digest: str) -> None:
    with blob_path(digest).open("rb") as source:
        zstd = subprocess.Popen(
            ["zstd", "-q", "-d", "-c"],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    assert zstd.stdout is not None
    assert zstd.stderr is not None
    try:
        extractor.layer(zstd.stdout)
        while zstd.stdout.read(1 << 20):
            pass
        said = zstd.stderr.read().decode(errors="replace").strip()
        if zstd.wait() != 0:
            raise DamagedError(said or f"zstd ended with {zstd.returncode}", digest)
    except ValueError as error:
        raise DamagedError(str(error), digest) from error
    finally:
        zstd.kill()
        zstd.wait()
        zstd.stdout.close()
        zstd.stderr.close()
