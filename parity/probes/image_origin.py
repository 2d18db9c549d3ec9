"""Where an image comes from: when it was built, of what, and by which steps.

| key | value |
| --- | --- |
| `created` | `2026-11-22T20:45:44Z`; nothing where the build gave a time of long ago, as reproducible ones do |
| `labels.NAME` | text |
| `history` | what each step of the build ran, the oldest first |
| `layers` | the first twelve digits of each layer's digest, from the base up |

Source: OCI Image Format Specification, image configuration (`history`, `rootfs.diff_ids`); Docker Engine
API, ImageInspect and ImageHistory.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from parity.probes.contract import plain

_OWN = "dev.parity."
"""Labels with which parity marks images it has made."""
_MOST = 200
_LONGEST = 400
_TIME = re.compile(r"((?:20[1-9]|2[1-9]\d)\d-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")
_NOISE = re.compile(r"^/bin/sh -c (?:#\(nop\)\s*)?|\s*# buildkit$")
"""What builders write around a step."""


def read(record: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, of an engine's record (with `History`, newest first) or a registry's (`history`)."""
    config = record.get("Config") or record.get("config")
    root = record.get("RootFS") or record.get("rootfs")
    return {
        "created": _time(record.get("Created") or record.get("created")),
        "labels": dict(_labels(config)),
        "history": list(_steps(record)),
        "layers": list(_layers(root)),
    }


def _time(value: Any) -> str:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]}{found[2]}" if found else ""


def _labels(config: Any) -> Iterator[tuple[str, str]]:
    labels = config.get("Labels") if isinstance(config, Mapping) else None
    for name, value in sorted((labels if isinstance(labels, Mapping) else {}).items())[:_MOST]:
        if isinstance(value, str) and value and not str(name).startswith(_OWN):
            yield plain(str(name), _LONGEST), plain(value, _LONGEST)


def _steps(record: Mapping[str, Any]) -> Iterator[str]:
    of_engine, of_registry = record.get("History"), record.get("history")
    rows = of_engine[::-1] if isinstance(of_engine, list) else of_registry
    for row in rows[:_MOST] if isinstance(rows, list) else ():
        said = (
            row.get("CreatedBy") or row.get("created_by") or "" if isinstance(row, Mapping) else ""
        )
        yield plain(" ".join(_NOISE.sub("", str(said)).split()), _LONGEST) or "(not told)"


def _layers(root: Any) -> Iterator[str]:
    digests = (root.get("Layers") or root.get("diff_ids")) if isinstance(root, Mapping) else None
    for digest in digests[:_MOST] if isinstance(digests, list) else ():
        yield plain(str(digest).removeprefix("sha256:"), _LONGEST)[:12]
