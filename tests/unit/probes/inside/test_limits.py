"""Limits, as both versions of control groups have them."""

import pytest

from parity.probes.inside import limits
from parity.probes.inside.contract import Seen

GROUP = "/sys/fs/cgroup"


def test_version_1(recorded):
    found = limits.read(recorded("cache")).values
    assert found == {"limits": {"memory": 100663296, "cpus": 0.5, "pids": 32}, "shm": 64 << 20}


def test_version_2():
    inside = {f"{GROUP}/memory.max": "268435456\n", f"{GROUP}/cpu.max": "150000 100000\n"}
    inside[f"{GROUP}/pids.max"] = "max\n"
    found = limits.read(Seen({}, files={"/": ""}, inside=inside)).values
    assert found == {"limits": {"memory": 268435456, "cpus": 1.5, "pids": "unlimited"}}


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        (f"{GROUP}/memory.max", "max\n", "memory"),
        (f"{GROUP}/memory/memory.limit_in_bytes", "9223372036854771712\n", "memory"),
        (f"{GROUP}/cpu.max", "max 100000\n", "cpus"),
        (f"{GROUP}/cpu/cpu.cfs_quota_us", "-1\n", "cpus"),
    ],
)
def test_no_limit_is_said_as_such(path, text, name):
    assert limits.read(Seen({}, inside={path: text})).values == {"limits": {name: "unlimited"}}


def test_rubbish_says_nothing():
    inside = {f"{GROUP}/memory.max": "\x1b]0;x", f"{GROUP}/cpu.max": "1", f"{GROUP}/pids.max": "-5"}
    mounts = "shm /dev/shm tmpfs size=lots 0 0\n"
    assert limits.read(Seen({}, files={"/proc/1/mounts": mounts}, inside=inside)).values == {}
