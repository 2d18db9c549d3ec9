"""Task definitions are found in the files of every tool; what has none, or is a template, is refused."""

import json

import pytest

from parity.errors import DefinitionError
from parity.sources.ecs_task.find import Found, check_rendered, find, refuse_template
from parity.sources.ledger import Ledger
from parity.sources.yaml_tree import Tree, parse

TASK = {"family": "shop", "containerDefinitions": [{"name": "web", "image": "web:1"}]}
CLOUDFORMATION = """\
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Web:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: shop
      ContainerDefinitions:
        - Name: web
          Image: !Sub "web:${Tag}"
  Runs:
    Type: AWS::ECS::Service
    Properties: {TaskDefinition: !Ref Web, DesiredCount: 2}
Parameters:
  Tag: {Type: String, Default: "1"}
"""


def found_in(data):
    found = Found()
    if isinstance(data, str):
        (tree,) = parse(data, "f", tags=True)
    else:
        tree = Tree("f", data)
    find(tree, {}, found)
    return found


@pytest.mark.parametrize(
    "data",
    [
        TASK,
        {"taskDefinition": TASK, "tags": []},
        [TASK],
        {"Family": "shop", "ContainerDefinitions": []},
    ],
    ids=range(4),
)
def test_a_task_definition_in_json(data):
    found = found_in(data)
    (part,) = found.tasks
    assert part.names == {"shop"}
    assert found.services == []


def test_a_cloudformation_template():
    found = found_in(CLOUDFORMATION)
    (task,), (service,) = found.tasks, found.services
    assert task.names == {"shop", "Web"}
    assert task.root.at("containerDefinitions", 0, "image").text() == "web:1"
    assert task.ledger.where(("containerDefinitions", 0, "image")) == "f:9"
    assert list(task.notes) == [("containerDefinitions", 0, "image")]
    assert service.root.at("desiredCount").number() == 2
    assert [(loss.path, loss.value) for loss in found.losses] == [
        ("Resources.Bucket", "AWS::S3::Bucket")
    ]


@pytest.mark.parametrize("top", ["planned_values", "values"])
def test_a_terraform_plan_or_state(top):
    values = {
        "family": "shop",
        "container_definitions": json.dumps(TASK["containerDefinitions"]),
        "cpu": "256",
        "network_mode": "awsvpc",
        "runtime_platform": [{"cpu_architecture": "ARM64", "operating_system_family": None}],
        "volume": [{"name": "data", "host_path": "/srv", "efs_volume_configuration": []}],
        "ipc_mode": "",
        "placement_constraints": [],
    }
    row = {
        "address": "aws_ecs_task_definition.web",
        "type": "aws_ecs_task_definition",
        "values": values,
    }
    other = {"address": "aws_vpc.main", "type": "aws_vpc", "values": {}}
    root = {"resources": [other], "child_modules": [{"resources": [row]}]}
    found = found_in({"terraform_version": "1.5", top: {"root_module": root}})
    (task,) = found.tasks
    assert task.root.value == {
        "family": "shop", "cpu": "256", "networkMode": "awsvpc",
        "containerDefinitions": TASK["containerDefinitions"],
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": None},
        "volumes": [{"name": "data", "host": {"sourcePath": "/srv"}}],
    }  # fmt: skip
    assert [loss.path for loss in found.losses] == ["aws_vpc.main"]


@pytest.mark.parametrize("text", ["", None, "{", "known after apply"])
def test_containers_that_a_plan_does_not_know_are_told(text):
    values = {"container_definitions": text}
    row = {"type": "aws_ecs_task_definition", "values": values, "name": "web"}
    with pytest.raises(DefinitionError, match="not known in this plan"):
        found_in({"planned_values": {"root_module": {"resources": [row]}}})


def test_what_stands_beside_is_not_dropped():
    found = found_in({"taskDefinition": TASK, "tags": [{"key": "a"}], "x": None})
    assert [loss.path for loss in found.losses] == ["tags"]
    more = CLOUDFORMATION + "Outputs: {Url: {Value: x}}\nDescription: of no weight\n"
    more = more.replace(
        "    Type: AWS::ECS::Service\n", "    Type: AWS::ECS::Service\n    Condition: Big\n"
    )
    lost = {loss.path: loss.value for loss in found_in(more).losses}
    assert set(lost) == {"Outputs", "Resources.Bucket", "Resources.Runs.Condition"}
    assert lost["Resources.Runs.Condition"] == "Big"


def test_services_of_files_and_answers():
    assert len(found_in({"desiredCount": 2, "taskDefinition": "shop:3"}).services) == 1
    assert len(found_in({"services": [{"desiredCount": 2}, {"desiredCount": 1}]}).services) == 2


@pytest.mark.parametrize(
    "data",
    [{}, [], 5, "x", {"a": 1}, {"Resources": {}}, {"Resources": {"a": 5}}, {"services": {"web": {}}},
     {"services": [5]}, {"planned_values": {}}, {"planned_values": {"root_module": {"resources": [5]}}},
     {"Resources": {"a": {"Type": "AWS::ECS::TaskDefinition"}}}],
    ids=range(12),
)  # fmt: skip
def test_anything_else_is_refused(data):
    with pytest.raises(DefinitionError) as caught:
        found_in(json.dumps(data))
    assert caught.value.where.startswith("f")
    assert caught.value.next_step


def test_templates_are_refused_as_such():
    with pytest.raises(DefinitionError, match="it is a template") as caught:
        refuse_template('{\n "image": "app:{{ must_env `TAG` }}"}', "f.json")
    assert caught.value.where == "f.json:2"
    refuse_template("{{resolve:ssm:/a/b}}", "f.json")
    node = Ledger({"image": "app:${tag}"}).root.at("image")
    with pytest.raises(DefinitionError, match="template"):
        check_rendered(node)
    check_rendered(Ledger({"image": "app:1"}).root.at("image"))
