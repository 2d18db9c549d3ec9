"""A container's limits and rights on its host: memory, processors, ulimits, capabilities, devices."""

from parity.model.document import ABSENT, Document
from parity.sources.ecs_task.task import SHARED, Container, Task
from parity.sources.ecs_task.values import MIB, cpus, flag, mebibytes, number, size, text
from parity.sources.ledger import Fate, Node

_LIMITS = ("deploy", "resources", "limits")
_RESERVED = ("deploy", "resources", "reservations")
_RIGHTS = {"read": "r", "write": "w", "mknod": "m"}


def resources(task: Task, container: Container) -> None:
    """Write limits: the container's own, and below them the task's, which all of it shares."""
    node, service = container.node, container.service
    share = number(node.at("cpu"))
    if share:
        service.put((*_RESERVED, "cpus"), share / 1024, node.at("cpu"))
    whole = cpus(task.root.at("cpu"))
    if whole:
        service.put((*_LIMITS, "cpus"), whole, task.root.at("cpu"))
    own, of_task = number(node.at("memory")), mebibytes(task.root.at("memory"))
    limit = own or of_task
    if limit:
        service.put((*_LIMITS, "memory"), size(limit), node.at("memory") or task.root.at("memory"))
    reserved = number(node.at("memoryReservation"))
    if reserved:
        service.put((*_RESERVED, "memory"), size(reserved), node.at("memoryReservation"))
    for row in node.at("resourceRequirements").each():
        _device(container, row)


def _device(container: Container, row: Node) -> None:
    if row.table().at("type").text().upper() != "GPU":
        row.lose("Compose has no such device")
        return
    request = {"capabilities": ["gpu"], "driver": "nvidia", "count": number(row.at("value")) or 1}
    container.service.add((*_RESERVED, "devices"), request, row)


def rights(task: Task, container: Container) -> None:
    """Write privileges, ulimits, kernel settings and linuxParameters."""
    node, service = container.node, container.service
    for field, key in (("privileged", "privileged"), ("readonlyRootFilesystem", "read_only")):
        if flag(node.at(field)):
            service.put((key,), True, node.at(field))
    for row in node.at("dockerSecurityOptions").each():
        service.add(("security_opt",), row.text(), row)
    for row in node.at("ulimits").each():
        soft, hard = number(row.table().at("softLimit")), number(row.at("hardLimit"))
        service.put(("ulimits", row.at("name").text()), {"soft": soft or 0, "hard": hard or 0}, row)
    for row in node.at("systemControls").each():
        name = row.table().at("namespace").text()
        # Settings of a network namespace are its owner's.
        net = name.startswith("net.") and task.mode == SHARED and not container.job
        receiver = task.owner.service if net else service
        receiver.put(("sysctls", name), text(row.at("value")), row)
    _linux(container, node.at("linuxParameters").table())


def _linux(container: Container, linux: Node) -> None:
    service = container.service
    for field, key in (("add", "cap_add"), ("drop", "cap_drop")):
        for row in linux.at("capabilities").table().at(field).each():
            service.add((key,), row.text(), row)
    for row in linux.at("devices").each():
        service.add(("devices",), _mapped(row.table()), row)
    if flag(linux.at("initProcessEnabled")):
        service.put(("init",), True, linux.at("initProcessEnabled"))
    shared = number(linux.at("sharedMemorySize"))
    if shared:
        service.put(("shm_size",), size(shared), linux.at("sharedMemorySize"))
    for row in linux.at("tmpfs").each():
        options = [f"size={(number(row.table().at('size')) or 0) * MIB}"]
        options += row.at("mountOptions").texts()
        line = f"{row.at('containerPath').text()}:{','.join(options)}"
        service.add(("tmpfs",), line, row)
    _swap(container, linux)


def _mapped(row: Node) -> Document:
    source = row.at("hostPath").text()
    rights = "".join(_RIGHTS.get(name, "") for name in row.at("permissions").texts())
    target = row.at("containerPath").text() or source
    return {"source": source, "target": target, "permissions": rights or "rwm"}


def _swap(container: Container, linux: Node) -> None:
    service = container.service
    swappiness = number(linux.at("swappiness"))
    if swappiness is not None:
        service.put(("mem_swappiness",), str(swappiness), linux.at("swappiness"))
    most = number(linux.at("maxSwap"))
    memory = service.get(*_LIMITS, "memory")
    if most is not None and memory is ABSENT:
        linux.at("maxSwap").lose("ECS takes it with a limit of memory only")
    elif most is not None:
        total = int(memory) + most * MIB
        service.put(("memswap_limit",), str(total), linux.at("maxSwap"))
    elif linux.at("maxSwap"):
        linux.at("maxSwap").mark(Fate.LOST)
