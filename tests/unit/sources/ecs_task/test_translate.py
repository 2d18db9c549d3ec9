"""What a task definition says as a whole."""

import pytest

from parity.errors import DefinitionError


@pytest.mark.parametrize(
    ("platform", "found"),
    [({"cpuArchitecture": "ARM64"}, "linux/arm64"), ({"cpuArchitecture": "X86_64"}, "linux/amd64"),
     ({"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}, "windows/amd64"), ({}, None), (None, None)],
    ids=range(5),
)  # fmt: skip
def test_platforms(web, platform, found):
    assert web(task={"runtimePlatform": platform}).get("platform") == found


def test_an_unknown_platform_is_told(web):
    with pytest.raises(DefinitionError, match="no architecture"):
        web(task={"runtimePlatform": {"cpuArchitecture": "RISCV"}})


def test_shared_namespaces(read):
    rows = [{"name": name, "image": "i:1"} for name in "ab"]
    found = read(
        *rows, task={"networkMode": "awsvpc", "pidMode": "task", "ipcMode": "task"}
    ).services
    assert ("pid" in found["a"], found["b"]["pid"]) == (False, "service:a")
    assert (found["a"]["ipc"], found["b"]["ipc"]) == ("shareable", "service:a")
    assert read(*rows, task={"pidMode": "host"}).services["b"]["pid"] == "host"


def test_an_answer_of_aws_has_book_keeping_that_says_nothing(read):
    task = {
        "taskDefinitionArn": "arn", "revision": 7, "status": "ACTIVE", "requiresAttributes": [{"name": "x"}],
        "compatibilities": ["EC2"], "registeredAt": "2026-01-01", "registeredBy": "arn", "volumes": [],
        "placementConstraints": [], "tags": [],
    }  # fmt: skip
    assert read(task=task).losses == ()


def test_what_aws_does_with_a_task_is_lost(read, lost):
    task = {
        "taskRoleArn": "a", "executionRoleArn": "b", "placementConstraints": [{"type": "memberOf"}],
        "proxyConfiguration": {"containerName": "envoy"}, "ephemeralStorage": {"sizeInGiB": 25},
        "tags": [{"key": "a", "value": "b"}], "enableFaultInjection": True, "newField": 5,
    }  # fmt: skip
    assert lost(read(task=task)) == set(task)


TEMPLATE = """\
Parameters:
  Tag: {Type: String, Default: "7"}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: shop
      Memory: !Ref Memory
      ContainerDefinitions:
        - Name: web
          Image: !Sub "web:${Tag}"
          Environment:
            - Name: HOST
              Value: !GetAtt Db.Host
          Secrets:
            - Name: TOKEN
              ValueFrom: !Ref Token
        - Name: other
          Image: !Sub "${Account}/other"
"""


def test_what_a_template_leaves_open_is_told(read_all):
    found = read_all(TEMPLATE)
    web = found.services["web"]
    assert web["image"] == "web:7"
    assert web["environment"] == {"HOST": "${secret:Db.Host}", "TOKEN": "${secret:Token}"}
    assert "image" not in found.services["other"]
    said = {loss.path.removeprefix("Task:"): loss.reason for loss in found.losses}
    assert "default of the parameter Tag" in said["containerDefinitions[0].image"]
    assert (
        "known only once it is deployed: Db.Host"
        in said["containerDefinitions[0].environment[0].value"]
    )
    assert any("the image is known only" in loss.reason for loss in found.losses)
    assert any("known only" in loss.reason for loss in found.losses if loss.path == "Task:memory")
    assert not any("secrets" in path for path in said)
    assert str(found.origins.of(("services", "web", "environment", "HOST"))) == "task0.yaml:14"
