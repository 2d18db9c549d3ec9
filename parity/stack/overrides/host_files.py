"""Secret files of production's hosts: a file mounted read-only under a declared secret's name."""

from pathlib import Path

from parity.model.document import ABSENT, Document
from parity.stack.context import Context
from parity.stack.draft import Draft

_REASON = "{} is a secret on production's hosts: the stand-in of that name"


def apply(draft: Draft, context: Context) -> None:
    """Turn such mounts into Compose secrets, which get their stand-ins later."""
    declared = set(context.vault.declared)
    for table in context.project.certificates.values():
        declared |= {table.certificate, table.key}
    for name, service in draft.services():
        mounts = service.get("volumes") or []
        for index in reversed(range(len(mounts))):
            secret = Path(str(mounts[index].get("source", ""))).name
            if secret in declared and _is_file_of_a_host(mounts[index]):
                _replace(draft, name, index, mounts[index], secret)


def _is_file_of_a_host(mount: Document) -> bool:
    source = Path(str(mount.get("source", "")))
    return mount.get("type") == "bind" and bool(mount.get("read_only")) and not source.exists()


def _replace(draft: Draft, service: str, index: int, mount: Document, secret: str) -> None:
    path, reason = ("services", service), _REASON.format(mount["source"])
    if draft.get(("secrets", secret)) is ABSENT:
        draft.rewrite(("secrets", secret), {"file": mount["source"]}, reason)
    present = draft.get((*path, "secrets")) or []
    use = {"source": secret, "target": mount["target"]}
    draft.rewrite((*path, "secrets"), [*present, use], reason)
    draft.rewrite((*path, "volumes", index), ABSENT, reason)
