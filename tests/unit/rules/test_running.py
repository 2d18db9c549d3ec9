"""What the tables of cases do not show of memory, processors and processes."""

import pytest

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.RUNNING, Layer.HOST})


def told(catalogue, left, right, **own):
    sides = [
        environment(name, {**own, "x-parity": {"facts": facts}}, layers=READ)
        for name, facts in (("local", left), ("production", right))
    ]
    return judge(*sides, catalogue).findings


def test_a_quota_names_the_processors_that_programs_see(catalogue):
    left = {"running": {"limits": {"cpus": "unlimited"}}, "host": {"cpus": 8}}
    right = {"running": {"limits": {"cpus": 1.5}}, "host": {"cpus": 64}}
    (finding,) = told(catalogue, left, right)
    assert finding.message == (
        "the container's processors are not limited in local and limited to 1.5 in production, where programs "
        "see 64, and no definition says so"
    )
    assert finding.fix.startswith('GOMAXPROCS: "1" for Go')


@pytest.mark.parametrize("odd", [-1, 0, "", "9" * 5000, [], True, 1e308])
def test_limits_of_any_shape_throw_nobody(catalogue, odd):
    words = ["gunicorn", "-w", "4", "app"]
    for name in ("memory", "cpus", "pids"):
        right = {
            "running": {"limits": {name: odd}, "shm": odd},
            "host": {"cpus": odd, "memory": odd},
        }
        left = {"running": {"limits": {name: 1024}, "shm": 1}, "host": {"cpus": 8, "memory": 1}}
        told(catalogue, left, right, command=words, environment={"JAVA_OPTS": "-Xmx1g"})
