"""Task definitions become an environment."""

from collections.abc import Sequence
from pathlib import Path as File

from parity.model.document import Path, show
from parity.model.environment import Environment, Loss
from parity.sources.ecs_task.container import container
from parity.sources.ecs_task.find import Found, Part
from parity.sources.ecs_task.network import links
from parity.sources.ecs_task.service import service
from parity.sources.ecs_task.storage import volumes
from parity.sources.ecs_task.task import NONE, Task, tasks
from parity.sources.k8s.draft import Draft
from parity.sources.ledger import Fate, summary
from parity.sources.relative import RelativeOrigins

_BOOK_KEEPING = (
    "arn", "arnWithoutRevision", "compatibilities", "deregisteredAt", "id", "registeredAt",
    "registeredBy", "requiresAttributes", "requiresCompatibilities", "revision", "skipDestroy",
    "status", "tagsAll", "taskDefinitionArn", "trackLatest", "deleteRequestedAt",
)  # fmt: skip
_AWS = "what the task may do in AWS does not exist here"
_LOST = {
    "taskRoleArn": _AWS,
    "executionRoleArn": _AWS,
    "placementConstraints": "where tasks are placed is ECS's business; here is one machine",
    "proxyConfiguration": "App Mesh is not run here",
    "ephemeralStorage": "Compose does not limit a container's own disk",
    "inferenceAccelerators": "Compose has no such device",
    "tags": "for AWS's own book-keeping",
    "enableFaultInjection": "for AWS's fault injection",
    "trustedExecutionConfiguration": "isolation of AWS's own hosts",
}
_PLATFORMS = {"X86_64": "amd64", "ARM64": "arm64"}


def translate(
    name: str,
    source: str,
    files: Sequence[str],
    found: Found,
    silent: frozenset[str],
    *,
    root: File,
) -> Environment:
    """The environment of all definitions and services; raises DefinitionError."""
    draft = Draft()
    made = tasks(found.tasks, draft)
    for task in made:
        _task(task)
    for part in found.services:
        service(part, made)
    if any("networks" in body for body in draft.document["services"].values()):
        draft.put(("networks", "default"), {})
    replicas = frozenset({"deploy.replicas"}) if not found.services else frozenset()
    parts = (*found.tasks, *found.services)
    losses = [loss for part in parts for loss in (*part.ledger.losses(), *_notes(part))]
    return Environment(
        name,
        source,
        tuple(files),
        draft.document,
        losses=(*losses, *found.losses),
        silent=silent | replicas,
        origins=RelativeOrigins(draft, root),
    )


def _task(task: Task) -> None:
    root = task.root
    known = volumes(task)
    for found in task.containers:
        container(task, found, known)
        _platform(task, found.service.name)
    for found in task.containers:
        links(task, found)
    _namespaces(task)
    root.at("family").mark(Fate.TAKEN)
    root.structure(*_BOOK_KEEPING)
    for field, reason in _LOST.items():
        if root.at(field).value in ([], {}):
            root.structure(field)
        else:
            root.at(field).lose(reason)
    if len(task.containers) > 1:
        for field in ("cpu", "memory"):
            if root.at(field):
                root.at(field).lose(
                    f"all {len(task.containers)} containers share it; here each may use it"
                )


def _platform(task: Task, name: str) -> None:
    node = task.root.at("runtimePlatform").table()
    if not node.value:
        return
    system = node.at("operatingSystemFamily").text("LINUX").upper()
    machine = node.at("cpuArchitecture").text("X86_64").upper()
    if machine not in _PLATFORMS:
        raise node.at("cpuArchitecture").error(f"`{machine}` is no architecture of ECS")
    kind = "windows" if system.startswith("WINDOWS") else "linux"
    place = node.at("cpuArchitecture") or node
    task.draft.put(("services", name, "platform"), f"{kind}/{_PLATFORMS[machine]}", place)


def _namespaces(task: Task) -> None:
    for field, key in (("pidMode", "pid"), ("ipcMode", "ipc")):
        node = task.root.at(field)
        mode = node.text()
        for found in task.containers:
            if mode in ("host", NONE):
                found.service.put((key,), mode, node)
            elif mode == "task" and found is not task.owner and not found.job:
                found.service.put((key,), f"service:{task.owner.service.name}", node)
        if mode == "task" and key == "ipc":
            task.owner.service.put((key,), "shareable", node)


def _notes(part: Part) -> list[Loss]:
    """What the document has only by assumption, or as a reference."""
    taken = set(part.ledger.account().taken)
    notes = []
    for path, reason in part.notes.items():
        covered = any(each[: len(path)] == path for each in taken)
        if covered and not _is_reference(path):
            node = part.root.at(*path)
            notes.append(
                Loss(f"{part.ledger.name}:{show(path)}", summary(path, node.value), reason)
            )
    return notes


def _is_reference(path: Path) -> bool:
    """Whether the field refers to something by its nature."""
    return "secrets" in path or "secretOptions" in path or path == ("taskDefinition",)
