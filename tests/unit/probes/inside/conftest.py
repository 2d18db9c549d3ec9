"""What was really seen inside containers of the shop: recorded, paths of a machine and variables cut."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from parity.probes.inside.contract import Seen

RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture
def recorded():
    """`recorded("db", files={…})`: that service's container, with some of it otherwise."""

    def read(name, **other):
        told = json.loads((RECORDED / f"{name}.json").read_text())
        told["offsets"] = tuple(told["offsets"])
        seen = Seen(**told)
        tables = {k: {**getattr(seen, k), **v} for k, v in other.items() if isinstance(v, dict)}
        return replace(seen, **{**other, **tables})

    return read
