"""The user's own rewrites from parity.toml, each with its reason."""

from parity.errors import ConfigError
from parity.model.document import ABSENT, parse
from parity.stack.certificates import authority_pem
from parity.stack.context import Context
from parity.stack.draft import Draft

AUTHORITY = "/run/parity/authority.pem"


def apply(draft: Draft, context: Context) -> None:
    """`[[local.override]]` and `local.authority`."""
    for number, table in enumerate(context.project.local.override, start=1):
        asked_by = f"parity.toml: local.override {number}"
        try:
            path = parse(table.path)
        except ValueError as error:
            raise ConfigError(
                f"{asked_by}: {error}", next_step="for example services.web.environment.DEBUG"
            ) from error
        if len(path) > 1 and path[0] == "services" and path[1] not in draft.document["services"]:
            raise ConfigError(f"{asked_by}: no service `{path[1]}`", next_step="mend its path")
        value = ABSENT if table.value is None else table.value
        if path[2:3] == ("environment",) and not isinstance(value, str) and value is not ABSENT:
            value = str(value).lower() if isinstance(value, bool) else str(value)
        try:
            draft.rewrite(path, value, table.reason, asked_by=asked_by)
        except ValueError as error:
            raise ConfigError(f"{asked_by}: {error}", next_step="mend its path") from error
    for name in context.project.local.authority:
        _offer_authority(draft, context, name)


def _offer_authority(draft: Draft, context: Context, name: str) -> None:
    if name not in draft.document["services"]:
        raise ConfigError(
            f"`local.authority` names no service: {name}", next_step="mend parity.toml"
        )
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
