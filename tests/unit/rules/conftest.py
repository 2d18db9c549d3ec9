"""Makes scripts/lib importable: it reads the tables of cases."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))


@pytest.fixture(scope="session")
def catalogue():
    """All rules."""
    from parity.rules.registry import catalogue

    return catalogue()


@pytest.fixture(scope="session")
def judged(catalogue):
    """The report on two sides given as in the tables of cases: documents or bodies of a service."""
    from scripts.lib.cases import environment, judge

    def make(local, production, rules=None, **options):
        sides = (environment("local", local), environment("production", production))
        return judge(*sides, rules or catalogue, **options)

    return make
