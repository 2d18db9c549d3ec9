"""The HostConfig, less what the engine sets by itself."""

import json
from pathlib import Path

import pytest

from parity.sources.docker_host import host_config
from parity.sources.ledger import Ledger

ROWS = json.loads((Path(__file__).parent / "data/docker/compose-project.json").read_text())
PLAIN = ROWS[0]["HostConfig"]
ELSEWHERE = ("NetworkMode", "PortBindings", "Binds", "Mounts", "Tmpfs", "VolumesFrom")


def read(**own):
    data = {key: value for key, value in {**PLAIN, **own}.items() if key not in ELSEWHERE}
    ledger = Ledger(data)
    found = {}
    host_config(ledger.root, found)
    return found, {loss.path for loss in ledger.losses()}


def test_an_engines_defaults_say_nothing():
    assert read() == ({}, set())


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ({"CapAdd": ["CAP_SYS_TIME", "net_admin"]}, {"cap_add": ["SYS_TIME", "NET_ADMIN"]}),
        ({"RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}}, {}),
        ({"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2}}, {"restart": "on-failure:2"}),
        ({"RestartPolicy": {"Name": "always", "MaximumRetryCount": 0}}, {"restart": "always"}),
        ({"NanoCpus": 1500000000}, {"deploy": {"resources": {"limits": {"cpus": 1.5}}}}),
        ({"PidsLimit": -1}, {}),
        ({"PidsLimit": 5}, {"deploy": {"resources": {"limits": {"pids": 5}}}}),
        ({"MemoryReservation": 7}, {"deploy": {"resources": {"reservations": {"memory": "7"}}}}),
        ({"Memory": 8, "MemorySwap": 16}, {"deploy": {"resources": {"limits": {"memory": "8"}}}}),
        ({"MemorySwap": -1}, {"memswap_limit": "-1"}),
        ({"MemorySwappiness": 0}, {"mem_swappiness": 0}),
        ({"MemorySwappiness": -1}, {}),
        ({"ShmSize": 64 * 1024**2}, {}),
        ({"ShmSize": 1024}, {"shm_size": "1024"}),
        ({"LogConfig": {"Type": "json-file", "Config": {}}}, {}),
        ({"LogConfig": {"Type": "none", "Config": None}}, {"logging": {"driver": "none"}}),
        ({"LogConfig": {"Type": "local", "Config": {"max-size": "1m"}}},
         {"logging": {"driver": "local", "options": {"max-size": "1m"}}}),
        ({"IpcMode": "shareable"}, {}),
        ({"IpcMode": "host", "SecurityOpt": ["label=disable", "x=y"]},
         {"ipc": "host", "security_opt": ["x=y"]}),
        ({"Privileged": True, "SecurityOpt": ["label=disable"]}, {"privileged": True}),
        ({"SecurityOpt": ["label=disable"]}, {"security_opt": ["label=disable"]}),
        ({"ExtraHosts": ["a:1.2.3.4", "b:::1"]}, {"extra_hosts": ["a=1.2.3.4", "b=::1"]}),
        ({"Runtime": "runc"}, {}),
        ({"Runtime": "runsc"}, {"runtime": "runsc"}),
        ({"Sysctls": {"net.core.somaxconn": "511"}}, {"sysctls": {"net.core.somaxconn": "511"}}),
        ({"BlkioWeight": 300}, {"blkio_config": {"weight": 300}}),
        ({"Ulimits": [{"Name": "core", "Soft": 0, "Hard": 0}]}, {"ulimits": {"core": {"soft": 0, "hard": 0}}}),
        ({"Devices": [{"PathOnHost": "/a", "PathInContainer": "/b", "CgroupPermissions": "rwm"}]},
         {"devices": [{"source": "/a", "target": "/b", "permissions": "rwm"}]}),
        ({"DeviceRequests": [{"Driver": "nvidia", "Count": -1, "DeviceIDs": None,
                              "Capabilities": [["gpu"]], "Options": {"a": "b"}}]},
         {"deploy": {"resources": {"reservations": {"devices": [
             {"capabilities": ["gpu"], "driver": "nvidia", "count": -1, "options": {"a": "b"}}]}}}}),
        ({"CpuShares": 512, "CpusetCpus": "0-1"}, {"cpu_shares": 512, "cpuset": "0-1"}),
        ({"Init": True, "ReadonlyRootfs": True}, {"init": True, "read_only": True}),
    ],
    ids=range(31),
)  # fmt: skip
def test_what_was_asked_for_is_found(own, found):
    assert read(**own) == (found, set())


@pytest.mark.parametrize(
    "own",
    [
        {"AutoRemove": True}, {"PublishAllPorts": True}, {"VolumeDriver": "nfs"}, {"Links": ["/a:/b"]},
        {"KernelMemory": 5}, {"BlkioWeightDevice": [{"Path": "/dev/sda", "Weight": 5}]}, {"New": 5},
    ],
    ids=range(7),
)  # fmt: skip
def test_what_compose_cannot_say_is_lost(own):
    found, lost = read(**own)
    assert found == {}
    assert [path.split("[")[0] for path in lost] == list(own)
