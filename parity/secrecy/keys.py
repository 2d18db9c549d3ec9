"""The project's key: without it, nobody can try values against the fingerprints of a snapshot.

It comes from PARITY_KEY, else from a private file of the user, made at the first capture. It is in no
snapshot, no message and no log; the team shares it the way it shares other secrets.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from parity.errors import ConfigError, ParityError
from parity.paths import exclusive, write

VARIABLE = "PARITY_KEY"
_SHORTEST = 32


@dataclass(frozen=True)
class Key:
    """A key and where it comes from."""

    value: str = field(repr=False)
    place: str
    """The variable or the file."""
    created: bool = False


def find(project: str, environ: Mapping[str, str] = os.environ) -> Key | None:
    """The key of the project of that name, where there is one."""
    given = environ.get(VARIABLE, "").strip()
    if given:
        return Key(_checked(given, VARIABLE), VARIABLE)
    file = location(project, environ)
    try:
        return Key(_checked(file.read_text(encoding="utf-8").strip(), str(file)), str(file))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"cannot read the project's key: {getattr(error, 'strerror', 'it is no text')}",
            where=str(file),
            next_step=f"mend its rights, or put the key into {VARIABLE}",
        ) from error


def find_or_create(project: str, environ: Mapping[str, str] = os.environ) -> Key:
    """The key; a new random one in a private file where there was none."""
    found = find(project, environ)
    if found:
        return found
    file = location(project, environ)
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(
            f"cannot keep a key for the project: {error.strerror}",
            where=str(file.parent),
            next_step=f"make the folder writable, or set {VARIABLE}",
        ) from error
    # Worktrees that begin at the same moment must not make two: their stand-ins would differ.
    with exclusive(file.with_name(f".{file.name}.lock")):
        found = find(project, environ)
        if found:
            return found
        value = secrets.token_hex(32)
        write(file, value + "\n", mode=0o600)
    return Key(value, str(file), created=True)


def find_or_make(project: str, environ: Mapping[str, str] = os.environ) -> str:
    """The key's value for what works without one, too: empty where none can be kept."""
    found = find(project, environ)
    if found:
        return found.value
    try:
        return find_or_create(project, environ).value
    except (ParityError, OSError):
        return ""


def location(project: str, environ: Mapping[str, str] = os.environ) -> Path:
    """The file of a project's key."""
    name = re.sub(r"[^a-z0-9_-]+", "-", project.lower()).strip("-_") or "project"
    home = environ.get("XDG_CONFIG_HOME", "")
    if home.startswith("/"):
        return Path(home) / "parity" / "keys" / name
    import platformdirs

    return platformdirs.user_config_path("parity", appauthor=False) / "keys" / name


def _checked(value: str, place: str) -> str:
    if len(value) < _SHORTEST:
        raise ConfigError(
            f"the project's key has {len(value)} characters; it needs at least {_SHORTEST} random ones",
            where=place,
            next_step="make one: `openssl rand -hex 32`",
        )
    return value
