"""The create bodies of a fork: pure, from the blueprint and the fork's own names and subnets."""

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from parity.engine import recreate
from parity.engine.recreate import Attrs
from parity.model.stack import GATEWAY
from parity.stack import labels
from parity.state import blueprint, inspected
from parity.state.blueprint import Blueprint

_PROJECT = "com.docker.compose.project"
_NO_CHECK = {"Test": ["NONE"]}
_FIRST_LISTEN = 21000
"""Inner ports of the gateway for what production does not publish; its own begin at 20000."""


@dataclass(frozen=True)
class Naming:
    """What is the fork's own."""

    stack: str
    origin: str
    labels: Mapping[str, str]
    subnets: Mapping[str, str]
    """Subnet by the name of the origin's network."""

    def network(self, name: str) -> str:
        """A network of the fork by the name of the origin's."""
        return renamed(name, self.origin, self.stack)

    @property
    def networks(self) -> dict[str, str]:
        """All of them."""
        return {name: self.network(name) for name in self.subnets}

    def address(self, name: str) -> str:
        """The gateway's address on a network."""
        return str(ipaddress.IPv4Network(self.subnets[name])[1])


def renamed(name: str, origin: str, stack: str) -> str:
    """A name that begins with the origin's, for the fork."""
    return stack + name.removeprefix(origin) if name.startswith(origin) else f"{stack}_{name}"


def network(found: Attrs, naming: Naming) -> dict[str, Any]:
    """The engine's body for a network like the origin's, with a subnet of its own."""
    name = str(found["Name"])
    marks = {**(found.get("Labels") or {}), **naming.labels, _PROJECT: naming.stack}
    subnet = naming.subnets[name]
    return {
        "Name": naming.network(name),
        "Driver": found.get("Driver", "bridge"),
        "Options": dict(found.get("Options") or {}),
        "IPAM": {"Config": [{"Subnet": subnet, "Gateway": naming.address(name)}]},
        "Labels": marks,
        "CheckDuplicate": True,
    }


def gateway(plan: Blueprint, naming: Naming, published: list[dict[str, Any]]) -> dict[str, Any]:
    """The fork's own gateway: its networks, and every port on a free one of the host."""
    found = plan.gateway
    told = blueprint.settings(found)
    by_key = {blueprint.key(net): str(net["Name"]) for net in plan.networks.values()}
    told["networks"] = [
        {
            **net,
            "subnet": naming.subnets[by_key[net["name"]]],
            "address": naming.address(by_key[net["name"]]),
        }
        for net in told["networks"]
    ]
    told["publish"] = published
    doors = [f"{entry['listen']}/tcp" for entry in (told.get("ingress") or {}).get("entries") or ()]
    listens = [f"{one['listen']}/{one['protocol']}" for one in published] + doors
    changes = recreate.Changes(
        networks=naming.networks,
        labels=_labels(naming),
        config={
            "Env": blueprint.environment(found, told),
            "ExposedPorts": {listen: {} for listen in listens},
        },
        host={
            "PortBindings": {
                listen: [{"HostIp": "127.0.0.1", "HostPort": ""}] for listen in listens
            },
            "RestartPolicy": {"Name": "no"},
        },
    )
    return recreate.body(found, changes)


def published(plan: Blueprint) -> list[dict[str, Any]]:
    """What production publishes, and every other port that a service says it listens on."""
    told = blueprint.settings(plan.gateway)
    found: list[dict[str, Any]] = list(told.get("publish") or ())
    there = {(one["service"], one["port"], one["protocol"]) for one in found}
    taken = {one["listen"] for one in found}
    more = sorted(
        {
            (inspected.service(one), port, protocol)
            for one in plan.attrs
            if inspected.service(one) not in ("", GATEWAY)
            for port, protocol in blueprint.ports(one)
        }
        - there
    )
    free = (port for port in range(_FIRST_LISTEN, 60000) if port not in taken)
    for name, port, protocol in more:
        found.append({"listen": next(free), "protocol": protocol, "service": name, "port": port})
    return found


def holder(attrs: Attrs, naming: Naming, image: str) -> dict[str, Any]:
    """A container that keeps a service's place in the networks while the service is made again."""
    made = recreate.body(attrs, _changes(attrs, naming, {}))
    host = made["HostConfig"]
    sysctls = host.get("Sysctls") or {}
    return {
        "Image": image,
        "Entrypoint": ["sleep", "infinity"],
        "Hostname": made.get("Hostname", ""),
        "Domainname": made.get("Domainname", ""),
        "Labels": {**naming.labels, labels.ROLE: labels.HOLDER},
        "StopSignal": "SIGKILL",
        "HostConfig": {
            "NetworkMode": host["NetworkMode"],
            "Dns": host.get("Dns"),
            "DnsOptions": host.get("DnsOptions"),
            "DnsSearch": host.get("DnsSearch"),
            "ExtraHosts": host.get("ExtraHosts"),
            "Sysctls": {name: value for name, value in sysctls.items() if name.startswith("net.")},
            "RestartPolicy": {"Name": "no"},
        },
        "NetworkingConfig": made["NetworkingConfig"],
    }


def container(
    attrs: Attrs,
    naming: Naming,
    volumes: Mapping[str, str],
    *,
    inside: str = "",
    fresh: bool = False,
) -> dict[str, Any]:
    """The fork's container. `inside` is the id of the one whose network it joins; `fresh` volumes
    are filled from the image, as new ones are.
    """
    made = recreate.body(attrs, _changes(attrs, naming, volumes, inside))
    if inside:
        host = made["HostConfig"]
        sysctls = host.get("Sysctls") or {}
        host["Sysctls"] = {n: value for n, value in sysctls.items() if not n.startswith("net.")}
    if fresh:
        for mount in made["HostConfig"]["Mounts"]:
            if mount["Type"] == "volume":
                mount["VolumeOptions"] = {"NoCopy": False}
    return made


def _changes(
    attrs: Attrs, naming: Naming, volumes: Mapping[str, str], inside: str = ""
) -> recreate.Changes:
    return recreate.Changes(
        volumes=volumes,
        labels=_labels(naming),
        networks=naming.networks,
        namespace=inside,
        dns=_dns(attrs, naming),
        config={"Healthcheck": _NO_CHECK},
        host={"RestartPolicy": _restart(attrs), "AutoRemove": False, "PortBindings": {}},
    )


def _restart(attrs: Attrs) -> dict[str, Any]:
    """As in production while the fork lives; but no engine that starts again brings forks back."""
    policy = dict(attrs["HostConfig"].get("RestartPolicy") or {"Name": "no"})
    return {"Name": "on-failure"} if policy["Name"] in ("always", "unless-stopped") else policy


def _dns(attrs: Attrs, naming: Naming) -> list[str] | None:
    """The fork's gateway where the origin's was."""
    before = attrs["HostConfig"].get("Dns")
    if not before:
        return None
    names = attrs["NetworkSettings"]["Networks"] or {}
    known = [name for name in names if name in naming.subnets]
    return [naming.address(known[0])] if known else list(before)


def _labels(naming: Naming) -> dict[str, str | None]:
    """The fork's own; an editor that looks for its container finds the origin's alone."""
    return {**naming.labels, _PROJECT: naming.stack, **dict.fromkeys(labels.EDITORS)}


def kept(plan: Blueprint, services: Collection[str], *, jobs: bool) -> list[Attrs]:
    """The containers to copy, owners of a shared network first; jobs that are done only where asked."""
    ended = frozenset() if jobs else plan.jobs()
    some = [
        one
        for one in plan.attrs
        if inspected.service(one) in services
        and inspected.service(one) != GATEWAY
        and not (inspected.service(one) in ended and not one["State"]["Running"])
    ]
    ids = {one["Id"] for one in some}
    return sorted(some, key=lambda one: inspected.namespace(one) in ids)
