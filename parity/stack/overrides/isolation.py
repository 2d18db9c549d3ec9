"""What would let a service out of the stack's networks, or at the engine, is taken from it."""

from parity.model.document import ABSENT, Document
from parity.stack.context import Context
from parity.stack.draft import Draft

_HOST_MODE = "on the host's network nothing could be kept from production"
_LINK_LOCAL = "with IPv6 on, the host's bridge could be reached by its link-local address"
_FOREIGN = "a container or network outside the stack"
_PRIVILEGED = "could leave the guard; keep it with `local.privileged` in parity.toml"


_WAYS_OUT = frozenset({"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH"})


def apply(draft: Draft, context: Context) -> None:
    """Host namespaces, other containers' namespaces, and privileges."""
    for name, service in draft.services():
        path = ("services", name)
        mode = str(service.get("network_mode") or "none")
        if mode != "none" and not mode.startswith("service:"):
            reason = _HOST_MODE if mode == "host" else _FOREIGN
            draft.rewrite((*path, "network_mode"), ABSENT, reason)
            draft.rewrite((*path, "networks"), {"default": None}, reason)
            if "default" not in (draft.document.get("networks") or {}):
                draft.add(("networks", "default"), {})
        for sysctl in service.get("sysctls") or {}:
            if sysctl.startswith("net.ipv6.") and sysctl.endswith(".disable_ipv6"):
                draft.rewrite((*path, "sysctls", sysctl), ABSENT, _LINK_LOCAL)
        _foreign(draft, name, service)
        if name not in context.project.local.privileged:
            _privileges(draft, name, service)


def _foreign(draft: Draft, name: str, service: Document) -> None:
    path = ("services", name)
    for field in ("pid", "ipc"):
        if str(service.get(field, "")).startswith("container:"):
            draft.rewrite((*path, field), ABSENT, _FOREIGN)
    if service.get("external_links"):
        draft.rewrite((*path, "external_links"), ABSENT, _FOREIGN)
    borrowed = service.get("volumes_from") or []
    own = [source for source in borrowed if not str(source).startswith("container:")]
    if own != borrowed:
        draft.rewrite((*path, "volumes_from"), own or ABSENT, _FOREIGN)


def _privileges(draft: Draft, name: str, service: Document) -> None:
    path = ("services", name)
    for field in ("privileged", "pid", "ipc", "userns_mode", "uts", "use_api_socket"):
        if service.get(field) in (True, "host"):
            draft.rewrite((*path, field), ABSENT, _PRIVILEGED)
    added = service.get("cap_add") or []
    kept = [name for name in added if str(name).upper().removeprefix("CAP_") not in _WAYS_OUT]
    if kept != added:
        draft.rewrite((*path, "cap_add"), kept or ABSENT, _PRIVILEGED)
