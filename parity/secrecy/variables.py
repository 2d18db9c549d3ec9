"""Secrets among the variables that a definition interpolates: afterwards only the value is left of them.

`SETTING: ${MAIL_PASSWORD}` becomes `SETTING: s3cr3t`, and nothing tells any more that it is one.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from parity.secrecy.names import known_secret

_LINE = re.compile(r"^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*[=:][ \t]*(.*?)[ \t\r]*$", re.MULTILINE)
_USED = re.compile(r"(?<!\$)(?:\$\$)*\$\{?([A-Za-z_]\w*)")
_LARGEST = 1024 * 1024


def secret_values(
    definitions: Iterable[Path], env_files: Iterable[Path], shell: Mapping[str, str]
) -> dict[str, str]:
    """Name -> value of the variables with the name of a secret: all of the env files, and of the
    shell those that a definition mentions. Files that cannot be read are left to whoever needs them.
    """
    found: dict[str, str] = {}
    for file in env_files:
        for name, value in _LINE.findall(_text(file)):
            if known_secret(name) and _unquoted(value):
                found[name] = _unquoted(value)
    for file in definitions:
        for name in set(_USED.findall(_text(file))):
            if shell.get(name) and known_secret(name):
                found[name] = shell[name]
    return found


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.sub(r"\s#.*", "", value)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            return ""
        return file.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return ""
