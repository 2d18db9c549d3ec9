"""Services: names, ports and backends for the gateway, aliases where ports are equal."""

from collections.abc import Sequence
from typing import Any

from parity.model.document import ABSENT, Document
from parity.sources.k8s.draft import Draft
from parity.sources.k8s.naming import matches, selector_of
from parity.sources.k8s.objects import Object
from parity.sources.k8s.pod import Pod
from parity.sources.ledger import Node

_BALANCER = "how the cluster's load balancers and proxies reach it"
_LOST = (
    "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "sessionAffinity",
    "sessionAffinityConfig", "externalTrafficPolicy", "internalTrafficPolicy", "loadBalancerIP",
    "loadBalancerClass", "loadBalancerSourceRanges", "allocateLoadBalancerNodePorts",
    "healthCheckNodePort", "publishNotReadyAddresses", "trafficDistribution", "topologyKeys",
)  # fmt: skip
_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
_PUBLISHES = ("LoadBalancer", "NodePort")


class Backends:
    """The pods, found by a Service's selector."""

    def __init__(self, pods: Sequence[Pod]) -> None:
        self._by_label: dict[tuple[str, str, str], list[Pod]] = {}
        for pod in pods:
            for key, value in pod.labels.items():
                self._by_label.setdefault((pod.namespace, key, value), []).append(pod)

    def of(self, thing: Object) -> list[Pod]:
        """Those with all labels that the Service asks for."""
        selector = selector_of(thing)
        for key, value in selector.items():
            some = self._by_label.get((thing.namespace, key, value), ())
            return [pod for pod in some if matches(selector, pod.labels)]
        return []


def service(thing: Object, pods: Backends, draft: Draft) -> Document:
    """Write one Service: its extension, its aliases, its published ports."""
    spec = thing.at("spec").table()
    backends = _backends(thing, pods)
    kind = spec.at("type").text("ClusterIP")
    if kind not in _TYPES:
        raise spec.at("type").error(f"`{kind}` is no type of a Service")
    row: Document = {"name": thing.name, "names": _names(thing, backends)}
    if kind == "ExternalName":
        row["external"] = spec.at("externalName").text()
    row["ports"] = [_port(node, backends) for node in spec.at("ports").each()]
    row["backends"] = list(dict.fromkeys(pod.owner.service.name for pod in backends))
    row["headless"] = spec.at("clusterIP").value == "None"
    if row["headless"]:
        spec.at("clusterIP").take()
    _aliases(row, backends, draft, thing)
    if kind in _PUBLISHES or spec.at("externalIPs"):
        _publish(thing, row, backends, kind)
    else:
        for node in spec.at("ports").each():
            node.at("nodePort").lose("a Service of its type opens no port of the nodes")
    spec.at("selector").table().take()
    if not backends and kind != "ExternalName":
        spec.at("selector").lose("no pod of this definition has these labels")
    _account(thing)
    _extension(row, draft, thing)
    return row


def _backends(thing: Object, pods: Backends) -> list[Pod]:
    found = pods.of(thing)
    # A job's pods come and go; beside those that serve they are no backends.
    return [pod for pod in found if not pod.job] or found


def _names(thing: Object, backends: Sequence[Pod]) -> list[str]:
    names = []
    heads = [thing.name]
    heads += [
        f"{pod.workload.name}-0.{thing.name}"
        for pod in backends
        if pod.workload.at("spec", "serviceName").value == thing.name
    ]
    namespace = thing.namespace or "default"
    for head in heads:
        long = f"{head}.{namespace}.svc"
        names += [head, f"{head}.{namespace}", long, f"{long}.cluster.local"]
    return names


def _port(node: Node, backends: Sequence[Pod]) -> Document:
    number = node.table().at("port").number()
    if not number:
        raise node.error("a port of a Service without a number")
    row: dict[str, Any] = {"port": number, "target": _target(node, number, backends)}
    row["protocol"] = node.at("protocol").text("TCP").lower()
    row["name"] = node.at("name").text()
    if node.at("appProtocol"):
        row["app_protocol"] = node.at("appProtocol").text()
    return row


def _target(node: Node, number: int, backends: Sequence[Pod]) -> int:
    target = node.at("targetPort")
    if not target or target.value == "":
        return number
    if not isinstance(target.value, str) or target.value.isdecimal():
        return target.number() or number
    name = target.text()
    found = next((port for pod in backends if (port := pod.port(name)) is not None), None)
    if found is None:
        target.lose(f"no container behind it has a port called {name!r}")
        return number
    return found


def _aliases(row: Document, backends: Sequence[Pod], draft: Draft, thing: Object) -> None:
    equal = all(port["port"] == port["target"] for port in row["ports"])
    if not (equal or row["headless"]):
        return
    for pod in backends:
        owner = pod.owner.service
        if owner.get("networks") is ABSENT:
            continue  # the host's network has no names
        if not draft.get(("services", owner.name, "networks", "default")):
            owner.put(("networks", "default"), {"aliases": []})
        mine = [n for n in row["names"] if _belongs(n, pod, thing)]
        for name in mine:
            owner.add(("networks", "default", "aliases"), name, thing.at("metadata", "name"))


def _belongs(name: str, pod: Pod, thing: Object) -> bool:
    """A name of one pod (`db-0.db`) is an alias of that pod only."""
    first, _, rest = name.partition(".")
    of_pod = rest == thing.name or rest.startswith(f"{thing.name}.")
    return not of_pod or first == f"{pod.workload.name}-0"


def _publish(thing: Object, row: Document, backends: Sequence[Pod], kind: str) -> None:
    for node, port in zip(thing.at("spec", "ports").each(), row["ports"], strict=True):
        by_node = kind == "NodePort"
        published = node.at("nodePort").number() if by_node else port["port"]
        entry: dict[str, Any] = {"mode": "ingress", "target": port["target"]}
        if published:
            entry["published"] = str(published)
        entry["protocol"] = port["protocol"]
        if not by_node:
            node.at("nodePort").lose("the port of the nodes behind a load balancer")
        # One port of this machine has one service behind it.
        for pod in backends[:1]:
            if pod.owner.service.get("networks") is not ABSENT:
                pod.owner.service.add(("ports",), entry, node)
    addresses = thing.at("spec", "externalIPs")
    addresses.lose("addresses of production's network")


def _account(thing: Object) -> None:
    spec = thing.at("spec")
    for name in _LOST:
        spec.at(name).lose_unread(_BALANCER)
    spec.at("externalIPs").lose_unread("addresses of production's network")
    spec.at("externalName").lose_unread("only an ExternalName Service has one")
    for field in ("labels", "annotations"):
        thing.at("metadata", field).lose_unread("of the object; nothing reads them here")


def _extension(row: Document, draft: Draft, thing: Object) -> None:
    number = len(draft.get(("x-parity", "services")))
    draft.put(("x-parity", "services", number), row, thing.root)
    for index, node in enumerate(thing.at("spec", "ports").each()):
        path = ("x-parity", "services", number, "ports", index)
        draft.put(path, row["ports"][index], node)


def link_variables(services: Sequence[Object]) -> dict[str, dict[str, str]]:
    """By namespace: `REDIS_SERVICE_HOST` and `…_PORT`, for `$(…)` in values."""
    found: dict[str, dict[str, str]] = {}
    for thing in services:
        known = found.setdefault(thing.namespace, {})
        prefix = thing.name.upper().replace("-", "_")
        known[f"{prefix}_SERVICE_HOST"] = thing.name
        port = thing.at("spec", "ports", 0, "port").value
        if isinstance(port, int):
            known[f"{prefix}_SERVICE_PORT"] = str(port)
    return found
