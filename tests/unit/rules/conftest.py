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


@pytest.fixture(scope="session")
def answered(catalogue):
    """The report on two servers that answered, each given as the facts of the layer `database`."""
    from parity.model.setting import Layer
    from scripts.lib.cases import environment, judge

    layers = frozenset({Layer.DECLARED, Layer.DATABASE})

    def make(local, production):
        rows = (("local", local), ("production", production))
        bodies = [(name, {"x-parity": {"facts": {"database": facts}}}) for name, facts in rows]
        return judge(*(environment(name, body, layers=layers) for name, body in bodies), catalogue)

    return make
