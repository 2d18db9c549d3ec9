"""Two notations of one environment have no differences: the shop as Compose, Kubernetes and ECS."""

import shutil
from itertools import permutations
from pathlib import Path

import pytest

from parity.actions.diff import diff
from parity.actions.diff_request import DiffRequest
from parity.config.load import load
from parity.model.finding import Why
from parity.paths import ProjectPaths

SHOP = Path(__file__).parents[2] / "stacks" / "shop"
NOTATIONS = ("prod", "kubernetes", "ecs")


def compare(left, right):
    if not shutil.which("kubectl") and {left, right} & {"kubernetes", "staging", "dev"}:
        pytest.skip("kubectl is not installed")
    paths = ProjectPaths(SHOP)
    return diff(paths, load(paths), DiffRequest(left, right), lambda step: None)


@pytest.mark.parametrize(("left", "right"), list(permutations(NOTATIONS, 2)))
def test_one_environment_in_two_notations(left, right):
    report = compare(left, right)
    assert [finding.key for finding in report.findings] == []
    assert report.pairs == 7
    # It is not for want of looking.
    assert report.compared > 450
    assert {folded.why for folded in report.folded} <= {Why.NOTATION, Why.UNKNOWN, Why.EXPECTED}


@pytest.mark.parametrize("name", ["staging", "dev"])
def test_environments_that_differ_are_told_apart(name):
    report = compare(name, "prod")
    assert report.findings != ()
    assert all(finding.fix for finding in report.findings)
