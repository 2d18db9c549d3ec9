"""A service definition: how many tasks run, and the names they are found under."""

from collections.abc import Sequence

from parity.model.reference import REFERENCE
from parity.sources.ecs_task.find import Part
from parity.sources.ecs_task.task import Task
from parity.sources.ecs_task.values import number
from parity.sources.ledger import Node

_ELSEWHERE = "the service's life in AWS: nothing of it exists here"


def service(part: Part, tasks: Sequence[Task]) -> None:
    """Write what a service says into its task's services."""
    root = part.root
    task = _task(root, tasks)
    if task is None:
        root.lose("the task definition that it runs is not in what was read")
        return
    count = number(root.at("desiredCount"))
    if count is not None:
        for found in task.staying:
            found.service.put(("deploy", "replicas"), count, root.at("desiredCount"))
    connect = root.at("serviceConnectConfiguration").table()
    for row in connect.at("services").each():
        for alias in row.table().at("clientAliases").each():
            _alias(task, row, alias.table())
    root.structure(
        "serviceName", "serviceArn", "clusterArn", "cluster", "status", "createdAt", "createdBy"
    )
    root.lose_unread(_ELSEWHERE)


def _task(root: Node, tasks: Sequence[Task]) -> Task | None:
    named = root.at("taskDefinition").text()
    name = (REFERENCE.search(named) or [named, named])[1]
    family = name.rpartition("/")[2].partition(":")[0]
    fitting = [task for task in tasks if {name, family} & task.part.names]
    return fitting[0] if fitting else (tasks[0] if len(tasks) == 1 else None)


def _alias(task: Task, row: Node, alias: Node) -> None:
    """A name of Service Connect: other services reach the port under it."""
    port = row.at("portName").text()
    name, wanted = alias.at("dnsName").text(), number(alias.at("port"))
    rows = [
        (found, mapping)
        for found in task.containers
        for mapping in found.node.at("portMappings").each()
        if mapping.at("name").value == port
    ]
    if not rows:
        raise row.error(f"`{port}` is the name of no port of the task")
    found, mapping = rows[0]
    owner = task.owner if task.shares(found) else found
    if name and name != owner.service.name:
        owner.service.add(("networks", "default", "aliases"), name, alias)
    if wanted != number(mapping.at("containerPort")):
        alias.at("port").lose(
            f"the name answers at the container's own port {mapping.at('containerPort').value}"
        )
