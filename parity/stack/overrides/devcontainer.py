"""The service that an editor works in: production's image below the editor's tools, the workspace mounted.

Only in the stack that `parity devcontainer start` chose, and only for the service that `[devcontainer]`
names. Its environment, secrets, networks, user and rights stay production's.
"""

import copy
from pathlib import Path

from parity.errors import ConfigError
from parity.model.document import ABSENT, Document
from parity.model.project import DevcontainerTable
from parity.stack import labels
from parity.stack.certificates import authority_pem
from parity.stack.context import Context
from parity.stack.devcontainer import DEFINITION, KEEPER, layer
from parity.stack.draft import Draft
from parity.stack.overrides.user import AUTHORITY, is_elsewhere, nearest

ASKED_BY = "parity.toml: devcontainer"
_LIMITS = ("mem_limit", "memswap_limit", "mem_reservation", "cpus", "pids_limit")
_SMALL = "an editor's programs need more than production's limit; `devcontainer.limits` keeps it"


def apply(draft: Draft, context: Context) -> None:
    """Make room for an editor in the service that it works in."""
    table = context.project.devcontainer
    if table is None or not context.files.edited.exists():
        return
    service = draft.document["services"].get(table.service)
    if service is None:
        if is_elsewhere(draft, table.service):
            return
        raise ConfigError(
            f"`devcontainer.service` names no service: {table.service}",
            where=ASKED_BY,
            next_step=nearest(table.service, draft.document["services"]),
        )
    _Editor(draft, context, table).fit(copy.deepcopy(service))


class _Editor:
    """One service under rewriting for an editor."""

    def __init__(self, draft: Draft, context: Context, table: DevcontainerTable) -> None:
        self._draft, self._context, self._table = draft, context, table
        self._path = ("services", table.service)

    def fit(self, service: Document) -> None:
        """Rewrite what would keep an editor out."""
        self._image(service)
        self._alone(service)
        self._room(service)
        self._mounts(service)
        root = self._context.root
        definition = self._context.paths.devcontainer / DEFINITION
        self._draft.add(
            (*self._path, "labels"),
            {
                **(self._draft.get((*self._path, "labels")) or {}),
                labels.EDITOR: str(service["image"]),
                **dict(zip(labels.EDITORS, (str(root), str(definition)), strict=True)),
            },
        )

    def _rewrite(self, field: str, local: object, reason: str) -> None:
        path = (*self._path, *field.split("."))
        self._draft.rewrite(path, local, reason, asked_by=ASKED_BY)

    def _image(self, service: Document) -> None:
        context, table = self._context, self._table
        made = layer(
            context.paths.devcontainer, base=service["image"], user=table.user, run=table.run
        )
        tag = made.tag(context.identity.project, table.service)
        self._rewrite(
            "image",
            tag,
            "production's image, with the editor's tools and what outlives its command on top",
        )
        if service.get("entrypoint"):
            word = "run" if table.run else "hold"
            self._rewrite(
                "entrypoint",
                [KEEPER, word, *service["entrypoint"]],
                "the editor stays when production's command ends",
            )
        if not table.run:
            self._rewrite(
                "healthcheck", {"test": ["CMD", "true"]}, "nothing runs before it is started"
            )

    def _alone(self, service: Document) -> None:
        reason = "an editor works in one container"
        if "scale" in service and service["scale"] != 1:
            self._rewrite("scale", 1, reason)
        if (service.get("deploy") or {}).get("replicas", 1) != 1:
            self._rewrite("deploy.replicas", 1, reason)
        for other, how in (service.get("depends_on") or {}).items():
            if (how or {}).get("restart"):
                reason = "the editor stays when what the service depends on is made anew"
                path = (*self._path, "depends_on", other, "restart")
                self._draft.rewrite(path, ABSENT, reason, asked_by=ASKED_BY)

    def _room(self, service: Document) -> None:
        if service.get("read_only"):
            self._rewrite("read_only", ABSENT, "editors install their server in the container")
        temporary = service.get("tmpfs") or []
        kept = [entry for entry in temporary if str(entry).partition(":")[0] != "/tmp"]  # noqa: S108
        if kept != temporary:
            self._rewrite("tmpfs", kept or ABSENT, "editors and tests need room in /tmp")
        if self._table.limits:
            return
        for field in _LIMITS:
            if field in service:
                self._rewrite(field, ABSENT, _SMALL)
        if ((service.get("deploy") or {}).get("resources") or {}).get("limits"):
            self._rewrite("deploy.resources.limits", ABSENT, _SMALL)

    def _mounts(self, service: Document) -> None:
        wanted = [*workspace(self._context.root, self._table), *self._code()]
        if self._context.project.certificates and (
            self._table.service not in self._context.project.local.authority
        ):
            authority_pem(self._context.files)
            pem = self._context.files.authority / "authority.pem"
            wanted.append({**_bind(pem, AUTHORITY), "read_only": True})
        self._rewrite(
            "volumes",
            [*(service.get("volumes") or []), *wanted],
            "the workspace, and the local authority's certificate",
        )

    def _code(self) -> list[Document]:
        root = self._context.root
        found = []
        for here, there in self._table.code.items():
            folder = (root / here).resolve()
            if not folder.exists():
                raise ConfigError(
                    f"`devcontainer.code` names no folder of the project: {here}",
                    where=ASKED_BY,
                    next_step='for example code = { "src" = "/app/src" }',
                )
            found.append(_bind(folder, there))
        return found


def workspace(root: Path, table: DevcontainerTable) -> list[Document]:
    """Mounts of the project's folder: with its repository, at the place where it is here, or alone."""
    if table.workspace:
        return [_bind(root, table.workspace)]
    top = next((f for f in (root, *root.parents) if (f / ".git").exists()), root)
    return [_bind(top, str(top)), *_bare(top)]


def _bare(top: Path) -> list[Document]:
    """Of a worktree, git's own files: they are in the repository that it was made from."""
    pointer = top / ".git"
    if not pointer.is_file():
        return []
    try:
        own = Path(top, pointer.read_text(encoding="utf-8").removeprefix("gitdir:").strip())
        common = (own / (own / "commondir").read_text(encoding="utf-8").strip()).resolve()
    except (OSError, ValueError):
        return []
    inside = common.is_relative_to(top) or not common.is_dir()
    return [] if inside else [_bind(common, str(common))]


def _bind(source: Path, target: str) -> Document:
    return {"type": "bind", "source": str(source), "target": target, "bind": {}}
