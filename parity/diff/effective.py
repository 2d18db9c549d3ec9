"""What is effective in a service: what its definition says, its image where that says nothing, and
before both the variables that its process really has.

As the engine merges them: variables one by one; a command given, or an entrypoint given, replaces what
the image has; a check that is changed in part keeps the rest.
"""

from collections.abc import Collection
from typing import Any, Final

from parity.model.document import Document
from parity.model.facts import EXTENSION, FACTS

IMAGE: Final = "image-config"
RUNNING: Final = "running"
_OF_IMAGES = frozenset(
    {"env", "entrypoint", "command", "user", "working_dir", "stop_signal", "healthcheck", "exposed"}
)
MERGED: Final = {IMAGE: _OF_IMAGES, RUNNING: frozenset({"environment"})}
"""Facts that are compared as the setting that they are the default of, or that they overrule."""
FIELDS: Final = frozenset({"environment", "expose", *(_OF_IMAGES - {"env", "exposed"})})
"""The fields of a service that are these settings."""
_TEXTS = ("user", "working_dir", "stop_signal")


def known(service: Document) -> frozenset[str]:
    """The roots of what was read of it: of its image's config, and of its processes."""
    return frozenset(root for root in (IMAGE, RUNNING) if _facts(service, root))


def effective(service: Document, roots: Collection[str] = (IMAGE, RUNNING)) -> Document:
    """The service as it runs, as far as these facts tell; others stay below `x-parity`."""
    config = _facts(service, IMAGE) if IMAGE in roots else {}
    running = _facts(service, RUNNING) if RUNNING in roots else {}
    if not config and not running:
        return service
    made = dict(service)
    given = {k: v for k, v in (service.get("environment") or {}).items() if v is not None}
    variables = {**config.get("env", {}), **given, **(running.get("environment") or {})}
    if variables:
        made["environment"] = variables
    for name in _TEXTS:
        if not service.get(name) and config.get(name):
            made[name] = config[name]
    if service.get("entrypoint") is None:
        if config.get("entrypoint"):
            made["entrypoint"] = config["entrypoint"]
        if service.get("command") is None and config.get("command"):
            made["command"] = config["command"]
    ports = {*map(str, config.get("exposed") or ()), *map(_port, service.get("expose") or ())}
    if ports:
        made["expose"] = sorted(ports)
    check = _check(service.get("healthcheck"), config.get("healthcheck"))
    if check:
        made["healthcheck"] = check
    return made


def _port(given: Any) -> str:
    text = str(given)
    return text if "/" in text else f"{text}/tcp"


def _check(given: Any, own: Any) -> Any:
    if not isinstance(own, dict) or (isinstance(given, dict) and given.get("disable")):
        return given
    if not isinstance(given, dict):
        return own
    rest = {name: value for name, value in given.items() if value is not None}
    return {**own, **rest}


def _facts(service: Document, root: str) -> dict[str, Any]:
    own = service.get(EXTENSION)
    facts = own.get(FACTS) if isinstance(own, dict) else None
    found = facts.get(root) if isinstance(facts, dict) else None
    return found if isinstance(found, dict) else {}
