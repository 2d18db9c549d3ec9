"""Bind mounts of production's host: what a laptop does not have becomes a volume of the stack."""

from pathlib import Path

from parity.model.document import ABSENT, Document
from parity.stack.context import Context
from parity.stack.draft import Draft

_SOCKET_FOLDERS = (Path("/var/run"), Path("/run"))
_ENGINE_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock")


def apply(draft: Draft, context: Context) -> None:
    """Look at each bind mount outside the project."""
    for name, service in draft.services():
        mounts = service.get("volumes") or []
        kept = [_local(draft, context, name, mount) for mount in mounts]
        for index in reversed(range(len(mounts))):
            path = ("services", name, "volumes", index)
            change = kept[index]
            if change is not None:
                draft.rewrite(path, change[0], change[1])


def _local(
    draft: Draft, context: Context, service: str, mount: Document
) -> tuple[object, str] | None:
    """The local mount and the reason, or None where production's can stay."""
    source = Path(str(mount.get("source", "")))
    if mount.get("type") != "bind":
        return None
    if source.name in _ENGINE_SOCKETS or _holds_sockets(source):
        if service in context.project.local.privileged:
            return None
        return ABSENT, "the engine's socket gives the whole machine; see `local.privileged`"
    here = context.project.local.host_files.get(str(source))
    if here is not None:
        local = {**mount, "source": str((context.root / here).resolve())}
        return local, f"{source} of production's hosts, as the repository has it"
    if source.exists() or _inside(source, draft, context):
        return None
    volume = "host" + str(source).replace("/", "-")
    draft.add(("volumes", volume), {})
    local = {"type": "volume", "source": volume, "target": mount["target"], "volume": {}}
    if mount.get("read_only"):
        local["read_only"] = True
    return local, f"{source} exists on production's hosts only: an empty volume of the stack"


def _holds_sockets(source: Path) -> bool:
    return any(folder.is_relative_to(source) for folder in _SOCKET_FOLDERS)


def _inside(source: Path, draft: Draft, context: Context) -> bool:
    folders = [context.root, *(Path(file).parent for file in draft.production.files)]
    return any(source.is_relative_to(folder) for folder in folders)
