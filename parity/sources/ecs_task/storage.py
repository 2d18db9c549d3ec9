"""Volumes and where containers mount them."""

from dataclasses import dataclass

from parity.model.document import Document
from parity.sources.ecs_task.task import Container, Task
from parity.sources.ecs_task.values import flag, text
from parity.sources.ledger import Node

_MANAGED = {
    "efsVolumeConfiguration": "an EFS file system: a volume stands in its place",
    "fsxWindowsFileServerVolumeConfiguration": "an FSx file system: a volume stands in its place",
    "s3filesVolumeConfiguration": "a bucket: a volume stands in its place",
}


@dataclass(frozen=True)
class Volume:
    """A volume of a task: a folder of the host, or one of the document by its name there."""

    source: str
    bind: bool


def volumes(task: Task) -> dict[str, Volume]:
    """Write the task's volumes; the mount points find them by name."""
    found: dict[str, Volume] = {}
    for node in task.root.at("volumes").each():
        name = node.table().at("name").text()
        if not name:
            raise node.error("a volume without a name")
        folder = node.at("host").table().at("sourcePath").text()
        found[name] = Volume(folder, bind=True) if folder else _named(task, name, node)
        for field, reason in _MANAGED.items():
            node.at(field).lose(reason)
        node.at("configuredAtLaunch").lose("the service says what it is when it starts the task")
    return found


def _named(task: Task, name: str, node: Node) -> Volume:
    config = node.at("dockerVolumeConfiguration").table()
    # Two tasks' volumes of one name are two volumes, but for those that Docker keeps for all.
    apart = name in (task.draft.get(("volumes",)) or {}) and config.at("scope").text() != "shared"
    made = Volume(f"{task.name}-{name}" if apart else name, bind=False)
    task.draft.put(("volumes", made.source), _volume(config), node)
    return made


def _volume(config: Node) -> Document:
    made: Document = {}
    if config.at("driver").text() not in ("", "local"):
        made["driver"] = config.at("driver").text()
    for field, key in (("driverOpts", "driver_opts"), ("labels", "labels")):
        table = {name: text(node) for name, node in config.at(field).entries()}
        if table:
            made[key] = table
    # Whether it outlives the task, and who makes it: here a volume always stays.
    config.structure("scope", "autoprovision")
    return made


def mounts(task: Task, container: Container, known: dict[str, Volume]) -> None:
    """Write what the container mounts."""
    service = container.service
    for row in container.node.at("mountPoints").each():
        name = row.table().at("sourceVolume").text()
        if name not in known:
            raise row.error(f"{container.name} mounts `{name}`, which is no volume of the task")
        bind = known[name].bind
        entry: Document = {"type": "bind" if bind else "volume", "source": known[name].source}
        entry["target"] = row.at("containerPath").text()
        if not entry["target"]:
            raise row.error("a mount point without a `containerPath`")
        if flag(row.at("readOnly")):
            entry["read_only"] = True
        entry |= {"bind": {"create_host_path": True}} if bind else {"volume": {}}
        service.add(("volumes",), entry, row)
    for row in container.node.at("volumesFrom").each():
        name = row.table().at("sourceContainer").text()
        other = task.container(name)
        if other is None:
            raise row.error(f"volumes from `{name}`, which is no container of the task")
        end = ":ro" if flag(row.at("readOnly")) else ""
        service.add(("volumes_from",), f"{other.service.name}{end}", row)
