"""A pod and its containers, and how they are named and joined in a Compose document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property

from parity.sources.k8s.draft import Draft, ServiceDraft
from parity.sources.k8s.library import Library
from parity.sources.k8s.objects import Object
from parity.sources.ledger import Node

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,252}")
_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


class Role(Enum):
    """What a container is in its pod."""

    INIT = auto()
    """Runs to its end before the next one starts."""
    SIDECAR = auto()
    """An init container that stays: `restartPolicy: Always`."""
    MAIN = auto()
    OTHER = auto()


@dataclass
class Container:
    """One container. `service` is its service in the document."""

    node: Node
    name: str
    role: Role
    service: ServiceDraft
    variables: dict[str, str] = field(default_factory=dict)
    """Its environment, once read."""


@dataclass
class Pod:
    """A workload's pod. `name` is the workload's service name."""

    workload: Object
    name: str
    metadata: Node
    spec: Node
    library: Library
    draft: Draft
    job: bool = False
    containers: list[Container] = field(default_factory=list)
    serving: int | None = None
    """Of a platform whose containers need no names: the index of the one that serves."""
    holder: str = ""
    """The container that must hold the network namespace, where it is not the first one."""
    links: dict[str, str] = field(default_factory=dict)
    """`REDIS_SERVICE_HOST` and its like, for `$(…)`."""

    @property
    def namespace(self) -> str:
        """The namespace; empty where the definition names none."""
        return self.workload.namespace

    @property
    def owner(self) -> Container:
        """The container whose network namespace the others share: the one that starts first."""
        return next((c for c in self.staying if c.name == self.holder), self.staying[0])

    @property
    def main(self) -> Container:
        """The container that the workload is named after."""
        return next(c for c in self.containers if c.role is Role.MAIN)

    @cached_property
    def labels(self) -> dict[str, str]:
        """The pod's labels, unread."""
        value = self.metadata.at("labels").value
        return {k: str(v) for k, v in value.items()} if isinstance(value, dict) else {}

    @property
    def staying(self) -> list[Container]:
        """All but the init containers that end."""
        return [found for found in self.containers if found.role is not Role.INIT]

    def port(self, name: str) -> int | None:
        """The number of a named container port; native sidecars have some, too."""
        for container in self.containers:
            for port in container.node.at("ports").each():
                if port.at("name").value == name:
                    return port.at("containerPort").number()
        return None


def gather(pod: Pod, taken: set[str]) -> None:
    """Give each container its role and service, in the order in which they start."""
    rows = list(_rows(pod))
    several = len(rows) > 1
    for node, name, role in rows:
        kind = "init-" if role is Role.INIT else ""
        plain = pod.name if role is Role.MAIN else f"{pod.name}-{kind}{name}"
        wanted = plain if several else pod.name
        own = wanted if wanted == pod.name else unused(wanted, taken)
        service = ServiceDraft(pod.draft, own)
        pod.containers.append(Container(node, name, role, service))


def unused(name: str, taken: set[str]) -> str:
    """The name, or the name with a number that nobody has; it is taken from then on."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    taken.add(found)
    return found


def _rows(pod: Pod) -> Iterator[tuple[Node, str, Role]]:
    names: set[str] = set()
    for node in pod.spec.at("initContainers").each():
        always = node.table().at("restartPolicy").text() == "Always"
        yield node, _name(node, names), Role.SIDECAR if always else Role.INIT
    nodes = []
    for index, node in enumerate(pod.spec.at("containers").each()):
        default = None if pod.serving is None else f"container-{index}"
        nodes.append((node, _name(node, names, default)))
    if not nodes:
        raise pod.spec.error("a pod without containers")
    main = _main(pod, [name for _, name in nodes])
    ordered = sorted(nodes, key=lambda row: row[1] != main)
    for node, name in ordered:
        yield node, name, Role.MAIN if name == main else Role.OTHER


def _name(node: Node, names: set[str], default: str | None = None) -> str:
    named = node.table().at("name")
    found = named.value if named else default
    if not isinstance(found, str) or not _NAME.fullmatch(found):
        raise node.error(f"`{found}` is no name of a container")
    node.structure("name")
    if found in names:
        raise node.at("name").error(f"two containers of the pod are called `{found}`")
    names.add(found)
    return found


def _main(pod: Pod, names: list[str]) -> str:
    said = pod.metadata.at("annotations", _DEFAULT_CONTAINER).value
    for candidate in (said, pod.workload.name):
        if candidate in names:
            return str(candidate)
    return names[pod.serving or 0]
