"""The distribution: `os.id`, `os.version`, and its C library, `libc`: `glibc`, `musl`.

Source: os-release(5); the names of the dynamic loaders of the System V ABI supplements and of musl.
"""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants

LAYER = Layer.FILESYSTEM

_FILES = ("/etc/os-release", "/usr/lib/os-release")
_GLIBC = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux-armhf.so.3")
_MUSL = tuple(f"/lib/ld-musl-{name}.so.1" for name in ("x86_64", "aarch64", "armhf"))


def wants(config: Mapping[str, Any]) -> Wants:
    """Both places of os-release, and the loaders."""
    del config
    return Wants(read=_FILES, look=(*_GLIBC, *_MUSL))


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """Nothing for an image without any: `scratch`, most likely."""
    del config
    found: dict[str, Any] = {}
    file = next((files[path] for path in _FILES if path in files), None)
    if file is not None:
        told = _variables(file.data.decode(errors="replace"))
        names = {"id": told.get("ID", ""), "version": told.get("VERSION_ID", "")}
        found["os"] = {name: text for name, text in names.items() if text}
    for name, loaders in (("musl", _MUSL), ("glibc", _GLIBC)):
        if any(path in files for path in loaders):
            found["libc"] = name
            break
    return Facts({name: value for name, value in found.items() if value})


def _variables(text: str) -> dict[str, str]:
    """Assignments in the shell's words, which os-release restricts to plain ones."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            found[name] = value.strip().strip("\"'")
    return found
