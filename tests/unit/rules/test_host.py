"""Hosts of any shape."""

import pytest

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.RUNNING, Layer.HOST})
HOST = {
    "kernel": "6.14.0",
    "cgroup": "v2",
    "memory": 8,
    "sysctls": {},
    "transparent-hugepages": "never",
}


@pytest.mark.parametrize("odd", ["", "²", "9" * 5000, -1, [], True, "v1"])
@pytest.mark.parametrize("image", ["redis:7", "elasticsearch:8", "eclipse-temurin:21", "node:22"])
def test_no_value_throws(catalogue, odd, image):
    sysctls = dict.fromkeys(
        ("vm.max_map_count", "vm.overcommit_memory", "fs.inotify.max_user_instances"), odd
    )
    right = {
        **dict.fromkeys(HOST, odd),
        "sysctls": sysctls,
        "engine": {"version": odd, "security": odd},
    }
    sides = [
        environment(
            name,
            {"image": image, "x-parity": {"facts": {"host": facts, "running": {"user": odd}}}},
            layers=READ,
        )
        for name, facts in (("local", HOST), ("production", right))
    ]
    judge(*sides, catalogue)


def test_the_cap_that_is_offered_is_below_the_limit(catalogue):
    facts = {"host": HOST, "running": {"limits": {"memory": 2 * 1024**3}}}
    older = {**facts, "host": {**HOST, "kernel": "6.8.0"}}
    sides = [
        environment(name, {"image": "eclipse-temurin:21", "x-parity": {"facts": each}}, layers=READ)
        for name, each in (("local", older), ("production", facts))
    ]
    (finding,) = judge(*sides, catalogue).findings
    assert (finding.rule, finding.fix) == ("HO004", "JAVA_TOOL_OPTIONS: -Xmx1536m")
