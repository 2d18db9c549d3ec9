"""A container made again from what the engine says of one: same image, settings and names.

The engine's answer to `inspect` is almost what it wants for `create`. What must not be carried over
is said here, once.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated

if TYPE_CHECKING:
    from docker import DockerClient

Attrs = Mapping[str, Any]
"""What `GET /containers/{id}/json` answers. Holds values of secrets: never kept, never shown."""

_OURS_TO_DECIDE = ("MacAddress", "Volumes")
_NETNS = (
    "PortBindings",
    "PublishAllPorts",
    "Dns",
    "DnsOptions",
    "DnsSearch",
    "ExtraHosts",
    "Links",
)


@dataclass(frozen=True)
class Changes:
    """What is to be different.

    `volumes` are volume names by target path; a target that is not named keeps its volume.
    `networks` are network names by the name the original has, `namespace` a container whose network
    namespace is joined instead; `same_address` keeps the addresses, for one that takes the place of
    the original. `labels` are added; None as a value takes one away.
    """

    volumes: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str | None] = field(default_factory=dict)
    networks: Mapping[str, str] | None = None
    namespace: str = ""
    same_address: bool = False
    dns: Sequence[str] | None = None
    host: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)


def body(attrs: Attrs, changes: Changes) -> dict[str, Any]:
    """The engine's `create` body for another container like this one."""
    made: dict[str, Any] = {
        key: copy.deepcopy(value)
        for key, value in attrs["Config"].items()
        if key not in _OURS_TO_DECIDE
    }
    # The tag may have moved since: by id it is the same image.
    made["Image"] = attrs["Image"]
    labels = {**(made.get("Labels") or {}), **changes.labels}
    made["Labels"] = {key: value for key, value in labels.items() if value is not None}
    made |= changes.config
    host = copy.deepcopy(attrs["HostConfig"])
    host |= {"ContainerIDFile": "", "VolumesFrom": None, "Links": None, **_mounts(attrs, changes)}
    if changes.dns is not None:
        host["Dns"] = list(changes.dns)
    made["HostConfig"] = host | changes.host
    _network(made, attrs, changes)
    return made


def _mounts(attrs: Attrs, changes: Changes) -> dict[str, Any]:
    """Volumes as mounts without copying the image's files into them; binds and tmpfs as they are."""
    volumes = {m["Destination"]: m for m in attrs.get("Mounts") or () if m["Type"] == "volume"}
    host = attrs["HostConfig"]
    kept = [m for m in host.get("Mounts") or () if m.get("Target") not in volumes]
    binds = [bind for bind in host.get("Binds") or () if _target(bind) not in volumes]
    for target, mount in volumes.items():
        kept.append(
            {
                "Type": "volume",
                "Source": changes.volumes.get(target, mount["Name"]),
                "Target": target,
                "ReadOnly": not mount.get("RW", True),
                "VolumeOptions": {"NoCopy": target in changes.volumes},
            }
        )
    return {"Binds": binds or None, "Mounts": kept}


def _target(bind: str) -> str:
    parts = bind.split(":")
    return parts[1] if len(parts) > 1 else ""


def _network(made: dict[str, Any], attrs: Attrs, changes: Changes) -> None:
    host = made["HostConfig"]
    if changes.namespace:
        host["NetworkMode"] = f"container:{changes.namespace}"
        for key in _NETNS:
            host.pop(key, None)
        for key in ("Hostname", "Domainname", "ExposedPorts"):
            made.pop(key, None)
        return
    mode = str(host.get("NetworkMode") or "")
    if mode.startswith("container:") or mode in ("none", "host"):
        for key in ("Hostname", "Domainname", "ExposedPorts") if mode != "none" else ():
            made.pop(key, None)
        return
    names = changes.networks or {}
    found = attrs["NetworkSettings"]["Networks"] or {}
    if mode in names:
        host["NetworkMode"] = names[mode]
    made["NetworkingConfig"] = {
        "EndpointsConfig": {
            names.get(name, name): _endpoint(settings, attrs, same=changes.same_address)
            for name, settings in found.items()
        }
    }


def _endpoint(settings: Mapping[str, Any], attrs: Attrs, *, same: bool) -> dict[str, Any]:
    short = attrs["Id"][:12]
    aliases = [alias for alias in settings.get("Aliases") or () if alias != short]
    made: dict[str, Any] = {"Aliases": aliases, "DriverOpts": settings.get("DriverOpts")}
    if same and settings.get("IPAddress"):
        # Whoever looked the name up once and kept the answer finds it again.
        made["IPAMConfig"] = {"IPv4Address": settings["IPAddress"]}
    return made


def create(client: "DockerClient", name: str, made: dict[str, Any]) -> str:
    """Create a container of such a body, connected to all its networks; its id.

    Engines before API 1.44 take one network at creation; the others are connected before the start.
    """
    api: Any = client.api
    made = dict(made)
    wanted = dict((made.get("NetworkingConfig") or {}).get("EndpointsConfig") or {})
    first = made["HostConfig"].get("NetworkMode")
    if wanted:
        first = first if first in wanted else next(iter(wanted))
        made["HostConfig"] = {**made["HostConfig"], "NetworkMode": first}
        made["NetworkingConfig"] = {"EndpointsConfig": {first: wanted.pop(first)}}
    with translated():
        found = str(api.create_container_from_config(made, name)["Id"])
        for network, settings in wanted.items():
            data = {"Container": found, "EndpointConfig": settings}
            answer = api._post_json(api._url("/networks/{0}/connect", network), data=data)  # noqa: SLF001 - the SDK's own method drops options
            api._raise_for_status(answer)  # noqa: SLF001
    return found
