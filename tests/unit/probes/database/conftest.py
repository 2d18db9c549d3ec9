"""Answers that real servers gave, as an asker returned them."""

import json
from pathlib import Path

import pytest

RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture
def recorded():
    return lambda name: json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
