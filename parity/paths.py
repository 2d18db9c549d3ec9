"""The only owner of file locations, and of the way files are written: aside, then renamed."""

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from parity.errors import UsageError

CONFIG_NAME = "parity.toml"
LOCK_NAME = "parity.lock"
BASELINE_NAME = "parity.baseline.toml"
_ASIDE = ".parity-tmp"
_ABANDONED_SECONDS = 60
_IGNORE_ALL = "# Local state of parity: never committed.\n*\n"


@dataclass(frozen=True)
class ProjectPaths:
    """Where one worktree keeps its files; `root` is the folder of parity.toml."""

    root: Path

    @property
    def config(self) -> Path:
        """The configuration, committed."""
        return self.root / CONFIG_NAME

    @property
    def lock(self) -> Path:
        """The image lock, committed."""
        return self.root / LOCK_NAME

    @property
    def baseline(self) -> Path:
        """Findings that were there when checking began, committed."""
        return self.root / BASELINE_NAME

    @property
    def checks(self) -> Path:
        """Answers of `parity check` by the content of what they were made from."""
        return self.state / "checks"

    @property
    def state(self) -> Path:
        """Everything else, git-ignored."""
        return self.root / ".parity"

    @property
    def secrets(self) -> Path:
        """The stand-ins' values, mode 0600."""
        return self.state / "secrets.json"

    @property
    def uploads(self) -> Path:
        """Where in registries uploads of states were begun, mode 0600."""
        return self.state / "uploads.json"

    @property
    def devcontainer(self) -> Path:
        """Folder of the definition that editors read, committed."""
        return self.root / ".devcontainer"

    @property
    def editor(self) -> Path:
        """Link to the stack that an editor works in: its definition names a place that is always there."""
        return self.state / ".devcontainer"

    @property
    def validated(self) -> Path:
        """Hash of the last parity.toml that was found valid."""
        return self.state / "validated"

    def stack(self, name: str) -> "StackPaths":
        """The files of one running copy."""
        return StackPaths(self.state / name)


@dataclass(frozen=True)
class StackPaths:
    """Where one stack keeps its files."""

    folder: Path

    @property
    def document(self) -> Path:
        """The resolved Compose document that runs."""
        return self.folder / "compose.yaml"

    @property
    def environment(self) -> Path:
        """Values of secrets for the document's interpolation, 0600; Compose loads it by itself."""
        return self.folder / ".env"

    @property
    def secret_files(self) -> Path:
        """Folder (0700) of the files that become Compose secrets and configs with secrets."""
        return self.folder / "secrets"

    def config_file(self, name: str) -> Path:
        """The file of a config that production writes down in the definition itself."""
        return self.secret_files / f"config-{name}"

    @property
    def applied(self) -> Path:
        """The definitions the containers were made from, without secrets."""
        return self.folder / "applied.json"

    @property
    def ready(self) -> Path:
        """Ids of the containers that were seen to be ready."""
        return self.folder / "ready.json"

    @property
    def allocations(self) -> Path:
        """Host ports and subnets that this stack keeps."""
        return self.folder / "allocations.json"

    @property
    def authority(self) -> Path:
        """The local certificate authority."""
        return self.folder / "authority"

    @property
    def proofs(self) -> Path:
        """When `egress --prove` ran and what it tried, so that it is not taken for the services."""
        return self.folder / "proofs.json"

    @property
    def stand(self) -> Path:
        """Which start state the stack's data began from, or is being brought to."""
        return self.folder / "state.json"

    @property
    def marks(self) -> Path:
        """What services said of themselves after the last reset."""
        return self.folder / "marks.json"

    @property
    def edited(self) -> Path:
        """There while an editor works in a service of this stack."""
        return self.folder / "edited"

    @property
    def fork(self) -> Path:
        """Of a fork: that it is whole, its ports, and who needs it."""
        return self.folder / "fork.json"

    @property
    def mutex(self) -> Path:
        """Held while a command changes this stack."""
        return self.folder / "lock"


def resolved(path: Path) -> Path:
    """The absolute path without links; of a loop of links as far as that goes, where `resolve` raises."""
    return Path(os.path.realpath(path))


def is_file(path: Path) -> bool:
    """Whether it is a file; a name that none can have is not, where `Path.is_file` raises."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def read_small(path: Path) -> str:
    """The text of a file of a project. Raises OSError, for what is no file (a pipe would wait for ever)
    as well, and UnicodeDecodeError.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return path.read_text(encoding="utf-8")


def find_root(start: Path) -> Path | None:
    """The nearest folder at or above `start` that holds a parity.toml."""
    for folder in (start, *start.parents):
        if (folder / CONFIG_NAME).is_file():
            return folder
    return None


def engine_file(key: str) -> Path:
    """What was found out about an engine, for every project of the user."""
    return _cache() / "engines" / f"{key}.json"


def image_file(key: str) -> Path:
    """What was read of the files of an image, which never changes."""
    return _cache() / "images" / f"{key}.json"


def building(name: str) -> Path:
    """The lock of whoever builds a declared state, in whatever worktree; its folder is there."""
    file = _cache() / "building" / f"{name}.lock"
    _folders(file)
    return file


def demonstration() -> Path:
    """Folder of `parity demo`'s project, a lock's name beside it; the folder above is there."""
    folder = _cache() / "demo"
    _folders(folder)
    return folder


def keep(path: Path, text: str) -> None:
    """Write a file outside the project, with the folders above it."""
    _folders(path)
    write(path, text)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path("~/.cache").expanduser()) / "parity"


def _folders(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot write {path.parent}: {error.strerror}",
            next_step="XDG_CACHE_HOME names another folder",
        ) from error


def ensure_state(folder: Path) -> None:
    """Make a folder below `.parity` and see to it that git never takes what is in it."""
    state = next(part for part in (folder, *folder.parents) if part.name == ".parity")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = state / ".gitignore"
        if not ignore.exists():
            write(ignore, _IGNORE_ALL)
    except OSError as error:
        raise UsageError(
            f"cannot write {folder}: {error.strerror}",
            next_step="make the project folder writable, or work in a copy of it",
        ) from error


def write(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace a file in one step: a reader sees the old text or the new, never half of it."""
    try:
        _sweep(path)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_ASIDE)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                os.fchmod(file.fileno(), mode)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)  # noqa: PTH105 - the one rename of the package
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", next_step="free some space or mend its rights"
        ) from error


def link(path: Path, target: str) -> None:
    """Have `path` lead to `target` in one step, wherever it led before."""
    if path.is_symlink() and str(path.readlink()) == target:
        return
    aside = path.with_name(f"{path.name}.{os.getpid()}{_ASIDE}")
    try:
        aside.unlink(missing_ok=True)
        aside.symlink_to(target)
        aside.rename(path)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", next_step="free some space or mend its rights"
        ) from error


def _sweep(path: Path) -> None:
    """Remove what a command that was killed while it wrote `path` has left beside it."""
    for litter in path.parent.glob(f".{path.name}.*{_ASIDE}"):
        with contextlib.suppress(OSError):
            if time.time() - litter.stat().st_mtime > _ABANDONED_SECONDS:
                litter.unlink()


def write_if_changed(path: Path, text: str, *, mode: int = 0o644) -> bool:
    """Like `write`, but leaves an equal file alone; says whether it wrote."""
    try:
        same = path.read_text(encoding="utf-8") == text
        # A private file that became readable for others is written again, privately.
        if same and not (mode & 0o077 == 0 and path.stat().st_mode & 0o077):
            return False
    except (OSError, UnicodeDecodeError):
        pass  # writing it says what is wrong
    write(path, text, mode=mode)
    return True


@contextlib.contextmanager
def exclusive(path: Path, *, wait: bool = True) -> Iterator[int | None]:
    """Hold `path` as a lock; yields None when it is taken and `wait` is off.

    The kernel gives the lock back when its holder dies, so a killed command blocks nobody. What is
    yielded is the lock's file descriptor: a process that inherits it shares the holding.
    """
    import fcntl

    try:
        file = path.open("a+")
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}",
            next_step="make the project folder writable, or work in a copy of it",
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield None
            return
        yield file.fileno()
