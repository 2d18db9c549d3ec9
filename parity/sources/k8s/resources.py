"""Limits and requests of a container."""

from parity.sources.k8s.pod import Container
from parity.sources.k8s.quantity import cpus, whole
from parity.sources.ledger import Node

_SIDES = {"limits": "limits", "requests": "reservations"}
_GPUS = {"nvidia.com/gpu": "nvidia", "amd.com/gpu": "amd"}


def resources(container: Container) -> None:
    """Write CPUs, memory and GPUs; give up what Compose cannot limit."""
    node = container.node.at("resources").table()
    for side, field in _SIDES.items():
        for name, amount in node.at(side).table().entries():
            if amount:
                _amount(container, ("deploy", "resources", field), name, amount)
    node.at("claims").lose("devices that the cluster hands out")


def _amount(container: Container, path: tuple[str, ...], name: str, amount: Node) -> None:
    if name == "cpu":
        container.service.put((*path, "cpus"), cpus(amount), amount)
    elif name == "memory":
        container.service.put((*path, "memory"), str(whole(amount)), amount)
    elif name in _GPUS:
        where = ("deploy", "resources", "reservations", "devices")
        row = {"capabilities": ["gpu"], "driver": _GPUS[name], "count": whole(amount)}
        container.service.add(where, row, amount)
    elif name == "ephemeral-storage":
        whole(amount)
        amount.lose("Compose limits no disk space of a container")
    else:
        amount.lose("Compose knows no such resource")
