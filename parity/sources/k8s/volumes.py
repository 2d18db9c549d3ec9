"""Volumes of a pod, and what each becomes in a Compose document."""

from collections.abc import Callable
from dataclasses import dataclass, field

from parity.model.document import Document
from parity.sources.k8s.files import (
    Files,
    config_files,
    downward_files,
    projected_files,
    secret_files,
)
from parity.sources.k8s.pod import Pod
from parity.sources.k8s.quantity import whole
from parity.sources.ledger import Node

_ELSEWHERE = "storage of production's cluster: an empty volume of the stack has its place"
_MODE = "who may write it at once, and where it comes from: the cluster's storage decides"


@dataclass
class Volume:
    """One volume: a named one of the document, a folder of the host, memory, or files.

    `document` is the top-level entry of a named volume.
    """

    name: str
    node: Node
    source: str = ""
    document: Document | None = None
    host: str = ""
    create: bool = False
    memory: bool = False
    size: int = 0
    files: Files | None = None
    read_only: bool = False
    users: list[str] = field(default_factory=list)


def volumes(pod: Pod) -> dict[str, Volume]:
    """The pod's volumes by name, those of a StatefulSet's claims among them."""
    found: dict[str, Volume] = {}
    for node in pod.spec.at("volumes").each():
        name = node.table().at("name").text()
        if name in found:
            raise node.at("name").error(f"two volumes of the pod are called `{name}`")
        found[name] = _volume(pod, name, node)
    claims = pod.workload.at("spec", "volumeClaimTemplates")
    for node in claims.each() if pod.workload.kind == "StatefulSet" else ():
        name = node.table().at("metadata", "name").text()
        if name in found:
            found[name].node.lose("a claim template of the same name wins")
        found[name] = _claim_template(pod, name, node)
    return found


def claim_size(spec: Node) -> int:
    """Bytes that a claim asks for; what else it says is the cluster's business."""
    storage = spec.at("resources", "requests", "storage")
    size = whole(storage) if storage else 0
    spec.lose_unread(_MODE)
    return size


def _volume(pod: Pod, name: str, node: Node) -> Volume:
    readers: dict[str, Callable[[Pod, Volume, Node], None]] = {
        "persistentVolumeClaim": _claim,
        "emptyDir": _empty,
        "hostPath": _host,
        "configMap": _config,
        "secret": _secret,
        "projected": _projected,
        "downwardAPI": _downward,
        "ephemeral": _ephemeral,
    }
    volume = Volume(name, node)
    for kind, read in readers.items():
        if node.at(kind):
            read(pod, volume, node.at(kind).table())
            return volume
    _elsewhere(pod, volume, node)
    return volume


def _claim(pod: Pod, volume: Volume, node: Node) -> None:
    del pod
    volume.source = node.at("claimName").text()
    if not volume.source:
        raise node.error(f"the volume `{volume.name}` names no claim")
    volume.document = {}
    volume.read_only = node.at("readOnly").flag()


def _empty(pod: Pod, volume: Volume, node: Node) -> None:
    medium = node.at("medium").text()
    volume.memory = medium == "Memory"
    if medium and not volume.memory:
        node.at("medium").lose(
            "memory of that kind needs the node's own set-up: an ordinary volume"
        )
    volume.size = whole(node.at("sizeLimit")) if node.at("sizeLimit") else 0
    volume.source = f"{pod.name}-{volume.name}"
    volume.document = {"x-parity": {"ephemeral": True}}
    if volume.size:
        volume.document["x-parity"]["size"] = volume.size
    node.table()
    list(node.entries())


def _host(pod: Pod, volume: Volume, node: Node) -> None:
    del pod
    volume.host = node.at("path").text()
    if not volume.host.startswith("/"):
        raise node.error(f"the volume `{volume.name}` must name an absolute path of the host")
    kind = node.at("type")
    volume.create = kind.text() in ("", "DirectoryOrCreate", "FileOrCreate")
    if kind and not volume.create:
        kind.lose("what is at the path is not checked beforehand")


def _config(pod: Pod, volume: Volume, node: Node) -> None:
    volume.files = config_files(pod, node)


def _secret(pod: Pod, volume: Volume, node: Node) -> None:
    volume.files = secret_files(pod, node)


def _projected(pod: Pod, volume: Volume, node: Node) -> None:
    volume.files = projected_files(pod, node)


def _downward(pod: Pod, volume: Volume, node: Node) -> None:
    volume.files = downward_files(pod, node)


def _ephemeral(pod: Pod, volume: Volume, node: Node) -> None:
    template = node.at("volumeClaimTemplate")
    size = claim_size(template.at("spec"))
    template.at("metadata").lose("labels of the claim")
    volume.source = f"{pod.name}-{volume.name}"
    volume.document = {"x-parity": {"ephemeral": True, **({"size": size} if size else {})}}


def _elsewhere(pod: Pod, volume: Volume, node: Node) -> None:
    kinds = [(key, below) for key, below in node.entries() if key != "name"]
    if not kinds:  # Kubernetes takes a volume without a kind for an emptyDir
        _empty(pod, volume, node.at("emptyDir"))
        return
    for _, below in kinds:
        below.lose(_ELSEWHERE)
    volume.source = f"{pod.name}-{volume.name}"
    volume.document = {}


def _claim_template(pod: Pod, name: str, node: Node) -> Volume:
    if not name:
        raise node.error("a claim template without a name")
    node.structure("apiVersion", "kind", "status")
    node.at("metadata").structure("creationTimestamp")
    size = claim_size(node.at("spec"))
    node.at("metadata").lose_unread("labels of the claim")
    marks = {"per_pod": True, **({"storage": size} if size else {})}
    return Volume(name, node, source=f"{name}-{pod.name}", document={"x-parity": marks})
