"""Asks AWS for a task definition, through boto3."""

import contextlib
from collections.abc import Iterator
from typing import Any

from parity.errors import UnreachableError, UsageError


def describe(project: str, region: str) -> list[dict[str, Any]]:
    """Answers of `describe_task_definition`, and of `describe_services` where a service was named.

    `project` is a family, `family:revision`, or `cluster/service`.
    """
    cluster, slash, name = project.rpartition("/")
    client = _client(region)
    with _translated(project):
        if not slash:
            return [client.describe_task_definition(taskDefinition=name)]
        found = client.describe_services(cluster=cluster, services=[name])["services"]
        if not found:
            raise UnreachableError(
                f"the cluster {cluster} has no service {name}",
                next_step="`aws ecs list-services` lists them",
            )
        wanted = found[0]["taskDefinition"]
        return [client.describe_task_definition(taskDefinition=wanted), {"services": found}]


def _client(region: str) -> Any:
    try:
        import boto3
    except ImportError as error:
        raise UsageError(
            "reading a live ECS needs boto3, which is not installed",
            next_step="`pip install 'parity[ecs]'`",
        ) from error
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.client("ecs", region_name=region or None)
    except BotoCoreError as error:
        raise _out_of_reach("ECS", error) from error


@contextlib.contextmanager
def _translated(project: str) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise _out_of_reach(project, error) from error


def _out_of_reach(what: str, error: BaseException) -> UnreachableError:
    return UnreachableError(
        f"AWS does not show {what}: {error}",
        next_step="`aws sts get-caller-identity` shows who you are; `context` in parity.toml is the region",
    )
