"""Heap sizes that runtimes are told: in variables and on command lines, in bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parity.diff.units import size
from parity.diff.view import Service
from parity.model.document import Path

_MIB = 1024**2
_NODE = re.compile(r"--max[-_]old[-_]space[-_]size[= ]+(\d+)")
_JVM = re.compile(r"-Xmx(\d+[kKmMgGtT]?)\b")
HEAP_WORDS = ("space", "xmx", "gomemlimit", "heap")
"""One of these occurs in every name and option below."""
_GO = re.compile(r"^(\d+(?:\.\d+)?(?:[KMGT]i?)?B?)$")
_PLAIN = frozenset({"MAX_HEAP_SIZE", "JVM_HEAP_MAX", "JVM_XMX", "JAVA_XMX", "HEAP_SIZE"})


@dataclass(frozen=True)
class Heap:
    """One heap cap: in bytes, where it is given, and in which words."""

    bytes: int
    path: Path
    words: str


def heaps(service: Service) -> Iterator[Heap]:
    """Every heap cap that the service's variables and command line state."""
    if not service.mentions(*HEAP_WORDS):
        return
    for name, value in service.environment():
        if isinstance(value, str):
            path: Path = ("environment", name)
            yield from (Heap(number, path, words) for number, words in _in_text(value))
            if (name == "GOMEMLIMIT" and _GO.match(value)) or name in _PLAIN:
                yield from _sized(value, path)
    field = "command" if service.settings.get(("command",)) else "entrypoint"
    line = " ".join(map(str, service.words))
    yield from (Heap(number, (field,), words) for number, words in _in_text(line))


def _in_text(text: str) -> Iterator[tuple[int, str]]:
    for match in _NODE.finditer(text):
        yield int(match[1]) * _MIB, match[0]
    for match in _JVM.finditer(text):
        number = size(match[1])
        if isinstance(number, int):
            yield number, match[0]


def _sized(value: str, path: Path) -> Iterator[Heap]:
    number = size(value)
    if isinstance(number, int) and number > _MIB:
        yield Heap(number, path, value)
