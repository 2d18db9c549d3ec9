"""Pods of a cluster: containers that share a network namespace, and a copy for each further pod.

What belongs to the namespace (names, ports, DNS, network sysctls) stands at the container that owns
it. Compose lets all replicas of a companion join the first owner, and all replicas share one
volume. So where a pod has companions or volumes of its own, each further pod is a set of services.
"""

from parity.model.document import ABSENT, Document
from parity.stack import pods
from parity.stack.cluster import is_cluster, owner
from parity.stack.context import Context
from parity.stack.draft import Draft
from parity.stack.plan import replicas

_OWNED = ("hostname", "domainname", "mac_address", "dns", "dns_search", "dns_opt", "links")
_SHARED = "belongs to the network namespace, which is that of `{}`"


def apply(draft: Draft, context: Context) -> None:
    """Move what a namespace has once to its owner, then make a copy for each further pod."""
    del context
    if not is_cluster(draft.production.document):
        return
    for name, _ in draft.services():
        first = owner(draft.document["services"], name)
        if first != name and first in draft.document["services"]:
            _move(draft, name, first)
    for pod in pods.gather(draft.document):
        _copy(draft, pod)


def _move(draft: Draft, name: str, first: str) -> None:
    service, path = draft.document["services"][name], ("services", name)
    reason = _SHARED.format(first)
    for field in _OWNED:
        if field in service:
            draft.rewrite((*path, field), ABSENT, reason)
    for field in ("extra_hosts", "expose"):
        _move_list(draft, name, first, field)
    for sysctl, value in dict(service.get("sysctls") or {}).items():
        if sysctl.startswith("net."):
            draft.rewrite((*path, "sysctls", sysctl), ABSENT, reason)
            draft.rewrite(("services", first, "sysctls", sysctl), value, f"asked for by `{name}`")
    if service.get("networks"):
        _move_names(draft, name, first, service["networks"])
        draft.rewrite((*path, "networks"), ABSENT, reason)


def _move_names(draft: Draft, name: str, first: str, networks: Document) -> None:
    for network, settings in dict(networks).items():
        at = ("services", first, "networks", network)
        if draft.get(at) is not ABSENT:
            names = (settings or {}).get("aliases") or []
            _extend(draft, (*at, "aliases"), names, f"names of `{name}`")


def _move_list(draft: Draft, name: str, first: str, field: str) -> None:
    rows = draft.document["services"][name].get(field)
    if rows:
        _extend(draft, ("services", first, field), rows, f"asked for by `{name}`")
        draft.rewrite(("services", name, field), ABSENT, _SHARED.format(first))


def _extend(draft: Draft, path: tuple[str, ...], rows: list[str], reason: str) -> None:
    present = draft.get(path) or []
    more = [row for row in rows if row not in present]
    if more:
        draft.rewrite(path, [*present, *more], reason)


def _copy(draft: Draft, pod: pods.Pod) -> None:
    count = replicas(draft.document["services"][pod.owner])
    for number in range(2, count + 1):
        reason = f"pod {number} of {count}, with a network namespace and volumes of its own"
        for volume in pod.volumes:
            body = draft.document["volumes"][volume]
            draft.rewrite(("volumes", pods.renamed(volume, number)), body, reason)
        for name in pod.members:
            local = pods.copy_of(draft.document["services"][name], pod, number)
            if name == pod.owner:
                pods.answer_alike(local, pod.owner, number)
            draft.rewrite(("services", pods.renamed(name, number)), local, reason)
    if count > 1:
        for name in pod.members:
            path = ("services", name)
            field = ("scale",) if "scale" in draft.get(path) else ("deploy", "replicas")
            if draft.get((*path, *field)) is not ABSENT:
                reason = f"one a pod: the next pod is {pods.renamed(pod.owner, 2)}"
                draft.rewrite((*path, *field), 1, reason)
