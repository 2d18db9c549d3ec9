"""Task definitions of other tools get the keys of the API, and keep their lines."""

from parity.sources.ecs_task.shape import below, camel, lower_path, lowered
from parity.sources.yaml_tree import parse

TEXT = """\
Family: shop
ContainerDefinitions:
  - Name: web
    DockerLabels:
      Com.Example: Kept
    LogConfiguration:
      Options: {Max-Size: 1m}
Volumes:
  - EFSVolumeConfiguration: {FilesystemId: fs-1, AuthorizationConfig: {IAM: ENABLED}}
  - FSxWindowsFileServerVolumeConfiguration: {FileSystemId: fs-2}
"""


def test_keys_are_the_apis_and_labels_stay():
    (tree,) = parse(TEXT, "f")
    found = lowered(tree)
    assert found.data == {
        "family": "shop",
        "containerDefinitions": [
            {
                "name": "web",
                "dockerLabels": {"Com.Example": "Kept"},
                "logConfiguration": {"options": {"Max-Size": "1m"}},
            }
        ],
        "volumes": [
            {"efsVolumeConfiguration": {"fileSystemId": "fs-1", "authorizationConfig": {"iam": "ENABLED"}}},
            {"fsxWindowsFileServerVolumeConfiguration": {"fileSystemId": "fs-2"}},
        ],
    }  # fmt: skip
    assert found.line(("containerDefinitions", 0, "dockerLabels", "Com.Example")) == 5
    assert found.line(("volumes", 1)) == 9 + 1


def test_a_part_keeps_its_lines():
    (tree,) = parse(TEXT, "f")
    part = below(tree, ("ContainerDefinitions", 0), tree.data["ContainerDefinitions"][0])
    assert part.line(("DockerLabels",)) == 4
    assert part.line() == 3


def test_paths_follow():
    path = ("ContainerDefinitions", 0, "DockerLabels", "Com.Example")
    assert lower_path(path) == ("containerDefinitions", 0, "dockerLabels", "Com.Example")


def test_terraforms_keys_are_the_apis():
    block = {
        "host_path": "/x",
        "docker_volume_configuration": [{"driver_opts": {"a_b": 1}, "autoprovision": True}],
    }
    assert camel(block) == {
        "hostPath": "/x",
        "dockerVolumeConfiguration": [{"driverOpts": {"a_b": 1}, "autoprovision": True}],
    }
