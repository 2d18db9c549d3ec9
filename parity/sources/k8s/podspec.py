"""What a pod says for all its containers: network, process namespaces, names, restarts, order."""

from parity.sources.k8s.container import container
from parity.sources.k8s.mounts import mounts
from parity.sources.k8s.pod import Container, Pod, Role
from parity.sources.k8s.probes import duration
from parity.sources.k8s.security import rest_of_pod
from parity.sources.ledger import Node

_RESTART = {"Always": "always", "OnFailure": "on-failure", "Never": "no"}
_PLACEMENT = "where pods are placed is the cluster's business; here is one machine"
_CLUSTER = "the cluster's own identity and permissions do not exist here"
_LOST = {
    "affinity": _PLACEMENT,
    "nodeSelector": _PLACEMENT,
    "nodeName": _PLACEMENT,
    "tolerations": _PLACEMENT,
    "topologySpreadConstraints": _PLACEMENT,
    "schedulerName": _PLACEMENT,
    "schedulingGates": _PLACEMENT,
    "priority": _PLACEMENT,
    "priorityClassName": _PLACEMENT,
    "preemptionPolicy": _PLACEMENT,
    "overhead": _PLACEMENT,
    "os": _PLACEMENT,
    "serviceAccountName": _CLUSTER,
    "serviceAccount": _CLUSTER,
    "automountServiceAccountToken": _CLUSTER,
    "imagePullSecrets": "images are pulled with the engine's own credentials",
    "enableServiceLinks": "variables with Services' addresses are not set here: names resolve",
    "activeDeadlineSeconds": "nothing ends it after a time",
    "readinessGates": "conditions that the cluster sets",
    "runtimeClassName": "the engine's own runtime is used",
    "setHostnameAsFQDN": "the host name is the short one",
    "hostUsers": "the engine decides on user namespaces",
    "resourceClaims": "devices that the cluster hands out",
    "resources": "limits of the pod as a whole",
    "ephemeralContainers": "added to a running pod for debugging",
}
_STEP = "service_completed_successfully"


def podspec(pod: Pod) -> None:
    """Write all services of a pod."""
    for found in pod.containers:
        container(pod, found)
        _namespaces(pod, found)
        _metadata(pod, found)
        _stop(pod, found)
    mounts(pod)
    rest_of_pod(pod)
    _order(pod)
    for name, reason in _LOST.items():
        pod.spec.at(name).lose(reason)


def _namespaces(pod: Pod, found: Container) -> None:
    service, spec = found.service, pod.spec
    shares = found is not pod.owner and found.role is not Role.INIT
    if spec.at("hostNetwork").flag() and not shares:
        service.put(("network_mode",), "host", spec.at("hostNetwork"))
    elif shares:
        service.put(("network_mode",), f"service:{pod.owner.service.name}", found.node)
    else:
        service.put(("networks",), {"default": None})
    for name, field in (("hostPID", "pid"), ("hostIPC", "ipc")):
        if spec.at(name).flag():
            service.put((field,), "host", spec.at(name))
    if spec.at("shareProcessNamespace").flag() and shares and not spec.at("hostPID").flag():
        node = spec.at("shareProcessNamespace")
        service.put(("pid",), f"service:{pod.owner.service.name}", node)
    if not shares:
        _names(pod, found)


def _names(pod: Pod, found: Container) -> None:
    spec, service = pod.spec, found.service
    for row in spec.at("hostAliases").each():
        for name in row.at("hostnames").each():
            service.add(("extra_hosts",), f"{name.text()}={row.at('ip').text()}", name)
    config = spec.at("dnsConfig").table()
    for field, key in (("nameservers", "dns"), ("searches", "dns_search")):
        for node in config.at(field).each():
            service.add((key,), node.text(), node)
    for node in config.at("options").each():
        value = node.at("value").text()
        text = node.at("name").text() + (f":{value}" if value else "")
        service.add(("dns_opt",), text, node)
    spec.at("dnsPolicy").lose("names are resolved by the stack's own DNS")
    for field, key in (("hostname", "hostname"), ("subdomain", "domainname")):
        if spec.at(field):
            service.put((key,), spec.at(field).text(), spec.at(field))
    if pod.workload.kind == "StatefulSet":
        # Software that names its data after its host (RabbitMQ) finds it again by that.
        service.put(("hostname",), f"{pod.workload.name}-0", pod.workload.at("metadata", "name"))


def _metadata(pod: Pod, found: Container) -> None:
    for field in ("labels", "annotations"):
        for name, node in pod.metadata.at(field).table().entries():
            _label(found, field, name, node)


def _label(found: Container, field: str, name: str, node: Node) -> None:
    if node:
        found.service.put((field, name), node.text(), node)


def _stop(pod: Pod, found: Container) -> None:
    grace = pod.spec.at("terminationGracePeriodSeconds")
    if grace:
        found.service.put(("stop_grace_period",), duration(grace.number()), grace)
    if pod.job:
        return  # its retries are the job's
    said = pod.spec.at("restartPolicy")
    policy = said.text("Always")
    if policy not in _RESTART:
        raise said.error(f"`{policy}` is no restartPolicy")
    if found.role is Role.INIT:
        restart = "no" if policy == "Never" else "on-failure"
    else:
        restart = "always" if found.role is Role.SIDECAR else _RESTART[policy]
    found.service.put(("restart",), restart, said or None)


def _order(pod: Pod) -> None:
    """Init containers one after the other, then all that stay."""
    earlier: list[tuple[Container, str]] = []
    for found in pod.containers:
        if found.role in (Role.MAIN, Role.OTHER):
            break
        _after(found, earlier[-1:])
        if found.role is Role.INIT:
            earlier.append((found, _STEP))
        else:
            earlier.append((found, _started(found)))
    for found in pod.staying:
        if found.role is Role.SIDECAR:
            continue
        sidecars = [row for row in earlier[:-1] if row[0].role is Role.SIDECAR]
        _after(found, [*sidecars, *earlier[-1:]])


def _started(found: Container) -> str:
    return "service_healthy" if found.node.at("startupProbe") else "service_started"


def _after(found: Container, earlier: list[tuple[Container, str]]) -> None:
    for other, condition in earlier:
        path = ("depends_on", other.service.name)
        found.service.put(path, {"condition": condition, "required": True}, other.node)
