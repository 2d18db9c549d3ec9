"""Hashes: of a definition (for the lock) and of each service that runs (for the plan)."""

import copy
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from parity.model.document import Document, digest, leaves, map_strings, put
from parity.model.document import Path as DocumentPath
from parity.model.environment import Environment
from parity.model.reference import reference

_LARGEST_FILE = 4 * 1024**2
_HOST_PATHS = (
    "services.*.volumes.*.source",
    "services.*.build.context",
    "services.*.build.dockerfile",
    "services.*.build.additional_contexts.*",
    "services.*.credential_spec.file",
    "services.*.develop.watch.*.path",
    "services.*.env_file.*.path",
    "services.*.label_file",
    "services.*.label_file.*",
    "configs.*.file",
    "secrets.*.file",
    "volumes.*.driver_opts.device",
)
"""Where a definition names files of the machine that reads it; other paths are the containers'."""


def definition(environment: Environment, root: Path) -> str:
    """Hash of production's document, the same on every machine and in every worktree."""
    root = root.resolve()
    repository = _repository(root)
    document = {key: value for key, value in environment.document.items() if key != "name"}
    document = copy.deepcopy(document)
    for path, value in list(leaves(document)):
        if isinstance(value, str) and any(_is_at(path, place) for place in _HOST_PATHS):
            put(document, path, _portable(value, root, repository))
    return digest(document)


def _is_at(path: DocumentPath, place: str) -> bool:
    parts = place.split(".")
    return len(path) == len(parts) and all(
        part in ("*", key) for key, part in zip(path, parts, strict=True)
    )


def _portable(text: str, root: Path, repository: Path) -> str:
    """A path of the repository as parity.toml's folder sees it; others stay as they are."""
    inside = Path(text).is_absolute() and Path(text).is_relative_to(repository)
    return os.path.relpath(text, root) if inside else text


def _repository(root: Path) -> Path:
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def services(document: Document, reveal: Callable[[str], str]) -> dict[str, str]:
    """Service -> hash of all that it is made from: definition, networks, files, secrets' values."""
    return {
        name: digest(
            {
                "service": map_strings(service, reveal),
                "networks": _named(document, "networks", service.get("networks") or {}),
                "files": _files(document, service, reveal),
            }
        )[:23]
        for name, service in document["services"].items()
    }


def _named(document: Document, kind: str, names: Mapping[str, Any]) -> dict[str, Any]:
    bodies = document.get(kind) or {}
    return {name: bodies.get(name) for name in names}


def _files(document: Document, service: Document, reveal: Callable[[str], str]) -> dict[str, str]:
    # Compose does not look into mounted files: an edited nginx.conf would go unnoticed.
    found: dict[str, str] = {}
    for kind in ("configs", "secrets"):
        for use in service.get(kind) or []:
            body = (document.get(kind) or {}).get(use["source"]) or {}
            if "content" in body:
                found[f"{kind}.{use['source']}"] = digest(reveal(body["content"]))
            elif "file" in body and kind == "configs":
                found[f"{kind}.{use['source']}"] = _of_file(Path(body["file"]))
            elif kind == "secrets":
                found[f"{kind}.{use['source']}"] = digest(reveal(reference(use["source"])))
    for mount in service.get("volumes") or []:
        if mount.get("type") == "bind" and mount.get("read_only"):
            found[mount["target"]] = _of_file(Path(mount["source"]))
    return found


def _of_file(file: Path) -> str:
    try:
        if file.is_file() and file.stat().st_size <= _LARGEST_FILE:
            return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        pass
    return ""
