"""A container on a copy of a service's data that reaches nobody, and that nobody reaches.

Nothing of the origin is mounted for writing, and neither its name nor its labels are the service's.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from parity.engine import recreate
from parity.engine.recreate import Attrs
from parity.stack import labels as ours
from parity.state.engines.contract import DataEngine

ROLE = "settle"
"""Role of such a container."""


def body(
    attrs: Attrs,
    engine: DataEngine,
    mounts: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    more: Sequence[str] = (),
) -> dict[str, Any]:
    """The Docker Engine's `create` body; `more` are further arguments of the server."""
    config = attrs["Config"]
    changed: dict[str, Any] = {
        "Labels": {ours.ROLE: ROLE, **labels},
        "Healthcheck": {"Test": ["NONE"]},
        "StopSignal": engine.stop_signal,
        "ExposedPorts": None,
        # A node that files its data under its name would find nothing under another one.
        "Hostname": _hostname(attrs),
    }
    words = (*engine.arguments(attrs), *more)
    if words and engine.takes_arguments(attrs):
        changed["Cmd"] = [*(config.get("Cmd") or ()), *words]
    made = recreate.body(attrs, recreate.Changes(config=changed, host=_unconnected(attrs)))
    made["HostConfig"] |= _mounted(made["HostConfig"], mounts)
    return made


def _hostname(attrs: Attrs) -> str:
    return str(attrs["Config"].get("Hostname") or attrs["Id"][:12])


def _unconnected(attrs: Attrs) -> dict[str, Any]:
    host = attrs["HostConfig"]
    shared = ("IpcMode", "PidMode", "UTSMode")
    return {
        "NetworkMode": "none",
        "PortBindings": None,
        "PublishAllPorts": False,
        "RestartPolicy": {"Name": "no"},
        "AutoRemove": False,
        # Without a network the engine writes down no address for its own name.
        "ExtraHosts": [*(host.get("ExtraHosts") or ()), f"{_hostname(attrs)}:127.0.0.1"],
        # Its last words are read from here when it fails.
        "LogConfig": {"Type": "json-file", "Config": {}},
        **{key: "" for key in shared if _of_another(str(host.get(key) or ""))},
    }


def _of_another(mode: str) -> bool:
    """Whether a namespace is another container's or the host's."""
    return ":" in mode or mode == "host"


def _mounted(host: Mapping[str, Any], mounts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The given mounts. Of the origin's own its files, read-only, and volumes that it only reads:
    with one that it writes to, the copy would write to live data.
    """
    taken = {mount["Target"] for mount in mounts}
    kept = [
        {**mount, "ReadOnly": True} if mount["Type"] == "bind" else mount
        for mount in host.get("Mounts") or ()
        if mount["Target"] not in taken and _harmless(mount)
    ]
    binds = [
        _read_only(bind) for bind in host.get("Binds") or () if bind.split(":")[1] not in taken
    ]
    return {"Binds": binds or None, "Mounts": [*kept, *map(dict, mounts)]}


def _harmless(mount: Mapping[str, Any]) -> bool:
    return mount["Type"] in ("bind", "tmpfs") or bool(mount.get("ReadOnly"))


def _read_only(bind: str) -> str:
    source, target, *options = bind.split(":")
    words = [word for word in ",".join(options).split(",") if word and word not in ("rw", "ro")]
    return ":".join((source, target, ",".join(["ro", *words])))
