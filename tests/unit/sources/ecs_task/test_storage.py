"""Volumes of hosts, of Docker and of AWS, and where they are mounted."""

import pytest

from parity.errors import DefinitionError

MOUNT = {"sourceVolume": "data", "containerPath": "/data"}


def test_a_folder_of_the_host_is_a_bind(read):
    task = {"volumes": [{"name": "data", "host": {"sourcePath": "/srv"}}]}
    found = read(task=task, mountPoints=[{**MOUNT, "readOnly": True}])
    assert found.services["web"]["volumes"] == [
        {"type": "bind", "source": "/srv", "target": "/data", "read_only": True, "bind": {"create_host_path": True}}
    ]  # fmt: skip
    assert "volumes" not in found.document


@pytest.mark.parametrize(
    ("volume", "made", "losses"),
    [
        ({}, {}, set()),
        ({"host": {}}, {}, set()),
        ({"host": None}, {}, set()),
        ({"dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True, "driver": "nfs",
                                        "driverOpts": {"o": "x"}, "labels": {"a": "b"}}},
         {"driver": "nfs", "driver_opts": {"o": "x"}, "labels": {"a": "b"}}, set()),
        ({"efsVolumeConfiguration": {"fileSystemId": "fs-1"}}, {}, {"volumes[0].efsVolumeConfiguration"}),
        ({"configuredAtLaunch": True}, {}, {"volumes[0].configuredAtLaunch"}),
    ],
    ids=range(6),
)  # fmt: skip
def test_other_volumes_are_volumes_of_the_document(read, lost, volume, made, losses):
    found = read(task={"volumes": [{"name": "data", **volume}]}, mountPoints=[MOUNT])
    assert found.document["volumes"] == {"data": made}
    assert found.services["web"]["volumes"] == [
        {"type": "volume", "source": "data", "target": "/data", "volume": {}}
    ]
    assert lost(found) == losses


def test_two_tasks_volumes_of_one_name_are_two_but_for_shared_ones(read_all):
    def task(family, **volume):
        row = {"name": family, "image": "i:1", "mountPoints": [MOUNT]}
        return {
            "family": family,
            "containerDefinitions": [row],
            "volumes": [{"name": "data", **volume}],
        }

    found = read_all(task("a"), task("b"))
    assert set(found.document["volumes"]) == {"data", "b-data"}
    assert found.services["b"]["volumes"][0]["source"] == "b-data"
    shared = {"dockerVolumeConfiguration": {"scope": "shared"}}
    assert set(read_all(task("a", **shared), task("b", **shared)).document["volumes"]) == {"data"}


def test_volumes_from_another_container(read):
    rows = ({"name": "a", "image": "i:1"},
            {"name": "b", "image": "i:1", "volumesFrom": [{"sourceContainer": "a", "readOnly": True}]})  # fmt: skip
    assert read(*rows).services["b"]["volumes_from"] == ["a:ro"]


@pytest.mark.parametrize(
    ("task", "own"),
    [
        ({}, {"mountPoints": [MOUNT]}),
        ({"volumes": [{"name": "data"}]}, {"mountPoints": [{"sourceVolume": "data"}]}),
        ({"volumes": [{}]}, {}),
        ({}, {"volumesFrom": [{"sourceContainer": "gone"}]}),
    ],
    ids=range(4),
)
def test_what_is_mounted_from_nowhere_is_told(read, task, own):
    with pytest.raises(DefinitionError):
        read(task=task, **own)
