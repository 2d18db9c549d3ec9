"""AWS is asked through boto3; what it does not show is told in words."""

import sys

import boto3
import pytest
from botocore.stub import Stubber

from parity.errors import UnreachableError, UsageError
from parity.sources.ecs_task import live

TASK = {
    "family": "shop",
    "taskDefinitionArn": "arn:aws:ecs:eu-west-1:1:task-definition/shop:3",
    "containerDefinitions": [{"name": "web", "image": "w:1"}],
}


@pytest.fixture
def aws(monkeypatch):
    client = boto3.client(
        "ecs",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    monkeypatch.setattr(live, "_client", lambda region: client)
    with Stubber(client) as stub:
        yield stub
    client.close()


def test_a_family_is_described(aws):
    aws.add_response(
        "describe_task_definition", {"taskDefinition": TASK}, {"taskDefinition": "shop:3"}
    )
    (answer,) = live.describe("shop:3", "eu-west-1")
    assert answer["taskDefinition"]["family"] == "shop"


def test_a_service_is_described_with_its_task(aws):
    service = {"serviceName": "web", "desiredCount": 2, "taskDefinition": TASK["taskDefinitionArn"]}
    aws.add_response(
        "describe_services", {"services": [service]}, {"cluster": "c", "services": ["web"]}
    )
    aws.add_response("describe_task_definition", {"taskDefinition": TASK})
    task, services = live.describe("c/web", "")
    assert task["taskDefinition"]["family"] == "shop"
    assert services["services"][0]["desiredCount"] == 2


def test_refusals_are_told(aws):
    aws.add_client_error(
        "describe_task_definition", "ClientException", "Unable to describe task definition."
    )
    with pytest.raises(UnreachableError, match="does not show shop") as caught:
        live.describe("shop", "")
    assert "get-caller-identity" in caught.value.next_step
    aws.add_response("describe_services", {"services": []})
    with pytest.raises(UnreachableError, match="no service web"):
        live.describe("c/web", "")


def test_without_boto3_it_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(UsageError) as caught:
        live.describe("shop", "")
    assert "parity[ecs]" in caught.value.next_step


def test_without_a_region_it_is_told(monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(UnreachableError, match="region"):
        live.describe("shop", "")
