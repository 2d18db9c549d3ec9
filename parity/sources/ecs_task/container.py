"""One container of a task as a service."""

from parity.model.document import Document
from parity.model.reference import REFERENCE
from parity.sources.ecs_task.find import check_rendered
from parity.sources.ecs_task.linux import resources, rights
from parity.sources.ecs_task.network import network
from parity.sources.ecs_task.secrets import environment, logging
from parity.sources.ecs_task.storage import Volume, mounts
from parity.sources.ecs_task.task import Container, Task
from parity.sources.ecs_task.values import duration, flag, number, text

_CONDITIONS = {
    "START": "service_started",
    "HEALTHY": "service_healthy",
    "COMPLETE": "service_completed_successfully",
    "SUCCESS": "service_completed_successfully",
}
_LOST = {
    "repositoryCredentials": "images are pulled with the engine's own credentials",
    "startTimeout": "Compose waits as long as it takes",
    "credentialSpecs": "Windows accounts do not exist here",
    "firelensConfiguration": "routing logs is ECS's own; the container runs as any other",
    "versionConsistency": "parity pins images by parity.lock",
}


def container(task: Task, found: Container, volumes: dict[str, Volume]) -> None:
    """Write the container's service."""
    node, service = found.node, found.service
    _image(found)
    for field, key in (("entryPoint", "entrypoint"), ("command", "command")):
        if node.at(field).texts():
            service.put((key,), node.at(field).texts(), node.at(field))
    for field, key in (("workingDirectory", "working_dir"), ("user", "user")):
        if text(node.at(field)):
            service.put((key,), text(node.at(field)), node.at(field))
    for field, key in (("interactive", "stdin_open"), ("pseudoTerminal", "tty")):
        if flag(node.at(field)):
            service.put((key,), True, node.at(field))
    for name, label in node.at("dockerLabels").entries():
        service.put(("labels", name), text(label), label)
    environment(task, found)
    logging(task, found)
    network(task, found)
    mounts(task, found, volumes)
    resources(task, found)
    rights(task, found)
    _health(found)
    _order(task, found)
    _life(found)
    for name, reason in _LOST.items():
        node.at(name).lose(reason)


def _image(found: Container) -> None:
    node = found.node.at("image")
    image = node.text()
    if not image:
        raise found.node.error(f"the container {found.name} has no image")
    if REFERENCE.search(image):
        node.lose("the image is known only once it is deployed")
        return
    check_rendered(node)
    found.service.put(("image",), image, node)


def _health(found: Container) -> None:
    node = found.node.at("healthCheck").table()
    if not node:
        return
    test = node.at("command").texts()
    if test[:1] == ["NONE"]:
        found.service.put(("healthcheck",), {"disable": True}, node)
        return
    if not test:
        raise node.error("a health check without a command")
    if test[0] not in ("CMD", "CMD-SHELL"):
        test = ["CMD", *test] if len(test) > 1 else ["CMD-SHELL", *test]
    check: Document = {"test": test, "retries": number(node.at("retries")) or 3}
    for field, key, default in (("interval", "interval", 30), ("timeout", "timeout", 5)):
        check[key] = duration(number(node.at(field)) or default)
    start = number(node.at("startPeriod"))
    if start:
        check["start_period"] = duration(start)
    found.service.put(("healthcheck",), check, node)
    for field, key in (("interval", "interval"), ("timeout", "timeout"), ("retries", "retries")):
        if node.at(field):
            found.service.put(("healthcheck", key), check[key], node.at(field))


def _order(task: Task, found: Container) -> None:
    rows = {row.at("containerName").text(): row for row in found.node.at("dependsOn").each()}
    for name, condition in found.after.items():
        other = task.container(name)
        if other is None:
            continue
        path = ("depends_on", other.service.name)
        found.service.put(path, {"condition": _CONDITIONS[condition], "required": True}, rows[name])
        if condition == "COMPLETE":
            rows[name].at("condition").lose("here it has to end with success, in ECS it has to end")


def _life(found: Container) -> None:
    """Restarts: ECS starts a task anew when an essential container ends, and no other."""
    node, service = found.node, found.service
    policy = node.at("restartPolicy").table()
    restarts = flag(policy.at("enabled")) or (found.essential and not found.job)
    place = policy.at("enabled") or node.at("essential") or None
    service.put(("restart",), "always" if restarts else "no", place)
    for name in ("ignoredExitCodes", "restartAttemptPeriod"):
        policy.at(name).lose("Compose restarts whatever the exit code, and at once")
    stop = number(node.at("stopTimeout"))
    if stop is not None:
        service.put(("stop_grace_period",), duration(stop), node.at("stopTimeout"))
