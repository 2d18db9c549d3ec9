"""The resolved document as text for Docker Compose, and the 0600 files that hold its secrets."""

from collections.abc import Mapping
from typing import Any

from parity.model.document import Document, leaves, map_strings
from parity.stack.secrets import REFERENCE, names_in, variable

_HEADER = """\
# Written by `parity up` and replaced by the next one: edit production's definition instead.
# Values of secrets are in .env beside this file; nobody commits either of them.
"""


def compose_yaml(document: Document) -> str:
    """YAML in which `$` is escaped and secrets are interpolation variables."""
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    tree: Any = map_strings(document, _interpolated)
    return _HEADER + yaml.dump(tree, Dumper=dumper, sort_keys=False, width=120, allow_unicode=True)


def env_file(values: Mapping[str, str]) -> str:
    """The variables of `compose_yaml`, in single quotes: Compose reads them as they are."""
    return "".join(f"{variable(name)}='{value}'\n" for name, value in sorted(values.items()))


def secrets_in(document: Document) -> tuple[str, ...]:
    """Names of the secrets that the document refers to."""
    found: dict[str, None] = {}
    for _, value in leaves(document):
        if isinstance(value, str):
            found.update(dict.fromkeys(names_in(value)))
    return tuple(found)


def _interpolated(text: str) -> str:
    parts, position = [], 0
    for match in REFERENCE.finditer(text):
        parts += [text[position : match.start()].replace("$", "$$"), f"${{{variable(match[1])}}}"]
        position = match.end()
    return "".join([*parts, text[position:].replace("$", "$$")])
