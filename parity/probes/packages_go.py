"""Go's modules: `go.MODULE` is the version of those that programs were built from, `go.version` Go's own.

Source: Go, package debug/buildinfo (format since 1.18), package runtime/debug, BuildInfo.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants, cut
from parity.probes.packages_versions import versions

LAYER = Layer.FILESYSTEM

MARK = b"\xff Go buildinf:"
_START = 32 - len(MARK)
_INLINE = 2
_SENTINEL = 16
"""Bytes around the modules' text."""
_CONTINUED, _BITS = 0x80, 7
_LONGEST = 4
"""Bytes of a length."""


def wants(config: Mapping[str, Any]) -> Wants:
    """The mark in all programs."""
    del config
    return Wants(marks=(MARK,))


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """Of all programs together; a module that was replaced by the one in its place."""
    del config
    told = (
        pair for file in files.values() if MARK in file.marks for pair in _told(file.marks[MARK])
    )
    return versions("go", told, cut(files))


def _told(data: bytes) -> Iterator[tuple[str, str]]:
    if not data[1:2] or not data[1] & _INLINE:
        return
    version, rest = _text(data[_START:])
    modules, _ = _text(rest)
    yield "version", version.decode(errors="replace").removeprefix("go")
    module: tuple[str, str] | None = None
    for line in modules[_SENTINEL:-_SENTINEL].decode(errors="replace").split("\n"):
        kind, *words = line.split("\t")
        if kind == "=>" and module and len(words) > 1:
            module = (module[0], f"{words[0]} {words[1]}")
            continue
        if module:
            yield module
        module = (words[0], words[1]) if kind == "dep" and len(words) > 1 else None
    if module:
        yield module


def _text(data: bytes) -> tuple[bytes, bytes]:
    """A text after its length, which has seven bits a byte; and what follows."""
    length = 0
    for index, byte in enumerate(data[:_LONGEST]):
        length |= (byte & (_CONTINUED - 1)) << (_BITS * index)
        if byte < _CONTINUED:
            start = index + 1
            return data[start : start + length], data[start + length :]
    return b"", b""
