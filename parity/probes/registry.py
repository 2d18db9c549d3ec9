"""The probes of files, found by walking this package: a module whose `LAYER` is the file system is one."""

import hashlib
import pkgutil
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, FileProbe, Wants


def file_probes() -> tuple[FileProbe, ...]:
    """All of them, by name."""
    found = pkgutil.iter_modules(import_module("parity.probes").__path__)
    modules = (import_module(f"parity.probes.{module.name}") for module in found)
    files = (each for each in modules if getattr(each, "LAYER", None) is Layer.FILESYSTEM)
    return tuple(cast("FileProbe", each) for each in files)


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
    values: dict[str, Any] = {}
    unread: dict[str, str] = {}
    for probe in file_probes():
        found = probe.read(config, files)
        values.update(found.values)
        unread.update(found.unread)
    return Facts(values, unread)
