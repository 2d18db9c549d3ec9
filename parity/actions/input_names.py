"""What a text may name: files, folders and variables, by its words, quoted texts and whole values."""

import os
import re
from collections.abc import Iterator, Mapping

_WORD = re.compile(r"[^\s\"'`,;=()\[\]{}<>|]+")
_QUOTED = re.compile(r"\"([^\"\n]{2,300})\"|'([^'\n]{2,300})'")
_BETWEEN = re.compile(r"^\s*(?:-\s+)*|:\s+|[\[{},\]]\s*|\s+#.*$")
_WITH_VARIABLE = re.compile(r"[^\s\"',;\[\]]*\$\{?\w[^\s\"',;\[\]]*")
_EXPANSION = re.compile(r"\$\{([A-Za-z_]\w*)(?::?[-+?]([^{}]*))?\}|\$([A-Za-z_]\w*)")
_NAME = re.compile(r"[A-Za-z_]\w*")
_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$", re.MULTILINE)
_DIRECTORY = re.compile(r"[\"']?project_directory[\"']?\s*:\s*[\"']?([^\"'\n,}]+)")
_LONGEST = 300
_DEPTH = 3


def names(text: str, variables: Mapping[str, str]) -> set[str]:
    """Whatever in the text may be the name of a file or folder, variables replaced."""
    found = set(_WORD.findall(text))
    for match in _QUOTED.finditer(text):
        found.add(match[1] or match[2])
    for line in text.splitlines():
        if " " in line or "(" in line or "=" in line:
            found.update(_BETWEEN.split(line))
    with_variables = {word for word in found if "$" in word} | set(_WITH_VARIABLE.findall(text))
    found |= {expanded(word, variables) for word in with_variables}
    return {name for word in found for name in _cut(word.strip(" \t\"'"))}


def directories(text: str, variables: Mapping[str, str]) -> Iterator[str]:
    """The project directories that a definition sets for what it includes."""
    return (expanded(word.strip(), variables) for word in _DIRECTORY.findall(text))


def variable_names(text: str) -> set[str]:
    """Every name, not only `$NAME`: `environment: [NAME]` takes a variable over as well."""
    return set(_NAME.findall(text))


def assignments(text: str) -> dict[str, str]:
    """The variables of an env file, roughly: enough to find files by them."""
    return {name: value.strip("\"'") for name, value in _ASSIGNMENT.findall(text)}


def expanded(word: str, variables: Mapping[str, str]) -> str:
    """A word with its variables replaced from the environment, env files or by their defaults."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        return os.environ.get(name) or variables.get(name) or match[2] or ""

    for _ in range(_DEPTH):
        word = _EXPANSION.sub(value, word)
    return word


def _cut(word: str) -> Iterator[str]:
    for name in {word, word.rstrip(":"), word.split(":", maxsplit=1)[0]}:
        if 1 < len(name) <= _LONGEST and name not in ("..", "/") and "\0" not in name:
            yield os.path.expanduser(name) if name.startswith("~") else name  # noqa: PTH111
