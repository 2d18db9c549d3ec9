"""What is effective in a service: what its definition says, and its image where that says nothing.

As the engine merges them: variables one by one; a command given, or an entrypoint given, replaces what
the image has; a check that is changed in part keeps the rest.
"""

from typing import Any, Final

from parity.model.document import Document
from parity.model.facts import EXTENSION, FACTS

IMAGE: Final = "image-config"
MERGED: Final = frozenset(
    {"env", "entrypoint", "command", "user", "working_dir", "stop_signal", "healthcheck"}
)
"""What of an image's config is compared as the setting that it is the default of."""
FIELDS: Final = frozenset({"environment", *(MERGED - {"env"})})
"""The fields of a service that are these settings."""
_TEXTS = ("user", "working_dir", "stop_signal")


def known(service: Document) -> bool:
    """Whether its image's config was read."""
    return bool(_config(service))


def effective(service: Document) -> Document:
    """The service as it runs; what is known of its image beside this stays below `x-parity`."""
    config = _config(service)
    if not config:
        return service
    made = dict(service)
    given = {k: v for k, v in (service.get("environment") or {}).items() if v is not None}
    variables = {**config.get("env", {}), **given}
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
    check = _check(service.get("healthcheck"), config.get("healthcheck"))
    if check:
        made["healthcheck"] = check
    return made


def _check(given: Any, own: Any) -> Any:
    if not isinstance(own, dict) or (isinstance(given, dict) and given.get("disable")):
        return given
    if not isinstance(given, dict):
        return own
    rest = {name: value for name, value in given.items() if value is not None}
    return {**own, **rest}


def _config(service: Document) -> dict[str, Any]:
    own = service.get(EXTENSION)
    facts = own.get(FACTS) if isinstance(own, dict) else None
    config = facts.get(IMAGE) if isinstance(facts, dict) else None
    return config if isinstance(config, dict) else {}
