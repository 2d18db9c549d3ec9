"""What an engine says of its host."""

import json
from pathlib import Path

from parity.probes.host import engine
from parity.probes.host.contract import HostSeen

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


def test_recorded():
    assert engine.read(HostSeen(**RECORDED)).values == {
        "kernel": "6.1.0-18-amd64",
        "os": "Debian GNU/Linux 12 (bookworm)",
        "architecture": "amd64",
        "cpus": 2,
        "memory": 25276510208,
        "cgroup": "v1",
        "engine": {
            "version": "20.10.24+dfsg1",
            "runtime": "runc",
            "runc": "1.1.5",
            "containerd": "1.6.20~ds1",
            "storage-driver": "overlay2",
            "cgroup-driver": "cgroupfs",
            "log-driver": "json-file",
            "security": ["seccomp"],
        },
    }


def test_security_that_is_not_the_default_says_so():
    options = ["name=seccomp,profile=unconfined", "name=apparmor", "name=rootless", "odd"]
    found = engine.read(HostSeen({"SecurityOptions": options}, {})).values
    assert found["engine"]["security"] == ["apparmor", "odd", "rootless", "seccomp:unconfined"]


def test_an_engine_that_says_nothing():
    assert engine.read(HostSeen({}, {})).values == {}
