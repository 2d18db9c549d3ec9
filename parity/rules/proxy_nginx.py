"""A tolerant reader of nginx configuration: directives with their values, wherever they stand."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from parity.diff.units import seconds, size
from parity.diff.view import Service
from parity.model.document import Path
from parity.rules._image_files import image_contents

_TOKEN = re.compile(
    r"""#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]|(?:\\.|\$\{[^}]*\}|[^\s{};])+"""
)
_LOOKS = re.compile(
    r"^\s*(?:server|http|upstream|location|events|stream)\b[^\n;]*\{"
    r"|^\s*(?:client_max_body_size|proxy_(?:pass|set_header|read_timeout|buffering)|listen|server_name)\s+[^;=]+;",
    re.MULTILINE,
)
_LONGEST = 500_000
"""Characters; a longer file is no hand-written configuration."""

DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "client_max_body_size": "1m",
        "client_body_timeout": "60s",
        "client_header_timeout": "60s",
        "large_client_header_buffers": "4 8k",
        "send_timeout": "60s",
        "keepalive_timeout": "75s",
        "keepalive_requests": "1000",
        "proxy_connect_timeout": "60s",
        "proxy_read_timeout": "60s",
        "proxy_send_timeout": "60s",
        "fastcgi_read_timeout": "60s",
        "uwsgi_read_timeout": "60s",
        "grpc_read_timeout": "60s",
        "proxy_buffering": "on",
        "proxy_request_buffering": "on",
        "fastcgi_buffering": "on",
        "gzip": "off",
        "underscores_in_headers": "off",
        "ignore_invalid_headers": "on",
        "proxy_http_version": "1.0",
        "absolute_redirect": "on",
        "port_in_redirect": "on",
        "merge_slashes": "on",
    }
)
"""What is in force where a directive is not written: nginx documentation, module by module."""

EFFECTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "underscores_in_headers": ("off", "headers with an underscore are dropped"),
        "proxy_buffering": ("on", "streams are collected"),
        "port_in_redirect": ("on", "redirects may name its own port"),
    }
)
"""What some of them do with a value, in words."""


@dataclass(frozen=True)
class Directive:
    """One directive: `name`, its words, and the names of the blocks around it."""

    name: str
    words: tuple[str, ...]
    blocks: tuple[str, ...]

    @property
    def value(self) -> str:
        """The words in one text."""
        return " ".join(self.words)


def looks_like_nginx(text: str) -> bool:
    """Whether a file's content is nginx configuration."""
    return len(text) <= _LONGEST and bool(_LOOKS.search(text))


def directives(text: str) -> Iterator[Directive]:
    """Every directive in order, block openings included. What is broken is read as far as it goes."""
    blocks: list[str] = []
    words: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token.startswith("#"):
            continue
        if token in (";", "{"):
            if words:
                yield Directive(words[0], tuple(words[1:]), tuple(blocks))
            if token == "{":  # noqa: S105 - a brace
                blocks.append(words[0] if words else "")
            words = []
        elif token == "}":  # noqa: S105 - a brace
            words = []
            if blocks:
                blocks.pop()
        else:
            words.append(_unquoted(token))


def _unquoted(token: str) -> str:
    quoted = len(token) > 1 and token[0] == token[-1] and token[0] in "'\""
    return token[1:-1] if quoted else token


def configurations(service: Service) -> dict[Path, tuple[Directive, ...]]:
    """The nginx files of a service whose content is known, by the setting of the content: those that its
    image brings, then those that are mounted.
    """
    return service.once(_configurations)


def _configurations(service: Service) -> dict[Path, tuple[Directive, ...]]:
    texts = {path: text for text, path in image_contents(service, r"/nginx/")}
    rows = service.document.get("volumes") or ()
    if service.document.get("configs") or any(
        isinstance(row, dict) and "x-content" in row for row in rows
    ):
        texts |= {
            path: str(value)
            for path, value in service.settings.items()
            if path[0] in ("configs", "volumes")
            and path[-1] == "content"
            and isinstance(value, str)
            and looks_like_nginx(str(value))
        }
    return {path: tuple(directives(text)) for path, text in texts.items()}


def values(service: Service, name: str) -> tuple[str, ...]:
    """The distinct values of one directive over all files, sorted; empty where none sets it."""
    found = {
        _normal(name, each.value)
        for file in configurations(service).values()
        for each in file
        if each.name == name
    }
    return tuple(sorted(found))


def _normal(name: str, value: str) -> str:
    """`60`, `60s` and `1m` of a time-out are one value, and so are sizes in other units."""
    if name.endswith(("_timeout", "keepalive_time")):
        number = seconds(int(value)) if value.isdecimal() else seconds(value)
        return f"{number:g}s" if isinstance(number, float) else value
    if name.endswith("_size"):
        number = size(value)
        return str(number) if isinstance(number, int) else value
    return value


def effective(service: Service, name: str) -> tuple[str, ...]:
    """Like `values`, with nginx's default where the service's files do not set it."""
    found = values(service, name)
    default = DEFAULTS.get(name)
    return found or ((_normal(name, default),) if default is not None else ())
