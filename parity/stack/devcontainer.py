"""The editor's layer on production's image: what it is made of, and the name that follows from that."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parity.errors import ConfigError

KEEPER: Final = "/usr/local/bin/parity-service"
"""The program in the layer that outlives production's command, so that an editor stays."""
NAME: Final = "parity-devcontainer"
DEFINITION: Final = "devcontainer.json"
RECIPE: Final = "Dockerfile"
_LARGEST = 32 * 1024**2


@dataclass(frozen=True)
class Layer:
    """All that goes into the editor's image; equal layers are one image."""

    base: str
    """Production's image, by digest where there is one."""
    user: str
    uid: int
    gid: int
    run: bool
    files: tuple[tuple[str, bytes], ...]
    """Path below the folder of the definition, content; the recipe among them."""
    keeper: bytes

    def tag(self, project: str, service: str) -> str:
        """Name of the image: from its content, so that a change builds anew."""
        content = hashlib.sha256(
            f"{self.base}\0{self.user}\0{self.uid}\0{self.gid}\0{self.run}\0".encode() + self.keeper
        )
        for name, data in self.files:
            content.update(f"{name}\0{len(data)}\0".encode() + data)
        return f"{NAME}/{project}-{service}:{content.hexdigest()[:16]}"


def layer(folder: Path, *, base: str, user: str, run: bool) -> Layer:
    """The layer that the files in `folder` describe; its user has the numbers of the folder's owner."""
    from importlib.resources import files

    owner = folder.parent.stat()
    keeper = files("parity.stack.devcontainer_image").joinpath("parity-service").read_bytes()
    return Layer(base, user, owner.st_uid, owner.st_gid, run, tuple(_files(folder)), keeper)


def missing(folder: Path) -> ConfigError:
    """What to say of a folder without a recipe."""
    return ConfigError(
        f"there is no {folder.name}/{RECIPE} for the editor's container",
        where=str(folder),
        next_step="`parity devcontainer` writes one; without an editor: `parity devcontainer stop`",
    )


def _files(folder: Path) -> Sequence[tuple[str, bytes]]:
    """What the recipe may copy: regular files, in an order that is always the same."""
    if not (folder / RECIPE).is_file():
        raise missing(folder)
    found: list[tuple[str, bytes]] = []
    size = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name == DEFINITION or path.is_symlink() or not path.is_file():
            continue
        size += path.stat().st_size
        if size > _LARGEST:
            raise ConfigError(
                f"{folder} holds more than {_LARGEST // 1024**2} MB",
                where=str(path),
                next_step="keep there what its Dockerfile copies, and nothing else",
            )
        found.append((name, _read(path)))
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"cannot read {path.name}: {error.strerror}",
            where=str(path),
            next_step="mend its rights",
        ) from error
