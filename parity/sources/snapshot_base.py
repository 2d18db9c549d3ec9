"""The folder that a snapshot's paths start from: the repository's, in this checkout.

Only what is a path on the machine that read the definition is rewritten. `/app` in a command is a
path in a container, wherever the repository lies.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from parity.model.snapshot import BASE
from parity.paths import CONFIG_NAME

_SECTIONS = ("configs", "secrets", "volumes")
_OF_SERVICES = ("build", "volumes", "env_file", "label_file", "develop", "credential_spec")
_KEYS = frozenset(
    {"source", "file", "context", "additional_contexts", "path", "device", "env_file", "label_file"}
)


def base_of(folder: Path) -> Path:
    """The nearest folder at or above that is a git work tree, else a project, else `folder` itself.

    A definition often lies beside the folder of parity.toml, and rarely outside the repository.
    """
    folder = folder.resolve()
    above = (folder, *folder.parents)
    for mark in (".git", CONFIG_NAME):
        for each in above:
            if (each / mark).exists():
                return each
    return folder


def without_base(path: str, base: str) -> str:
    """A path below the base, written from there; other paths and texts as they are."""
    return f"{BASE}{path[len(base) :]}" if path == base or path.startswith(f"{base}/") else path


def with_base(path: str, base: str) -> str:
    """The path in this checkout."""
    return f"{base}{path[len(BASE) :]}" if path == BASE or path.startswith(f"{BASE}/") else path


def moved(document: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The document with `change` made to its paths on the reading machine."""
    made = dict(document)
    for key in _SECTIONS:
        if isinstance(made.get(key), dict):
            made[key] = _changed(made[key], change, "")
    services = made.get("services")
    if isinstance(services, dict):
        made["services"] = {name: _service(body, change) for name, body in services.items()}
    return made


def _service(body: Any, change: Callable[[str], str]) -> Any:
    if not isinstance(body, dict):
        return body
    present = [key for key in _OF_SERVICES if key in body]
    return {**body, **{key: _changed(body[key], change, key) for key in present}}


def _changed(node: Any, change: Callable[[str], str], key: str) -> Any:
    if type(node) is str:
        return change(node) if key in _KEYS else node
    if isinstance(node, dict):
        within = key if key == "additional_contexts" else ""
        return {name: _changed(value, change, within or name) for name, value in node.items()}
    if isinstance(node, list):
        return [_changed(value, change, key) for value in node]
    return node
