"""What a pod may learn of itself: `fieldRef` and `resourceFieldRef`."""

import re
from decimal import ROUND_CEILING

from parity.sources.k8s.pod import Container, Pod
from parity.sources.k8s.quantity import quantity
from parity.sources.ledger import Node

_KEYED = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")


def field(pod: Pod, path: str) -> str | None:
    """A pod's field; None where it is known only once the pod runs."""
    keyed = _KEYED.fullmatch(path)
    if keyed:
        return str(pod.metadata.at(keyed[1], keyed[2]).value or "")
    if path in ("metadata.labels", "metadata.annotations"):
        rows = pod.metadata.at(path.partition(".")[2]).value or {}
        return "".join(f'{key}="{_escaped(str(value))}"\n' for key, value in rows.items())
    known = {
        "metadata.name": _pod_name(pod),
        "metadata.namespace": pod.namespace or "default",
        "spec.serviceAccountName": _account(pod),
    }
    return known.get(path)


def resource(pod: Pod, container: Container, node: Node) -> str | None:
    """A container's limit or request in units of its divisor; None where it is the node's own."""
    name = node.at("containerName").text(container.name)
    source = next((other for other in pod.containers if other.name == name), None)
    if source is None:
        raise node.error(f"the pod has no container `{name}`")
    kind, _, what = node.at("resource").text().partition(".")
    amount = source.node.at("resources", kind, what)
    if not amount and kind == "requests":
        amount = source.node.at("resources", "limits", what)
    divisor = node.at("divisor")
    if not amount:
        return None
    unit = quantity(divisor) if divisor and str(divisor.value) != "0" else 1
    divisor.take()
    if not unit:
        raise divisor.error("`divisor` is 0")
    return str(int((quantity(amount) / unit).to_integral_value(ROUND_CEILING)))


def _pod_name(pod: Pod) -> str:
    ordinal = "-0" if pod.workload.kind == "StatefulSet" else ""
    return pod.workload.name + ordinal


def _account(pod: Pod) -> str:
    return pod.spec.at("serviceAccountName").text("default")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
