"""parity.lock on disk: JSON in stable order, so that a changed image is a one-line change in git."""

import json
from pathlib import Path

from parity.errors import LockError
from parity.model.lock import EnvironmentLock, Lock, Pin
from parity.paths import read_small, write_if_changed

SCHEMA = 1


def read(file: Path) -> Lock:
    """The lock; an empty one where there is no file yet."""
    try:
        tree = json.loads(read_small(file))
    except FileNotFoundError:
        return Lock()
    except (ValueError, OSError, RecursionError) as error:
        raise LockError(
            f"{file.name} cannot be read: {error}",
            where=str(file),
            next_step="take it back from git, or delete it and run `parity lock`",
        ) from error
    try:
        if tree["schema"] > SCHEMA:
            raise LockError(
                f"{file.name} was written by a newer parity",
                where=str(file),
                next_step="update parity",
            )
        return Lock({name: _environment(body) for name, body in tree["environments"].items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise LockError(
            f"{file.name} is not a lock: {_wrong(error)}",
            where=str(file),
            next_step="take it back from git, or delete it and run `parity lock`",
        ) from error


def _wrong(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"`{error.args[0]}` is missing"
    return "a table, a list or a number stands where another one belongs"


def write(file: Path, lock: Lock) -> bool:
    """Write the lock; says whether it changed."""
    environments = {
        name: {
            "definition": body.definition,
            "images": {image: _pin_json(pin) for image, pin in sorted(body.images.items())},
        }
        for name, body in sorted(lock.environments.items())
    }
    text = json.dumps({"schema": SCHEMA, "environments": environments}, indent=2) + "\n"
    return write_if_changed(file, text)


def _pin_json(pin: Pin) -> dict[str, object]:
    row: dict[str, object] = {"digest": pin.digest, "platforms": list(pin.platforms)}
    return {**row, "local": True} if pin.local else row


def _environment(body: dict[str, dict[str, dict[str, object]]]) -> EnvironmentLock:
    images = {
        image: Pin(str(row["digest"]), tuple(row.get("platforms", ())), bool(row.get("local")))  # type: ignore[arg-type]
        for image, row in body["images"].items()
    }
    return EnvironmentLock(str(body["definition"]), images)
