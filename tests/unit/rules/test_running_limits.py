"""Soft and hard limits that differ alike are one finding."""

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.RUNNING})


def settings(catalogue, left, right):
    sides = [
        environment(
            name, {"x-parity": {"facts": {"running": {"ulimits": {"nofile": limit}}}}}, layers=READ
        )
        for name, limit in (("local", left), ("production", right))
    ]
    return [finding.setting for finding in judge(*sides, catalogue).findings]


def test_soft_and_hard_are_one_finding(catalogue):
    found = settings(catalogue, {"soft": 1024, "hard": 1024}, {"soft": 1048576, "hard": 1048576})
    assert found == ["services.web.running.ulimits.nofile.soft"]


def test_a_hard_limit_alone_is_told(catalogue):
    found = settings(catalogue, {"soft": 1024, "hard": 1024}, {"soft": 1024, "hard": 1048576})
    assert found == ["services.web.running.ulimits.nofile.hard"]
