"""The ingress: the gateway takes requests on this machine and passes them on by host and path."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from parity.model.environment import Loss
from parity.model.stack import PublishedPort
from parity.stack import certificates, cluster
from parity.stack.cluster import KEY, Rule, Service
from parity.stack.context import Context
from parity.stack.draft import Draft
from parity.stack.overrides.ports import FIRST_LISTEN
from parity.stack.overrides.services import owners

NAME = "ingress"
"""What the ports of the ingress are listed as."""
CERTIFICATE, PRIVATE_KEY = "parity-ingress-certificate", "parity-ingress-key"
_REASON = (
    "the cluster's ingress controller is production's: here the gateway routes by host and path"
)
_CERTIFICATE = "the ingress's certificate is production's: one of the local authority"


def apply(draft: Draft, context: Context) -> None:
    """Publish 80, with certificates 443, and tell the gateway the rules."""
    rules = cluster.rules(draft.production.document)
    if not rules:
        return
    known = {service.name: service for service in cluster.services(draft.production.document)}
    routes = [_route(draft, rule, known.get(rule.service)) for rule in rules]
    secure = list(dict.fromkeys(rule.host for rule in rules if rule.tls))
    ports = [80, 443] if secure else [80]
    entries = [_open(draft, context, port) for port in ports]
    secrets = _certificate(draft, context, secure) if secure else ()
    draft.relay = replace(
        draft.relay, entries=tuple(entries), routes=tuple(routes), secrets=secrets
    )


def _route(draft: Draft, rule: Rule, service: Service | None) -> dict[str, Any]:
    port = service.port(rule.port) if service else None
    behind = list(owners(draft, service)) if service else []
    shown = f"{rule.host or '*'}{rule.path}"
    wanted = f"{rule.service}:{rule.port}" if rule.port else rule.service
    if port is None or not behind:
        reason = "no container answers for this Service and port: requests get 503"
        draft.losses.append(Loss(f'{KEY}.ingress["{shown}"]', wanted, reason))
    local = f"{', '.join(behind) or 'nothing'}:{port.target if port else rule.port}"
    draft.rewrite((KEY, "ingress", shown), local, _REASON, production=f"Service {wanted}")
    return {
        "host": rule.host,
        "path": rule.path,
        "type": "Exact" if rule.exact else "Prefix",
        "backends": behind if port else [],
        "port": port.target if port else 80,
    }


def _open(draft: Draft, context: Context, number: int) -> dict[str, Any]:
    port = PublishedPort(
        service=NAME,
        target=number,
        protocol="tcp",
        host_ip=context.project.local.bind_address,
        host_port=context.allocations.port(f"{NAME}:{number}/tcp", "tcp", number),
        listen=FIRST_LISTEN + len(draft.ports),
        declared=str(number),
    )
    draft.ports = (*draft.ports, port)
    return {"listen": port.listen, "tls": number == 443, "public": number}  # noqa: PLR2004


def _certificate(draft: Draft, context: Context, hosts: Sequence[str]) -> tuple[str, str]:
    """Have a certificate for the hosts that production serves with one."""
    names = [host for host in hosts if host]
    shape = f"certificate {NAME}: {', '.join(names)}"
    vault = context.vault
    if not (vault.has(CERTIFICATE, shape=shape) and vault.has(PRIVATE_KEY, shape=shape)):
        chain, key = certificates.issue(context.files, names)
        vault.put(CERTIFICATE, chain, shape=shape)
        vault.put(PRIVATE_KEY, key, shape=shape)
    for name in (CERTIFICATE, PRIVATE_KEY):
        draft.add(("secrets", name), {"file": str(context.files.secret_files / name)})
    draft.rewrite(
        (KEY, "certificate"),
        "of the local authority",
        _CERTIFICATE,
        production=", ".join(names) or "any host",
    )
    return CERTIFICATE, PRIVATE_KEY
