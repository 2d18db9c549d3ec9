"""What would let a service out of the stack's networks, or at the engine, is taken from it."""

from parity.model.document import ABSENT, Document
from parity.stack.context import Context
from parity.stack.draft import Draft

_HOST_MODE = "on the host's network nothing could be kept from production"
_LINK_LOCAL = "with IPv6 on, the host's bridge could be reached by its link-local address"
_FOREIGN = "a container outside the stack"
_PRIVILEGED = "could leave the guard; keep it with `local.privileged` in parity.toml"


_WAYS_OUT = frozenset({"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO"})


def apply(draft: Draft, context: Context) -> None:
    """Host namespaces, other containers' namespaces, and privileges."""
    for name, service in draft.services():
        path = ("services", name)
        mode = str(service.get("network_mode", ""))
        if mode in ("host", "bridge") or mode.startswith("container:"):
            reason = _FOREIGN if mode.startswith("container:") else _HOST_MODE
            draft.rewrite((*path, "network_mode"), ABSENT, reason)
            draft.rewrite((*path, "networks"), {"default": None}, reason)
            if "default" not in (draft.document.get("networks") or {}):
                draft.add(("networks", "default"), {})
        for sysctl in service.get("sysctls") or {}:
            if sysctl.startswith("net.ipv6.") and sysctl.endswith(".disable_ipv6"):
                draft.rewrite((*path, "sysctls", sysctl), ABSENT, _LINK_LOCAL)
        for field in ("pid", "ipc"):
            if str(service.get(field, "")).startswith("container:"):
                draft.rewrite((*path, field), ABSENT, _FOREIGN)
        if service.get("external_links"):
            draft.rewrite((*path, "external_links"), ABSENT, _FOREIGN)
        if name not in context.project.local.privileged:
            _privileges(draft, name, service)


def _privileges(draft: Draft, name: str, service: Document) -> None:
    path = ("services", name)
    for field in ("privileged", "pid", "ipc", "userns_mode", "uts"):
        if service.get(field) in (True, "host"):
            draft.rewrite((*path, field), ABSENT, _PRIVILEGED)
    added = service.get("cap_add") or []
    kept = [name for name in added if str(name).upper().removeprefix("CAP_") not in _WAYS_OUT]
    if kept != added:
        draft.rewrite((*path, "cap_add"), kept or ABSENT, _PRIVILEGED)
