"""One container becomes one service."""

from collections import ChainMap

from parity.sources.k8s.env import environment
from parity.sources.k8s.expand import expanded
from parity.sources.k8s.pod import Container, Pod, Role
from parity.sources.k8s.probes import probes
from parity.sources.k8s.resources import resources
from parity.sources.k8s.security import security

_PULL = {"Always": "always", "IfNotPresent": "missing", "Never": "never"}
_HOOKS = {"postStart": "post_start", "preStop": "pre_stop"}


def container(pod: Pod, found: Container) -> None:
    """Write everything that a container says for itself, except its mounts."""
    node, service = found.node, found.service
    image = node.at("image")
    if not image.text():
        raise node.error(f"the container `{found.name}` has no image")
    service.put(("image",), image.text(), image)
    environment(pod, found)
    for name, field in (("command", "entrypoint"), ("args", "command")):
        words = node.at(name)
        if words:
            known = ChainMap(found.variables, pod.links)
            texts = [expanded(word, known, pod.draft) for word in words.each()]
            service.put((field,), texts, words)
            for index, word in enumerate(words.each()):
                service.put((field, index), service.get(field, index), word)
    _plain(found)
    _ports(pod, found)
    security(pod, found)
    resources(found)
    probes(pod, found)
    _lifecycle(found)


def _plain(found: Container) -> None:
    node, service = found.node, found.service
    if node.at("workingDir").text():
        service.put(("working_dir",), node.at("workingDir").text(), node.at("workingDir"))
    policy = node.at("imagePullPolicy")
    if policy:
        if policy.text() not in _PULL:
            raise policy.error(f"`{policy.text()}` is no imagePullPolicy")
        service.put(("pull_policy",), _PULL[policy.text()], policy)
    for name, field in (("stdin", "stdin_open"), ("tty", "tty")):
        if node.at(name).flag():
            service.put((field,), True, node.at(name))
    node.at("stdinOnce").lose("input stays open here after the first client has gone")
    node.at("resizePolicy").lose("limits do not change while it runs")
    for name in ("terminationMessagePath", "terminationMessagePolicy"):
        node.at(name).lose("last words are in the logs")
    if found.role is not Role.SIDECAR:
        node.at("restartPolicy").lose("a restart of its own within the pod")
    node.at("restartPolicyRules").lose("a restart of its own within the pod")


def _ports(pod: Pod, found: Container) -> None:
    # Docker refuses ports of a container that lives in another's network namespace.
    alone = found.role is Role.INIT
    service = found.service if alone else pod.owner.service
    for node in found.node.at("ports").each():
        number = node.table().at("containerPort").number()
        if not number:
            raise node.error("a port without containerPort")
        protocol = node.at("protocol").text("TCP").lower()
        suffix = "" if protocol == "tcp" else f"/{protocol}"
        service.add(("expose",), f"{number}{suffix}", node.at("containerPort"))
        node.at("name").structure()  # probes and Services say the number by it
        host = node.at("hostPort").number()
        if host and pod.spec.at("hostNetwork").value is True:
            node.at("hostPort").lose("all its ports are the host's")
        elif host:
            address = node.at("hostIP").text()
            row = {
                "mode": "host",
                **({"host_ip": address} if address else {}),
                "target": number,
                "published": str(host),
                "protocol": protocol,
            }
            service.add(("ports",), row, node.at("hostPort"))
        else:
            node.at("hostIP").lose("an address without hostPort says nothing")


def _lifecycle(found: Container) -> None:
    node = found.node.at("lifecycle").table()
    for name, field in _HOOKS.items():
        hook = node.at(name).table()
        if hook.at("exec"):
            words = hook.at("exec", "command").texts()
            found.service.put((field,), [{"command": words}], hook)
        else:
            hook.lose("Compose runs commands there, and nothing else")
    signal = node.at("stopSignal")
    if signal:
        found.service.put(("stop_signal",), signal.text(), signal)
