"""The probes of files, found by walking this package: a module whose `LAYER` is the file system is one."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, FileProbe, Wants
from parity.probes.walk import modules, together


def file_probes() -> tuple[FileProbe, ...]:
    """All of them, by name."""
    found = modules("parity.probes", "LAYER")
    return cast("tuple[FileProbe, ...]", tuple(p for p in found if p.LAYER is Layer.FILESYSTEM))


def wants(config: Mapping[str, Any]) -> Wants:
    """What all of them ask for, each once."""
    asked = [probe.wants(config) for probe in file_probes()]
    return Wants(
        **{
            each.name: tuple(
                dict.fromkeys(path for one in asked for path in getattr(one, each.name))
            )
            for each in fields(Wants)
        }
    )


@lru_cache(maxsize=1)
def version() -> str:
    """Another one for probes that ask for or read anything else: what was read before is not theirs."""
    text = hashlib.sha256()
    for probe in file_probes():
        text.update(str(getattr(probe, "__name__", "")).encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):  # some share what others have
        text.update(file.read_bytes())
    return text.hexdigest()[:12]


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """What all of them make of the answer."""
    return together(((), probe.read(config, files)) for probe in file_probes())
