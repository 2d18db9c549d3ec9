"""Knative and Cloud Run: services that a request starts, and Cloud Run's jobs."""

import json
from typing import Any

from parity.model.document import ABSENT
from parity.sources.k8s.pod import Container, Pod
from parity.sources.k8s.probes import DEFAULT_PORT
from parity.sources.ledger import Node

KNATIVE = ("KnativeService", "CloudRunJob")
_RETRIES = 3
_DEPENDENCIES = "run.googleapis.com/container-dependencies"
_SCALES = {"min": ("min-scale", "minScale"), "max": ("max-scale", "maxScale")}
_TRAFFIC = "how requests are spread over revisions; here one revision runs"
_REQUESTS = "requests are limited by the platform; the gateway does not"
_TASKS = "how many tasks a run has; here one runs"


def prepare(pod: Pod) -> None:
    """Containers may have no names, and the one with a port is the one that serves."""
    rows = pod.spec.at("containers").value
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        serving = [i for i, row in enumerate(rows) if row.get("ports")] or [0]
        pod.serving = serving[0]
        waiting = _waiting(pod)
        names = [str(row.get("name", "")) for row in rows]
        if waiting:
            pod.holder = next((name for name in names if name not in waiting), "")


def knative(pod: Pod) -> None:
    """Write what the platform adds: the port, the number of instances, the order of starts."""
    spec = pod.workload.at("spec")
    if pod.workload.kind == "CloudRunJob":
        _job(pod)
    else:
        _serve(pod)
        _scale(pod)
    _dependencies(pod)
    pod.spec.at("containerConcurrency").lose(_REQUESTS)
    pod.spec.at("timeoutSeconds").lose(_REQUESTS)
    pod.spec.at("responseStartTimeoutSeconds").lose(_REQUESTS)
    pod.spec.at("idleTimeoutSeconds").lose(_REQUESTS)
    spec.at("traffic").lose(_TRAFFIC)
    if pod.workload.kind == "CloudRunJob":
        _metadata(spec.at("template", "metadata"))


def _serve(pod: Pod) -> None:
    main, thing = pod.main, pod.workload
    port = main.node.at("ports", 0, "containerPort")
    number = port.number(DEFAULT_PORT)
    if main.service.get("environment", "PORT") is ABSENT:
        main.service.put(("environment", "PORT"), str(number), port or main.node)
    entry = {"mode": "ingress", "target": number, "protocol": "tcp"}
    pod.owner.service.add(("ports",), entry, port or main.node)
    namespace = thing.namespace or "default"
    long = f"{thing.name}.{namespace}.svc"
    row: dict[str, Any] = {
        "name": thing.name,
        "names": [thing.name, f"{thing.name}.{namespace}", long, f"{long}.cluster.local"],
        "ports": [{"port": 80, "target": number, "protocol": "tcp", "name": "http"}],
        "backends": [pod.owner.service.name],
        "headless": False,
    }
    count = len(pod.draft.get(("x-parity", "services")))
    pod.draft.put(("x-parity", "services", count), row, thing.root)


def _scale(pod: Pod) -> None:
    found: dict[str, tuple[int, Node]] = {}
    for kind, names in _SCALES.items():
        for name in names:
            node = pod.metadata.at("annotations", f"autoscaling.knative.dev/{name}")
            if node:
                found[kind] = (node.number(), node)
    if not found:
        return
    low, high = (found[kind][0] if kind in found else 0 for kind in ("min", "max"))
    for container in pod.staying:
        row = {"min": low, "max": high}
        container.service.put(("x-parity", "autoscaling"), row, next(iter(found.values()))[1])
        if low > 0:
            container.service.put(("deploy", "replicas"), low, found["min"][1])


def _job(pod: Pod) -> None:
    run = pod.workload.at("spec", "template", "spec")
    run.at("taskCount").lose(_TASKS)
    run.at("parallelism").lose(_TASKS)
    retries = pod.spec.at("maxRetries")
    number = retries.number(_RETRIES)
    for found in pod.containers:
        restart = f"on-failure:{number}" if number > 0 else "no"
        found.service.put(("restart",), restart, retries or None)


def _waiting(pod: Pod) -> dict[str, list[str]]:
    """Which container waits for which others to have started; raises for a circle."""
    node = pod.metadata.at("annotations", _DEPENDENCIES)
    if not node:
        return {}
    waits = {name: others for name, others in _parsed(node).items() if others}
    left = dict(waits)
    while left:
        ready = [name for name, others in left.items() if not set(others) & left.keys()]
        if not ready:
            raise node.error(f"containers wait for each other in a circle: {', '.join(left)}")
        left = {name: others for name, others in left.items() if name not in ready}
    return waits


def _parsed(node: Node) -> dict[str, list[str]]:
    try:
        tree = json.loads(node.text())
    except (ValueError, RecursionError):
        tree = None
    if isinstance(tree, dict) and all(
        isinstance(row, list) and all(isinstance(name, str) for name in row)
        for row in tree.values()
    ):
        return tree
    raise node.error("it must be JSON: which container waits for which")


def _dependencies(pod: Pod) -> None:
    node = pod.metadata.at("annotations", _DEPENDENCIES)
    known = {found.name: found for found in pod.containers}
    for name, others in _waiting(pod).items():
        for other in others:
            if name not in known or other not in known:
                missing = name if name not in known else other
                raise node.error(f"no container is called `{missing}`")
            _after(known[name], known[other], node)


def _after(found: Container, other: Container, node: Node) -> None:
    started = "service_healthy" if other.node.at("startupProbe") else "service_started"
    path = ("depends_on", other.service.name)
    found.service.put(path, {"condition": started, "required": True}, node)


def _metadata(metadata: Node) -> None:
    for field in ("labels", "annotations"):
        metadata.at(field).lose_unread("of the run, not of its containers")
    metadata.structure("name", "creationTimestamp")
