"""The resolved document as text for Docker Compose, and the 0600 files that hold its secrets."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from parity.model.document import Document, leaves, map_strings
from parity.model.reference import REFERENCE, names_in
from parity.stack.secrets import variable

_HEADER = """\
# Written by `parity up` and replaced by the next one: edit production's definition instead.
# Values of secrets are in .env beside this file; nobody commits either of them.
"""


# A text that every YAML reader takes for a text. PyYAML leaves `1e3`, `08` and `0o17` bare, and
# Compose's reader makes numbers of them.
_PLAINLY_TEXT = re.compile(r"[A-Za-z_/][\w./@-]*", re.ASCII)


def compose_yaml(document: Document) -> str:
    """YAML in which `$` is escaped and secrets are interpolation variables."""
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc]
        pass

    def text(dumper: Any, value: str) -> Any:
        style = None if _PLAINLY_TEXT.fullmatch(value) else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    tree: Any = map_strings(document, _interpolated)
    return _HEADER + yaml.dump(tree, Dumper=Dumper, sort_keys=False, width=120, allow_unicode=True)


def with_config_files(document: Document, file: Callable[[str], Path]) -> Document:
    """The document with configs as files. Compose copies `content` in when *it* starts a container,
    which parity does itself; and it cannot do so where the root file system is read-only.
    """
    configs = {
        name: {**{k: v for k, v in body.items() if k != "content"}, "file": str(file(name))}
        if "content" in body
        else body
        for name, body in (document.get("configs") or {}).items()
    }
    return {**document, "configs": configs} if configs else document


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
