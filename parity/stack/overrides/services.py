"""Services of a cluster: their names and ports lead to the containers behind them.

A Service whose ports are those of its only container is that container's further name. Any other
one has an address of its own, where the gateway answers and hands each connection to the next
container; its made-up address is in no network, so all reach it alike.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from parity.model.document import ABSENT, Document
from parity.model.environment import Loss
from parity.stack.cluster import KEY, Service, addresses, owner, services
from parity.stack.context import Context
from parity.stack.draft import Draft
from parity.stack.hostnames import local_names
from parity.stack.overrides.networks import add_alias
from parity.stack.plan import replicas
from parity.stack.pods import renamed

_RELAYED = "a Service of the cluster: the gateway hands its connections to the containers in turn"
_PLAIN = "a Service of the cluster whose ports are the container's own: a further name of it"
_HEADLESS = "a headless Service: its names are those of the containers"
_OUTSIDE = "a Service that stands for an outside host: refused and recorded unless [egress] allows"
_BY_ADDRESS = "the engine would give the containers' addresses for {}: these are the gateway's"


def apply(draft: Draft, context: Context) -> None:
    """Give every Service its names, and tell the gateway what to relay."""
    del context
    if KEY not in draft.production.document:
        return
    found = services(draft.production.document)
    draft.add((KEY,), {"names": sorted({name for each in found for name in each.names})})
    relayed = [each for each in found if _needs_relay(draft, each)]
    at = addresses([each.name for each in relayed])
    for each in found:
        if each.external:
            _external(draft, each)
        elif each in relayed:
            _relay(draft, each, at[each.name])
        else:
            _alias(draft, each)
    _fix_addresses(draft, {name: at[each.name] for each in relayed for name in each.names})


def owners(draft: Draft, service: Service) -> tuple[str, ...]:
    """The services with a network namespace behind a Service, each once."""
    known = draft.document["services"]
    found = [owner(known, name) for name in service.backends if name in known]
    return tuple(dict.fromkeys(found))


def _pods(draft: Draft, first: str) -> list[str]:
    """The owner of a pod, and those of the pods that were copied from it."""
    copies: list[str] = []
    while renamed(first, len(copies) + 2) in draft.document["services"]:
        copies.append(renamed(first, len(copies) + 2))
    return [first, *copies]


def _needs_relay(draft: Draft, service: Service) -> bool:
    if service.external:
        return False
    behind = owners(draft, service)
    # A name that the engine gives to another container can only be told apart by address.
    others = {name.lower() for name in draft.document["services"]} - set(behind)
    if others & set(service.names):
        return True
    if service.headless:
        return False
    known = draft.document["services"]
    several = len(behind) != 1 or replicas(known[behind[0]]) > 1 or _pods(draft, behind[0])[1:]
    return bool(several) or any(port.port != port.target for port in service.ports)


def _relay(draft: Draft, service: Service, address: str) -> None:
    behind = owners(draft, service)
    ports = [
        {
            "port": port.port,
            "protocol": port.protocol,
            "target": port.target,
            "backends": list(behind),
        }
        for port in service.ports
        if port.protocol in ("tcp", "udp")
    ]
    for port in service.ports:
        if port.protocol not in ("tcp", "udp"):
            path = f"{KEY}.services.{service.name}.ports.{port.port}"
            reason = f"the gateway relays TCP and UDP, not {port.protocol}"
            draft.losses.append(Loss(path, port.protocol, reason))
    told = {"name": service.name, "names": list(service.names), "address": address, "ports": ports}
    draft.relay = replace(draft.relay, services=(*draft.relay.services, told))
    _withdraw(draft, service)
    _tell(draft, service, f"relayed by the gateway at {address}", _RELAYED)


def _withdraw(draft: Draft, service: Service) -> None:
    """Take the Service's names off the containers: the engine would answer with their addresses."""
    for name, body in draft.services():
        for network, settings in (body.get("networks") or {}).items():
            aliases = (settings or {}).get("aliases") or []
            kept = [alias for alias in aliases if alias.lower() not in service.names]
            # A name of the container's own service stays: it is how the gateway finds it.
            kept += [a for a in aliases if a not in kept and a in draft.document["services"]]
            if len(kept) != len(aliases):
                path = ("services", name, "networks", network, "aliases")
                draft.rewrite(path, kept or ABSENT, f"the Service {service.name} has an address")


def _alias(draft: Draft, service: Service) -> None:
    reason = _HEADLESS if service.headless else _PLAIN
    behind = owners(draft, service)
    for name in [pod for first in behind for pod in _pods(draft, first)]:
        for network in dict(draft.document["services"][name].get("networks") or {}):
            for alias in service.names:
                # `db-1.db` is one pod's name; the source has given it to that one.
                if alias != name and not _is_of_one_pod(alias, behind):
                    add_alias(draft, name, network, alias, reason)
    _tell(draft, service, f"names of {', '.join(behind) or 'nothing'}", reason)


def _is_of_one_pod(name: str, owners: Iterable[str]) -> bool:
    return any(re.match(rf"{re.escape(first)}-\d+\.", name) for first in owners)


def _external(draft: Draft, service: Service) -> None:
    inside = {name: body for name, body in draft.services() if service.external in _names(body)}
    if service.external in local_names(draft.document) and inside:
        for name, body in inside.items():
            for network in body.get("networks") or {}:
                for alias in service.names:
                    add_alias(draft, name, network, alias, f"stands for {service.external}")
        _tell(draft, service, f"names of {', '.join(inside)}", f"stands for {service.external}")
        return
    names = dict.fromkeys(service.names, service.external)
    draft.relay = replace(draft.relay, aliases={**draft.relay.aliases, **names})
    _tell(draft, service, f"stands for {service.external}", _OUTSIDE)


def _names(body: Document) -> set[str]:
    networks = (body.get("networks") or {}).values()
    return {alias for settings in networks for alias in (settings or {}).get("aliases") or ()}


def _fix_addresses(draft: Draft, at: dict[str, str]) -> None:
    """Names that the engine answers by itself, since a Compose service has them, go into the hosts'
    files: those are read first.
    """
    mine = {name: at[name] for name in sorted(at) if name in _engine_names(draft)}
    if not mine:
        return
    reason = _BY_ADDRESS.format(", ".join(f"`{name}`" for name in mine))
    for name, body in draft.services():
        if body.get("networks"):
            present = body.get("extra_hosts") or []
            hosts = [f"{host}={address}" for host, address in mine.items()]
            draft.rewrite(("services", name, "extra_hosts"), [*present, *hosts], reason)


def _engine_names(draft: Draft) -> Iterable[str]:
    return {name.lower() for name in draft.document["services"]}


def _tell(draft: Draft, service: Service, local: str, reason: str) -> None:
    """List what became of a Service."""
    ports = ", ".join(
        f"{p.port}/{p.protocol}" if p.port == p.target else f"{p.port}/{p.protocol} to {p.target}"
        for p in service.ports
    )
    behind = ", ".join(service.backends) or "no container"
    production = f"ExternalName {service.external}" if service.external else f"{behind}: {ports}"
    draft.rewrite((KEY, "services", service.name), local, reason, production=production)
