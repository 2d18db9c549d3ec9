"""From a setting's path to the place in the Compose document that it was read from."""

from collections.abc import Mapping
from typing import Any

from parity.diff.view import Service
from parity.model.document import ABSENT, Path, get

_KEYS = {"ports": "target", "volumes": "target", "configs": "target", "secrets": "target"}
_FOLDERS = {"configs": "/", "secrets": "/run/secrets/"}
"""What a relative target of theirs is below."""
_RENAMED = {
    ("deploy", "resources", "limits", "memory"): ("mem_limit",),
    ("deploy", "resources", "limits", "cpus"): ("cpus",),
    ("deploy", "resources", "limits", "pids"): ("pids_limit",),
    ("deploy", "resources", "reservations", "memory"): ("mem_reservation",),
    ("deploy", "replicas"): ("scale",),
    ("restart",): ("deploy", "restart_policy"),
}


def document_path(service: Service, path: Path) -> Path:
    """The path in the document, `services` included; of the nearest thing above where there is none."""
    base: Path = ("services", service.name)
    if not path:
        return base
    head, document = str(path[0]), service.document
    if head in ("image", "command", "entrypoint"):
        return (*base, head)
    if head in _KEYS and len(path) > 1:
        return (*base, *_entry(head, str(path[1]), document))
    other = _RENAMED.get(tuple(map(str, path)))
    if other is not None and get(document, path) is ABSENT and get(document, other) is not ABSENT:
        return (*base, *other)
    return (*base, *path)


def _entry(head: str, key: str, document: Mapping[str, Any]) -> Path:
    rows = document.get(head)
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        if not isinstance(row, Mapping):
            continue
        target = str(row.get(_KEYS[head]) or row.get("source") or "")
        if head == "ports":
            target = f"{target}/{row.get('protocol', 'tcp')}"
        elif head in _FOLDERS and not target.startswith("/"):
            target = f"{_FOLDERS[head]}{target}"
        if key in (target, target.rstrip("/")):
            return (head, index)
    return (head,)
