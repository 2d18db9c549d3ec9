"""Make empty directories of given owner and mode: a stack's volumes before anything is in them."""

from typing import Any

from .place import aside, inside, publish


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """For each of `paths` a directory of its own."""
    for path in arguments["paths"]:
        target = inside(path)
        made = aside(target)
        made.mkdir()
        made.chmod(0o755)
        publish(made, target)
    return {}
