"""Security contexts: who a container runs as, and what it may."""

from parity.sources.k8s.pod import Container, Pod
from parity.sources.ledger import Node

_OF_NODE = "needs what the cluster's nodes have"


def security(pod: Pod, container: Container) -> None:
    """Write one container's security settings; what it says wins over the pod."""
    own, shared = (
        container.node.at("securityContext").table(),
        pod.spec.at("securityContext").table(),
    )
    _user(container, own, shared)
    _rights(container, own)
    _profiles(container, own, shared)
    for node in shared.at("supplementalGroups").each():
        container.service.add(("group_add",), str(node.number()), node)
    if shared.at("fsGroup"):
        # It is about who owns the volumes; here they belong to whom the image gives them to.
        container.service.put(
            ("x-parity", "fs_group"), shared.at("fsGroup").number(), shared.at("fsGroup")
        )
    if container is pod.owner:
        for row in shared.at("sysctls").each():
            path = ("sysctls", row.at("name").text())
            container.service.put(path, row.at("value").text(), row)


def rest_of_pod(pod: Pod) -> None:
    """Account for what the pod says of security that went to no container."""
    shared = pod.spec.at("securityContext")
    for name in ("runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile", "appArmorProfile"):
        shared.at(name).lose_unread("every container says it for itself")
    shared.at("seLinuxOptions").lose_unread("every container says it for itself")
    for name in ("fsGroupChangePolicy", "supplementalGroupsPolicy", "seLinuxChangePolicy"):
        shared.at(name).lose("owners of files on volumes are not changed here")
    shared.at("windowsOptions").lose(_OF_NODE)


def _either(name: str, own: Node, shared: Node) -> Node:
    return own.at(name) or shared.at(name)


def _user(container: Container, own: Node, shared: Node) -> None:
    user, group = _either("runAsUser", own, shared), _either("runAsGroup", own, shared)
    if user:
        text = str(user.number()) + (f":{group.number()}" if group else "")
        container.service.put(("user",), text, user)
    elif group:
        group.lose("Compose names a group only together with a user")
    never_root = _either("runAsNonRoot", own, shared)
    if never_root:
        path = ("x-parity", "run_as_non_root")
        container.service.put(path, never_root.flag(), never_root)


def _rights(container: Container, own: Node) -> None:
    service = container.service
    for name, field in (("privileged", "privileged"), ("readOnlyRootFilesystem", "read_only")):
        if own.at(name).flag():
            service.put((field,), True, own.at(name))
    more = own.at("allowPrivilegeEscalation")
    if more and not more.flag():
        service.add(("security_opt",), "no-new-privileges:true", more)
    for name, field in (("add", "cap_add"), ("drop", "cap_drop")):
        for node in own.at("capabilities", name).each():
            service.add((field,), node.text(), node)
    mount = own.at("procMount")
    if mount.text("Default") == "Unmasked":
        service.add(("security_opt",), "systempaths=unconfined", mount)
    elif mount and mount.value != "Default":
        raise mount.error(f"`{mount.value}` is no procMount")
    own.at("windowsOptions").lose(_OF_NODE)


def _profiles(container: Container, own: Node, shared: Node) -> None:
    for name, field in (("seccompProfile", "seccomp"), ("appArmorProfile", "apparmor")):
        profile = _either(name, own, shared).table()
        if profile:
            _profile(container, profile, field)
    linux = _either("seLinuxOptions", own, shared)
    for key, node in linux.table().entries():
        container.service.add(("security_opt",), f"label={key}:{node.text()}", node)


def _profile(container: Container, profile: Node, field: str) -> None:
    kind = profile.at("type").text()
    if kind == "Unconfined":
        container.service.add(("security_opt",), f"{field}:unconfined", profile)
    elif kind == "Localhost":
        name = profile.at("localhostProfile").text()
        path = ("x-parity", field)
        container.service.put(path, f"Localhost/{name}", profile)
        profile.lose(f"the profile is a file of production's nodes; {_OF_NODE}")
    else:  # RuntimeDefault is what an engine does by itself; Kubernetes is laxer unless it is said
        container.service.put(("x-parity", field), kind, profile)
