"""Put the contents of configuration files into a document, so that they can be compared.

For the compare side only: what runs mounts the files themselves.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from parity.model.document import Document
from parity.model.environment import Environment

MAX_BYTES = 256 * 1024
"""Larger files are data, not configuration; their size stands for them."""


def with_contents(
    environment: Environment, host_files: Mapping[str, Path] | None = None
) -> Environment:
    """The environment with `content` in its configs and `x-content` in binds of single files.

    `host_files` says which files of production's hosts are here, and where.
    """
    known = host_files or {}
    if environment.source == "snapshot":
        return environment  # captured with them; what lies here now is another machine's
    document = environment.document
    configs = {
        name: _config(body) if isinstance(body, dict) else body
        for name, body in (document.get("configs") or {}).items()
    }
    services = {
        name: {**service, "volumes": [_mount(mount, known) for mount in service["volumes"]]}
        if isinstance(service, dict) and isinstance(service.get("volumes"), list)
        else service
        for name, service in (document.get("services") or {}).items()
    }
    changed: Document = {**document, "services": services}
    if configs:
        changed["configs"] = configs
    return replace(environment, document=changed)


def _config(body: Document) -> Document:
    if "content" in body or not body.get("file"):
        return body
    text = _text(body["file"])
    return body if text is None else {**body, "content": text}


def _mount(mount: Any, known: Mapping[str, Path]) -> Any:
    if not isinstance(mount, dict) or mount.get("type") != "bind":
        return mount
    source = mount.get("source")
    text = _text(str(known.get(source, source)) if isinstance(source, str) else None)
    return mount if text is None else {**mount, "x-content": text}


def _text(name: Any) -> str | None:
    """What is in a file, or None where there is none that can be read."""
    if not isinstance(name, str) or "\0" in name:
        return None
    file = Path(name)
    try:
        if not file.is_file():
            return None
        size = file.stat().st_size
        if size > MAX_BYTES:
            return f"({size} bytes, not read)"
        data = file.read_bytes()
    except OSError:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return f"({size} bytes, not text)"
