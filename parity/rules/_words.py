"""What rules ask of commands: words inside shell scripts, options, development servers."""

import re
import shlex
from collections.abc import Sequence

from parity.diff.view import Service

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_DEVELOPMENT = tuple(
    re.compile(pattern)
    for pattern in (
        r"manage\.py\s+runserver(?:_plus)?\b",
        r"\bflask\s+(?:\S+\s+)*?run\b",
        r"\bfastapi\s+dev\b",
        r"\b(?:next|nuxt|nuxi|astro|remix|svelte-kit)\s+dev\b",
        r"\b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?(?:dev|develop|watch|start:dev|start:debug|serve:dev)\b",
        r"\b(?:npm|yarn|pnpm|bun)\s+run\s+dev:\S+",
        r"\bnodemon\b",
        r"\bwebpack-dev-server\b|\bwebpack\s+serve\b",
        r"(?:^|[\s/])vite(?:\s+(?:serve|dev)\b|\s+-|\s*$)",
        r"\bng\s+serve\b",
        r"\bvue-cli-service\s+serve\b",
        r"\breact-scripts\s+start\b",
        r"\bgatsby\s+develop\b",
        r"\bts-node-dev\b|\btsx\s+watch\b|\bnode\s+(?:\S+\s+)*?--watch\b",
        r"\bnest\s+start\s+(?:\S+\s+)*?--watch\b",
        r"\bphp\s+artisan\s+serve\b|\bphp\s+-S\b|\bsymfony\s+(?:serve|server:start)\b",
        r"\bdotnet\s+watch\b|\bcargo\s+watch\b|\bgo\s+run\b",
        r"\bspring-boot:run\b|\bbootRun\b",
        r"\bmkdocs\s+serve\b|\bhugo\s+serve",
        r"\bpython3?\s+-m\s+http\.server\b",
        r"\bwatchmedo\b|\bwatchfiles\b",
    )
)


def argv(words: Sequence[object]) -> tuple[str, ...]:
    """The words of a command, those of scripts given to a shell (`sh -c "…"`) among them."""
    flat: list[str] = []
    for word in map(str, words):
        if flat and re.fullmatch(r"-\w*c", flat[-1]) and " " in word:
            flat += _split(word)
        else:
            flat.append(word)
    return tuple(flat)


def line(service: Service) -> str:
    """Entrypoint and command of a service as one line; empty where the image's own run."""
    return " ".join(argv(service.words))


def option(words: Sequence[str], *names: str) -> str | None:
    """The value of the last of some options: `--host x`, `--host=x`, `-b x`; None where none is given.

    An option at the end, or before another option, has an empty value.
    """
    found = None
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name not in names:
            continue
        if equals:
            found = value
        else:
            after = words[index + 1] if index + 1 < len(words) else ""
            found = "" if after.startswith("-") else after
    return found


def script(words: Sequence[object]) -> str | None:
    """The text that a shell is given with `-c`, where that is the whole command."""
    texts = [str(word) for word in words]
    for index in range(len(texts) - 1):
        if re.fullmatch(r"-\w*c", texts[index]) and _is_shell(texts[:index]):
            return texts[index + 1]
    return None


def question(test: Sequence[object]) -> tuple[str, ...]:
    """The words of a health check's test, whether or not a shell runs them, without `|| exit 1`."""
    kind, *rest = map(str, test)
    words = argv(("sh", "-c", *rest))[2:] if kind == "CMD-SHELL" else argv(rest)
    return words[:-3] if words[-3:] == ("||", "exit", "1") else words


def development_server(service: Service) -> str:
    """The part of a service's command that starts a development server, or an empty text."""
    whole = line(service)
    for pattern in _DEVELOPMENT:
        match = pattern.search(whole)
        if match:
            return match[0].strip()
    return ""


def shown(service: Service) -> str:
    """A service's command as a message names it: shortened, or `the image's own command`."""
    whole = line(service)
    if not whole:
        return "the image's own command"
    whole = " ".join(whole.split())
    return f"`{whole[:57]}…`" if len(whole) > 60 else f"`{whole}`"  # noqa: PLR2004


def _is_shell(words: Sequence[str]) -> bool:
    return bool(words) and words[-1].rpartition("/")[2] in _SHELLS


def _split(text: str) -> list[str]:
    try:
        lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        lexer.commenters = ""
        return list(lexer)
    except ValueError:  # an open quote: split it as it stands
        return text.split()
