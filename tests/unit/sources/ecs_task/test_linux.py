"""Limits and rights on the host."""

import pytest

MIB = 1024**2


@pytest.mark.parametrize(
    ("task", "own", "limits", "reserved"),
    [
        ({}, {}, None, None),
        ({}, {"cpu": 0, "memory": 128}, {"memory": str(128 * MIB)}, None),
        (
            {},
            {"cpu": 256, "memoryReservation": "64"},
            None,
            {"cpus": 0.25, "memory": str(64 * MIB)},
        ),
        ({"cpu": "512", "memory": "1 GB"}, {}, {"cpus": 0.5, "memory": str(1024 * MIB)}, None),
        (
            {"cpu": "512", "memory": "1024"},
            {"memory": 256},
            {"cpus": 0.5, "memory": str(256 * MIB)},
            None,
        ),
    ],
    ids=range(5),
)
def test_limits(web, task, own, limits, reserved):
    resources = web(task=task, **own).get("deploy", {}).get("resources", {})
    assert resources.get("limits") == limits
    assert resources.get("reservations") == reserved


def test_a_limit_that_all_containers_share_is_told(read, lost):
    rows = [{"name": name, "image": "i:1"} for name in "ab"]
    found = read(*rows, task={"cpu": "512", "memory": "1024"})
    assert lost(found) == {"cpu", "memory"}
    assert lost(read(task={"cpu": "512", "memory": "1024"})) == set()


def test_devices_of_the_host(read, lost):
    wants = [{"type": "GPU", "value": "2"}, {"type": "InferenceAccelerator", "value": "d"}]
    found = read(resourceRequirements=wants)
    assert found.services["web"]["deploy"]["resources"]["reservations"]["devices"] == [
        {"capabilities": ["gpu"], "driver": "nvidia", "count": 2}
    ]
    assert lost(found) == {"containerDefinitions[0].resourceRequirements[1]"}


def test_rights(web):
    found = web(
        privileged=True, readonlyRootFilesystem="true", dockerSecurityOptions=["no-new-privileges"],
        ulimits=[{"name": "nofile", "softLimit": "10", "hardLimit": 20}],
        systemControls=[{"namespace": "net.core.somaxconn", "value": 511}],
    )  # fmt: skip
    assert (found["privileged"], found["read_only"]) == (True, True)
    assert found["security_opt"] == ["no-new-privileges"]
    assert found["ulimits"] == {"nofile": {"soft": 10, "hard": 20}}
    assert found["sysctls"] == {"net.core.somaxconn": "511"}
    assert {"privileged", "read_only", "ulimits"} & set(web(privileged=False)) == set()


def test_settings_of_a_shared_network_are_its_owners(read):
    control = [
        {"namespace": "net.core.somaxconn", "value": "511"},
        {"namespace": "kernel.msgmax", "value": "1"},
    ]
    rows = ({"name": "a", "image": "i:1"}, {"name": "b", "image": "i:1", "systemControls": control})
    found = read(*rows, task={"networkMode": "awsvpc"}).services
    assert found["a"]["sysctls"] == {"net.core.somaxconn": "511"}
    assert found["b"]["sysctls"] == {"kernel.msgmax": "1"}


def test_linux_parameters(web):
    found = web(
        memory=100,
        linuxParameters={
            "capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]},
            "devices": [{"hostPath": "/dev/a", "permissions": ["read", "mknod"]},
                        {"hostPath": "/dev/b", "containerPath": "/dev/c"}],
            "initProcessEnabled": True, "sharedMemorySize": 128, "maxSwap": 50, "swappiness": 0,
            "tmpfs": [{"containerPath": "/run", "size": 2, "mountOptions": ["noexec"]}],
        },
    )  # fmt: skip
    assert (found["cap_add"], found["cap_drop"], found["init"]) == (["SYS_PTRACE"], ["ALL"], True)
    assert found["devices"] == [
        {"source": "/dev/a", "target": "/dev/a", "permissions": "rm"},
        {"source": "/dev/b", "target": "/dev/c", "permissions": "rwm"},
    ]
    assert found["shm_size"] == str(128 * MIB)
    assert found["tmpfs"] == [f"/run:size={2 * MIB},noexec"]
    assert (found["memswap_limit"], found["mem_swappiness"]) == (str(150 * MIB), "0")


def test_swap_without_a_limit_of_memory_says_nothing(read, lost):
    found = read(linuxParameters={"maxSwap": 50})
    assert "memswap_limit" not in found.services["web"]
    assert lost(found) == {"containerDefinitions[0].linuxParameters.maxSwap"}
