"""An OCI image layout in a tar file: what `export` writes and `import` reads, oras and skopeo too."""

import contextlib
import glob
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from parity.errors import DamageError, ParityError, StateError
from parity.state.artifact import LARGEST, MANIFEST, TYPE, Blob, digest_of
from parity.state.oci import Opener

_BUFFER = 1 << 20
_ASIDE = ".parity-tmp"
_FIRST = "oci-layout"
_AGAIN = "`parity state export` writes it again"


def is_layout(path: Path) -> bool:
    """Whether a file begins as those do that `Writer` writes."""
    try:
        if not path.is_file():  # to open a pipe would be to wait for its other end
            return False
        with path.open("rb") as file:
            return file.read(len(_FIRST)) == _FIRST.encode()
    except OSError:
        return False


def _name(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


class Writer:
    """Writes a layout aside; `close` gives the file its name, `abandon` takes it away."""

    workers = 1

    def __init__(self, path: Path) -> None:
        self._path = path
        self._aside = path.with_name(f".{path.name}.{os.getpid()}{_ASIDE}")
        self._written: set[str] = set()
        _sweep(path)
        try:
            self._file = _held(self._aside)
        except OSError as error:
            raise _unwritable(path, error) from error
        self._add(_FIRST, b'{"imageLayoutVersion":"1.0.0"}')

    def has(self, blob: Blob) -> bool:
        """Whether it has been written."""
        return blob.digest in self._written

    def upload(self, blob: Blob, opened: Opener, told: Callable[[int], None]) -> None:
        """Write a blob."""
        with opened(0) as source:
            self._begin(_name(blob.digest), blob.size)
            left = blob.size
            while left:
                data = source.read(min(_BUFFER, left))
                if not data:
                    raise DamageError(
                        f"{blob.digest} ends early in the store", next_step="the same command again"
                    )
                self._write(data)
                told(len(data))
                left -= len(data)
            self._write(bytes(-blob.size % tarfile.BLOCKSIZE))
        self._written.add(blob.digest)

    def put_manifest(self, data: bytes) -> str:
        """Write the manifest and, last of all, the index that names it."""
        digest = digest_of(data)
        self._add(_name(digest), data)
        row = {
            "mediaType": MANIFEST,
            "digest": digest,
            "size": len(data),
            "artifactType": TYPE,
            "annotations": {"org.opencontainers.image.ref.name": _title(data)},
        }
        index = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [row],
        }
        self._add("index.json", json.dumps(index, separators=(",", ":")).encode())
        return digest

    def close(self) -> None:
        """All is there: on disk, and under its name."""
        try:
            self._write(bytes(2 * tarfile.BLOCKSIZE))
            self._file.flush()
            os.fsync(self._file.fileno())
            self._aside.replace(self._path)
            self._file.close()
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def abandon(self) -> None:
        """Nothing of it stays."""
        self._file.close()
        self._aside.unlink(missing_ok=True)

    def _add(self, name: str, data: bytes) -> None:
        self._begin(name, len(data))
        self._write(data + bytes(-len(data) % tarfile.BLOCKSIZE))

    def _begin(self, name: str, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o644
        self._write(info.tobuf(tarfile.PAX_FORMAT))

    def _write(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise _unwritable(self._path, error) from error


def _held(aside: Path) -> IO[bytes]:
    """A new file that says by a lock that its writer lives."""
    import fcntl

    while True:
        file: IO[bytes] = aside.open("xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if aside.exists():
            return file
        file.close()  # another export swept it away before it was held


def _sweep(path: Path) -> None:
    """Remove what killed exports to this file have left: nobody holds it any more."""
    import fcntl

    for left in path.parent.glob(f".{glob.escape(path.name)}.*{_ASIDE}"):
        with contextlib.suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _title(manifest: bytes) -> str:
    return str(json.loads(manifest)["annotations"]["org.opencontainers.image.title"])


class Reader:
    """Reads a layout that holds one artifact."""

    workers = 1

    def __init__(self, path: Path) -> None:
        self.origin = str(path)
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise StateError(
                f"cannot read {path}: {error.strerror or error}",
                next_step="mend its rights, or name another file",
            ) from error
        try:
            self._places = self._scan()
        except ParityError:
            self._file.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def manifest(self) -> bytes:
        """The manifest that the index names."""
        if "oci-layout" not in self._places and "index.json" not in self._places:
            raise StateError(
                f"{self.origin} is not a parity state: no OCI layout",
                next_step="`parity state export` writes one",
            )
        try:
            rows: Any = json.loads(self._small("index.json"))["manifests"]
            if len(rows) != 1:
                raise StateError(
                    f"{self.origin} holds {len(rows)} artifacts; parity reads one",
                    next_step="`parity state export` writes a file with one",
                )
            digest, size = str(rows[0]["digest"]), int(rows[0]["size"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(f"its index is wrong: {error}") from error
        return self.small(Blob(digest, size))

    def small(self, blob: Blob) -> bytes:
        """A blob that fits into memory."""
        data = self._small(_name(blob.digest))
        if digest_of(data) != blob.digest:
            raise self._damaged(f"{blob.digest} is not what it holds")
        return data

    def download(self, blob: Blob, offset: int, told: Callable[[int], None]) -> Iterator[bytes]:
        """The bytes of a blob from `offset`; fewer where the file ends early."""
        at, size = self._at(_name(blob.digest))
        if size != blob.size:
            raise self._damaged(f"{blob.digest} has {size} bytes instead of {blob.size}")
        while offset < size:
            # One reader at a time, but each from its own place.
            self._file.seek(at + offset)
            data = self._file.read(min(_BUFFER, size - offset))
            if not data:
                raise self._damaged(f"it ends within {blob.digest}")
            offset += len(data)
            told(len(data))
            yield data

    def _small(self, name: str) -> bytes:
        at, size = self._at(name)
        if size > LARGEST:
            raise self._damaged(f"{name} is too large")
        self._file.seek(at)
        data = self._file.read(size)
        if len(data) != size:
            raise self._damaged(f"it ends within {name}")
        return data

    def _at(self, name: str) -> tuple[int, int]:
        if name not in self._places:
            raise self._damaged(f"it has no {name}")
        return self._places[name]

    def _scan(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        try:
            with tarfile.open(fileobj=_Kept(self._file), mode="r:") as archive:
                for info in archive:
                    if info.isreg():
                        found[info.name.removeprefix("./")] = (info.offset_data, info.size)
        except (tarfile.TarError, EOFError, OSError, ValueError, UnicodeError) as error:
            if not found:
                raise StateError(
                    f"{self.origin} is not a parity state: {error}",
                    next_step="`parity state export` writes one",
                ) from error
            raise self._damaged(f"it is cut short: {error}") from error
        return found

    def _damaged(self, reason: str) -> DamageError:
        return DamageError(f"{self.origin} is damaged: {reason}", next_step=_AGAIN)


class _Kept(io.RawIOBase):
    """A file that stays open when the archive over it is closed."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _unwritable(path: Path, error: OSError) -> StateError:
    return StateError(
        f"cannot write {path}: {error.strerror or error}",
        next_step="name a file that can be written, on a disk with room",
    )
