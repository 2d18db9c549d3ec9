"""Where variables of Compose files get their values, for a first parity.toml."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from parity.actions.orchestrated import Definition
from parity.secrecy.detect import is_secret

_LARGEST = 2 * 1024**2
_ENV_FILES = {
    "prod": re.compile(r"^(?:\.env\.prod\w*|prod\w*\.env|\.env\.production\.local)$"),
    "staging": re.compile(r"^(?:\.env\.(?:staging|stage)|(?:staging|stage)\.env)$"),
    "dev": re.compile(r"^(?:\.env\.dev\w*|dev\w*\.env|\.env\.development\.local)$"),
}
_WORDS = {"prod": r"prod\w*", "staging": "stag\\w*|stg", "dev": r"dev\w*|local"}
_EXAMPLE = r"(?:example|sample|template|dist|tmpl)"
_SHELL = frozenset(
    ("PWD", "HOME", "USER", "UID", "GID", "HOSTNAME", "PATH", "SHELL", "TMPDIR", "LOGNAME", "LANG")
)
"""The shell of whoever calls has a value for these."""
ANY = r"\}|:?\?|[^\w:}-]"
REQUIRED = r":?\?"


def head(file: Path) -> str:
    """The text of a file of reasonable size; else nothing."""
    try:
        if file.stat().st_size > _LARGEST:
            return ""
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def env_files(root: Path, one: Definition) -> tuple[Path, ...]:
    """Env files of an environment: those named for it; and where variables are left without a value,
    `.env`, which Docker Compose reads alone only, or the example of one.
    """
    folders = list(dict.fromkeys([*(file.parent for file in one.used), root]))
    wanted = _ENV_FILES.get(one.name)
    named = [file for file in _files(folders) if wanted is not None and wanted.match(file.name)]
    usual = one.used[0].parent / ".env"
    left = _left(one, named)
    if not left:
        return tuple(named)
    if usual.is_file():
        return (usual, *named) if named and left.intersection(_given(usual)) else tuple(named)
    return (*_examples(one, folders), *named)


def is_example(file: Path) -> bool:
    """Whether a file's name says that its values are examples."""
    return bool(re.search(_EXAMPLE, file.name))


def open_variables(one: Definition, after: str) -> list[str]:
    """Variables without a value; `after` is a pattern of what follows the name."""
    files = [*one.env_files] or [file.parent / ".env" for file in one.used]
    known = {name for file in files for name in _given(file)} | _SHELL
    pattern = re.compile(rf"(?<!\$)\$\{{?([A-Za-z_]\w*)(?={after})")
    names = dict.fromkeys(name for file in one.used for name in pattern.findall(_code(file)))
    return [name for name in names if name not in known]


def without_value(chosen: Sequence[Definition]) -> list[str]:
    """Variables that a Compose definition requires, that are no secrets and have no value yet."""
    required = {
        name: None
        for one in chosen
        if one.source == "compose"
        for name in open_variables(one, REQUIRED)
        if not is_secret(name, "x" * 8)
    }
    return list(required)


def _left(one: Definition, named: Sequence[Path]) -> set[str]:
    names = open_variables(replace(one, env_files=tuple(named)), ANY)
    return {name for name in names if not is_secret(name, "x" * 8)}


def _examples(one: Definition, folders: Sequence[Path]) -> list[Path]:
    """The example of an env file: one named for the environment before one for all of them."""
    words = _WORDS.get(one.name, one.name)
    patterns = (
        rf"^\.?env[.-](?:{words})[.-]{_EXAMPLE}$|^(?:{words})\.env[.-]{_EXAMPLE}$",
        rf"^\.?env[.-]{_EXAMPLE}$|^{_EXAMPLE}\.env$",
    )
    for pattern in patterns:
        found = [file for file in _files(folders) if re.match(pattern, file.name)]
        if found:
            return found[:1]
    return []


def _files(folders: Sequence[Path]) -> list[Path]:
    return [file for folder in folders for file in sorted(folder.iterdir()) if file.is_file()]


def _given(file: Path) -> list[str]:
    """Names that an env file gives a value; an example's blank ones are for the reader to fill in."""
    value = r"[ \t]*=[ \t]*[^\s#]" if is_example(file) else r"[ \t]*="
    return re.findall(rf"^(?:export )?(\w+){value}", head(file), re.MULTILINE)


def _code(file: Path) -> str:
    return re.sub(r"^[ \t]*#.*$", "", head(file), flags=re.MULTILINE)
