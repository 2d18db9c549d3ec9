"""Read a container's inspect record: its program, options, environment and image."""

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

_INITS = ("tini", "dumb-init", "docker-init", "catatonit", "pid1", "exec")
_AS_USER = ("gosu", "su-exec")
_SHELLS = ("sh", "bash", "ash", "dash")
_SCRIPT = re.compile(r"\.sh$|entrypoint")
_RUN = re.compile(r"-[a-z]*c$")
_NEXT = re.compile(r"&&|\|\||[;\n|]")


def environment(attrs: Mapping[str, Any]) -> dict[str, str]:
    """The container's variables, the image's included."""
    pairs = (str(text).partition("=") for text in attrs["Config"].get("Env") or ())
    return {name: value for name, _, value in pairs}


def image(attrs: Mapping[str, Any]) -> str:
    """The last part of the image's name: `postgres` of `registry:5000/base/postgres:15@sha256:…`."""
    name = str(attrs["Config"].get("Image") or "").partition("@")[0]
    return name.rpartition("/")[2].partition(":")[0]


def command(attrs: Mapping[str, Any]) -> tuple[str, ...]:
    """The words it was started with; those of a shell command from the program on."""
    return _server(_words(attrs))


def program(attrs: Mapping[str, Any]) -> str:
    """The word that decides what runs; an option where an image's own program gets options.

    Empty where only scripts of the image are named, so that nothing can be said by it.
    """
    words = command(attrs)
    return words[0] if words else ""


def through_shell(attrs: Mapping[str, Any]) -> bool:
    """Whether a shell starts the program, so that further words would be the shell's."""
    words = _words(attrs)
    return any(_text(words[at:]) is not None for at in range(len(words)))


def runs(
    attrs: Mapping[str, Any],
    programs: Collection[str],
    images: Collection[str],
    markers: Collection[str],
) -> bool:
    """Whether the container's program is one of `programs`, or its image's own where that is one."""
    word = program(attrs)
    if word and not word.startswith("-"):
        return PurePosixPath(word).name in programs
    set_by_image = environment(attrs)
    return image(attrs) in images or any(name in set_by_image for name in markers)


def option(words: Sequence[str], *names: str) -> str | None:
    """The last value of an option, as `--name value` or `--name=value`; None where it is not given."""
    found = None
    for word, after in zip(words, [*words[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name in names:
            found = value if equals else after
    return found


def declares(attrs: Mapping[str, Any], folder: str) -> bool:
    """Whether the image names a folder as a volume, which says that its data is there."""
    return folder in (attrs["Config"].get("Volumes") or {})


def inside(folder: str, target: str) -> bool:
    """Whether a mount at `target` holds `folder`, or a part of it."""
    one, other = PurePosixPath(folder), PurePosixPath(target)
    return one.is_relative_to(other) or other.is_relative_to(one)


def _words(attrs: Mapping[str, Any]) -> list[str]:
    first = [str(attrs["Path"])] if attrs.get("Path") else []
    return [*first, *map(str, attrs.get("Args") or ())]


def _server(words: Sequence[str]) -> tuple[str, ...]:
    """From the first word that is neither an init, a script of the image, nor a change of user."""
    rest = list(words)
    while rest:
        name = PurePosixPath(rest[0]).name
        text = _text(rest)
        if text is not None:
            return _of_shell(text)
        if name in _AS_USER:
            rest = rest[2:]
        elif name in (*_INITS, "setpriv", "--"):
            rest = rest[1:]
            while rest and rest[0].startswith("-"):
                rest = rest[1:]
        elif _SCRIPT.search(name) or name in _SHELLS:
            rest = rest[1:]
        else:
            return tuple(rest)
    return ()


def _text(words: Sequence[str]) -> str | None:
    """The text that a shell is to run; None for any other program."""
    if PurePosixPath(words[0]).name not in _SHELLS:
        return None
    at = next((n for n, word in enumerate(words[:4]) if _RUN.match(word)), None)
    return None if at is None else next(iter(words[at + 1 :]), "")


def _of_shell(text: str) -> tuple[str, ...]:
    """The last command of a shell's text: what stays when the preparations are done."""
    for part in reversed(_NEXT.split(text.strip().rstrip(";"))):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            return ("sh",)
        if words:
            return _server(words) or ("sh",)
    return ("sh",)
