"""Programs and libraries that were built for another processor than the image: `foreign`, a list of paths.

Looked for where programs are, and below the folder that the image works in. One whose path names a
processor (`prebuilds/linux-arm64/…`) is there for those who need it.
Source: System V ABI, ELF header; OCI Image Format Specification, platform.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants, cut, plain
from parity.probes.entry import machine

LAYER = Layer.FILESYSTEM

_PLACES = ("/bin/*", "/usr/bin/*", "/usr/sbin/*", "/usr/local/bin/*", "/usr/local/sbin/*")
_RUNS_TOO = {"amd64": ("386",), "arm64": ("arm",)}
_NAMES_ONE = re.compile(
    r"(?:^|[^a-z])(?:amd64|x86|x64|i[36]86|ia32|arm|arm64|aarch64|armv[5-8]\w*|ppc64\w*|s390x|riscv64|loong\w*|mips\w*)"
    r"(?:[^a-z]|$)",
    re.IGNORECASE,
)
_SHOWN = 20


def wants(config: Mapping[str, Any]) -> Wants:
    """Those that are for another one."""
    own = _processor(config)
    test = partial(_foreign, own)
    return Wants(odd=tuple((each, test) for each in _patterns(config))) if own else Wants()


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """The first of them, in order; none is no fact."""
    own = _processor(config)
    found = sorted(plain(path) for path, file in files.items() if own and _foreign(own, path, file))
    if found:
        return Facts({"foreign": found[:_SHOWN]})
    missed = cut(files, *_patterns(config))
    return Facts({}, {"foreign": missed} if missed else {})


def _patterns(config: Mapping[str, Any]) -> tuple[str, ...]:
    below = str(config.get("working_dir") or "").rstrip("/")
    return (*_PLACES, *([f"{below}/**"] if below else []))


def _processor(config: Mapping[str, Any]) -> str:
    return str(config.get("platform") or "").partition("/")[2].partition("/")[0]


def _foreign(own: str, path: str, file: File) -> bool:
    built = machine(file.data)
    known = bool(built) and " " not in built
    return known and built not in (own, *_RUNS_TOO.get(own, ())) and not _NAMES_ONE.search(path)
