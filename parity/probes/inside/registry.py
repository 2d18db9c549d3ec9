"""The probes of running containers, found by walking this package: a module with a `LAYER` is one."""

from collections.abc import Mapping
from typing import Any, cast

from parity.model.facts import Facts
from parity.probes.inside.contract import InsideProbe, Seen, Wants
from parity.probes.walk import modules, together


def inside_probes() -> tuple[InsideProbe, ...]:
    """All of them, by name."""
    return cast("tuple[InsideProbe, ...]", modules("parity.probes.inside", "LAYER"))


def wants(record: Mapping[str, Any]) -> Wants:
    """What all of them ask for, each once."""
    asked = [probe.wants(record) for probe in inside_probes()]
    return Wants(
        tuple(dict.fromkeys(path for one in asked for path in one.files)),
        tuple(dict.fromkeys(path for one in asked for path in one.inside)),
        tuple(dict.fromkeys(path for one in asked for path in one.places)),
        tuple(dict.fromkeys(path for one in asked for path in one.trees)),
    )


def read(seen: Seen, why: str = "") -> Facts:
    """What all of them make of the answer; `why` says why no helper could look, if none could."""
    return together(((probe.NAMES, probe.read(seen)) for probe in inside_probes()), why)
