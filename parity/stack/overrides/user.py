"""The user's own rewrites from parity.toml, each with its reason."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from parity.errors import ConfigError
from parity.model.document import ABSENT, parse, show
from parity.model.document import Path as DocumentPath
from parity.stack.certificates import authority_pem
from parity.stack.context import Context
from parity.stack.draft import Draft

AUTHORITY = "/run/parity/authority.pem"


def apply(draft: Draft, context: Context) -> None:
    """`[[local.override]]` and `local.authority`."""
    _services(draft, context)
    for number, table in enumerate(context.project.local.override, start=1):
        asked_by = f"parity.toml: local.override {number}"
        try:
            path = parse(table.path)
        except ValueError as error:
            raise ConfigError(
                f"{asked_by}: {error}", next_step="for example services.web.environment.DEBUG"
            ) from error
        _place(draft, path, asked_by)
        value = ABSENT if table.value is None else table.value
        if path[2:3] == ("environment",) and not isinstance(value, str) and value is not ABSENT:
            value = str(value).lower() if isinstance(value, bool) else str(value)
        try:
            draft.rewrite(path, value, table.reason, asked_by=asked_by)
        except ValueError as error:
            raise ConfigError(f"{asked_by}: {error}", next_step="mend its path") from error
    for name in context.project.local.authority:
        if name in draft.document["services"]:
            _offer_authority(draft, context, name)


def nearest(name: str, known: Iterable[str]) -> str:
    """The next step for a name that is none of those known."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(known) or 'none'}"


def is_elsewhere(draft: Draft, name: str) -> bool:
    """Whether the definition's files have the name, as they have those of inactive profiles."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
    for file in draft.production.files:
        try:
            if pattern.search(Path(file).read_text(encoding="utf-8", errors="replace")):
                return True
        except OSError:
            continue
    return False


def _services(draft: Draft, context: Context) -> None:
    """Services that are named in `[local]` exist."""
    local, known = context.project.local, draft.document["services"]
    for key in ("build", "privileged", "authority"):
        for name in getattr(local, key):
            if name not in known and not is_elsewhere(draft, name):
                raise ConfigError(
                    f"`local.{key}` names no service: {name}",
                    where=f"parity.toml: local.{key}",
                    next_step=nearest(name, known),
                )


def _place(draft: Draft, path: DocumentPath, asked_by: str) -> None:
    """What a path goes into exists: parity has made the stack's networks and volumes already."""
    names = [path[:2]] if path[:1] in (("services",), ("networks",), ("volumes",)) else []
    if path[:1] == ("services",) and path[2:3] == ("networks",):
        names.append(("networks", *path[3:4]))
    for kind, *name in names:
        known = draft.document.get(str(kind)) or {}
        if name and name[0] not in known:
            raise ConfigError(
                f"{asked_by}: no {str(kind)[:-1]} `{name[0]}`",
                where=f"parity.toml: {show(path)}",
                next_step=f"mend its path; {nearest(str(name[0]), known)}",
            )
    if path[:1] == ("networks",) and len(path) < 3:  # noqa: PLR2004 - section and name
        raise ConfigError(
            f"{asked_by}: {show(path)} as a whole is the guard's",
            next_step="name a setting of a network, for example networks.default.labels",
        )


def _offer_authority(draft: Draft, context: Context, name: str) -> None:
    authority_pem(context.files)
    mount = {
        "type": "bind",
        "source": str(context.files.authority / "authority.pem"),
        "target": AUTHORITY,
        "read_only": True,
    }
    mounts = draft.get(("services", name, "volumes")) or []
    draft.rewrite(
        ("services", name, "volumes"),
        [*mounts, mount],
        "the local authority's certificate",
        asked_by="parity.toml: local.authority",
    )
