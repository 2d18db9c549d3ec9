"""What would let a service out of the stack's networks, or at the engine, is taken from it."""

from parity.model.document import ABSENT
from parity.stack.context import Context
from parity.stack.draft import Draft

_HOST_MODE = "on the host's network nothing could be kept from production"
_LINK_LOCAL = "with IPv6 on, the host's bridge could be reached by its link-local address"
_PRIVILEGED = "could leave the guard; keep it with `local.privileged` in parity.toml"


def apply(draft: Draft, context: Context) -> None:
    """Host namespaces and privileges."""
    for name, service in draft.services():
        path = ("services", name)
        if service.get("network_mode") in ("host", "bridge"):
            draft.rewrite((*path, "network_mode"), ABSENT, _HOST_MODE)
            draft.rewrite((*path, "networks"), {"default": None}, _HOST_MODE)
            if "default" not in (draft.document.get("networks") or {}):
                draft.add(("networks", "default"), {})
        for sysctl in service.get("sysctls") or {}:
            if sysctl.startswith("net.ipv6.") and sysctl.endswith(".disable_ipv6"):
                draft.rewrite((*path, "sysctls", sysctl), ABSENT, _LINK_LOCAL)
        if name in context.project.local.privileged:
            continue
        for field in ("privileged", "pid", "userns_mode", "uts"):
            if service.get(field) in (True, "host"):
                draft.rewrite((*path, field), ABSENT, _PRIVILEGED)
        if service.get("external_links"):
            draft.rewrite((*path, "external_links"), ABSENT, "a container outside the stack")
