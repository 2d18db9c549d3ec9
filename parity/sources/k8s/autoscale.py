"""Autoscalers: the number of replicas at rest, and the range as an extension."""

from collections.abc import Iterable

from parity.model.document import ABSENT
from parity.sources.k8s.objects import Object
from parity.sources.k8s.pod import Pod


def autoscale(thing: Object, pods: Iterable[Pod]) -> None:
    """Write a HorizontalPodAutoscaler to the services of its workload."""
    spec = thing.at("spec").table()
    target = spec.at("scaleTargetRef").table()
    kind, name = target.at("kind").text(), target.at("name").text()
    target.at("apiVersion").structure()
    found = [
        pod
        for pod in pods
        if (pod.namespace, pod.workload.kind, pod.workload.name) == (thing.namespace, kind, name)
    ]
    if found:
        for pod in found:
            _write(thing, pod)
        spec.lose_unread("what makes production scale; here the number is fixed")
    else:
        spec.lose(f"its target {kind}/{name} is not in what was read")
    thing.at("metadata").lose_unread("of the object; nothing reads them here")


def _write(thing: Object, pod: Pod) -> None:
    low, high = thing.at("spec", "minReplicas"), thing.at("spec", "maxReplicas")
    for container in pod.staying:
        service = container.service
        row = {"min": low.number(1), "max": high.number()}
        service.put(("x-parity", "autoscaling"), row, thing.root)
        if service.get("deploy", "replicas") is ABSENT:
            service.put(("deploy", "replicas"), low.number(1), low or thing.root)
