"""Machines and their engines."""

import pytest

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.IMAGE, Layer.RUNNING, Layer.HOST})


def told(catalogue, left, right):
    sides = [
        environment(name, {"x-parity": {"facts": facts}}, layers=READ)
        for name, facts in (("local", left), ("production", right))
    ]
    return judge(*sides, catalogue).findings


def test_two_ordinary_hosts_differ_in_nothing_that_matters(catalogue):
    laptop = {
        "kernel": "6.10.14-linuxkit", "os": "Docker Desktop", "architecture": "amd64", "cpus": 8,
        "memory": 8 * 1024**3, "swap": 1024**3, "cgroup": "v2", "mtu": 1500,
        "cpu-features": ["aes", "avx", "avx2", "bmi2", "sse4_2"],
        "engine": {"version": "27.3.1", "runtime": "runc", "storage-driver": "overlayfs"},
    }  # fmt: skip
    server = {
        "kernel": "6.1.0-18-amd64", "os": "Debian GNU/Linux 12 (bookworm)", "architecture": "amd64",
        "cpus": 32, "memory": 128 * 1024**3, "swap": 0, "cgroup": "v2", "mtu": 9001,
        "cpu-features": ["aes", "avx", "avx2", "avx512f", "bmi2", "sse4_2"],
        "engine": {"version": "27.1.0", "runtime": "crun", "storage-driver": "overlay2"},
    }  # fmt: skip
    assert told(catalogue, {"host": laptop}, {"host": server}) == ()


@pytest.mark.parametrize(("offset", "word"), [(-47, "47 s behind"), (3.4, "3 s ahead")])
def test_a_clock_says_in_which_way_it_is_off(catalogue, offset, word):
    (finding,) = told(
        catalogue, {"host": {"cpus": 1}}, {"host": {"cpus": 1, "clock-offset": offset}}
    )
    assert word in finding.message
    assert finding.message.startswith("in production: ")
