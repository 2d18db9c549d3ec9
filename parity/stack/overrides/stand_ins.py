"""Stand-ins: what cannot be local is answered for by a service of the stack, under its own name."""

import difflib

from parity.errors import ConfigError
from parity.model.document import ABSENT, Document
from parity.stack.context import Context
from parity.stack.draft import Draft
from parity.stack.overrides.networks import add_alias


def apply(draft: Draft, context: Context) -> None:
    """Bring the services in, and give them production's names."""
    for host, table in context.project.stand_ins.items():
        asked_by = f'parity.toml: stand-ins."{host}"'
        fragment = context.fragments.get(host)
        if fragment is not None and table.service not in draft.document["services"]:
            reason = table.reason or f"stands in for {host}"
            for name, service in fragment["services"].items():
                local = {**service, "networks": dict.fromkeys(_networks(draft))}
                _refuse_another(draft, name, local, table.compose, asked_by)
                draft.rewrite(("services", name), local, reason, asked_by=asked_by)
            for kind in ("volumes", "configs", "secrets"):
                for name, body in (fragment.get(kind) or {}).items():
                    if kind == "secrets" and name in (draft.document.get(kind) or {}):
                        continue  # production's own: both get the stand-in of that name
                    draft.rewrite((kind, name), body, reason, asked_by=asked_by)
        _answer(draft, host, table.service)


def _refuse_another(draft: Draft, name: str, service: Document, file: str, asked_by: str) -> None:
    """A helper must not take a service's place; one that two stand-ins bring alike may come twice."""
    if draft.get(("services", name)) not in (ABSENT, service):
        raise ConfigError(
            f"{file} brings a service `{name}`, and the definition has one of that name",
            where=asked_by,
            next_step=f"give the one in {file} another name",
        )


def _networks(draft: Draft) -> list[str]:
    if not draft.document.get("networks"):
        draft.add(("networks", "default"), {})
    return list(draft.document["networks"])


def _answer(draft: Draft, host: str, name: str) -> None:
    service = draft.document["services"].get(name)
    if service is None:
        near = difflib.get_close_matches(name, draft.document["services"], n=1)
        raise ConfigError(
            f"the stand-in for {host} names the service `{name}`, which nobody defines",
            where=f'parity.toml: stand-ins."{host}".service',
            next_step=f"did you mean `{near[0]}`?"
            if near
            else "name one of the definition, or add `compose`",
        )
    for network in service.get("networks") or {}:
        add_alias(draft, name, network, host, "production's name resolves to its stand-in")
    for other, body in draft.services():
        hosts = body.get("extra_hosts") or []
        fixed = [line for line in hosts if str(line).split("=")[0].split(":")[0] == host]
        if fixed:
            kept = [line for line in hosts if line not in fixed] or ABSENT
            draft.rewrite(("services", other, "extra_hosts"), kept, f"{host} is answered locally")
