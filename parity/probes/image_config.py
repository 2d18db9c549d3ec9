"""What an image says of itself: its config, as the engine or a registry gives it.

| key | value |
| --- | --- |
| `env.NAME` | text |
| `entrypoint`, `command` | argument vector |
| `user`, `working_dir`, `stop_signal` | text |
| `healthcheck` | as in Compose |
| `exposed`, `volumes` | sorted list: `8080/tcp`, `/data` |
| `platform` | `linux/amd64`, `linux/arm64/v8` |
| `created`, `labels`, `history`, `layers` | see image_origin.py |

Source: OCI Image Format Specification, image configuration; Docker Engine API, ImageInspect.
"""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.probes import image_origin

_SECOND = 1_000_000_000
_TIMES = (
    ("Interval", "interval"),
    ("Timeout", "timeout"),
    ("StartPeriod", "start_period"),
    ("StartInterval", "start_interval"),
)


def read(record: Mapping[str, Any]) -> Facts:
    """The facts of an image's record: an engine's (`Config`, `Os`) or a registry's (`config`, `os`)."""
    config = _table(record, "Config") or _table(record, "config")
    found: dict[str, Any] = {
        "env": _environment(config),
        "entrypoint": _words(config.get("Entrypoint")),
        "command": _words(config.get("Cmd")),
        "user": _text(config, "User"),
        "working_dir": _text(config, "WorkingDir"),
        "stop_signal": _text(config, "StopSignal"),
        "healthcheck": _health(_table(config, "Healthcheck")),
        "exposed": sorted(_table(config, "ExposedPorts")),
        "volumes": sorted(_table(config, "Volumes")),
        "platform": _platform(record),
        **image_origin.read(record),
    }
    return Facts({key: value for key, value in found.items() if value})


def _environment(config: Mapping[str, Any]) -> dict[str, str]:
    lines = (str(line).partition("=") for line in config.get("Env") or ())
    return {name: value for name, _, value in lines}


def _health(check: Mapping[str, Any]) -> dict[str, Any]:
    test = _words(check.get("Test"))
    if not test:
        return {}
    if test == ["NONE"]:
        return {"disable": True}
    found: dict[str, Any] = {"test": test}
    for key, name in _TIMES:
        if check.get(key):
            found[name] = f"{check[key] / _SECOND:g}s"
    if check.get("Retries"):
        found["retries"] = check["Retries"]
    return found


def _platform(record: Mapping[str, Any]) -> str:
    keys = (("Os", "os"), ("Architecture", "architecture"), ("Variant", "variant"))
    parts = [_text(record, engine) or _text(record, registry) for engine, registry in keys]
    return "/".join(filter(None, parts))


def _words(value: Any) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []


def _table(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = record.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""
