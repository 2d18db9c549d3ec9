"""What is mounted into a container: volumes, binds, tmpfs, and Compose's secret files."""

import re

from parity.model.document import Document
from parity.sources.ledger import Node

SECRETS = "/run/secrets/"
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")


def mounts(record: Node, service: Document, document: Document, prefix: str) -> None:
    """Write mounts into the service, and the volumes and secret files that they use."""
    asked = {one.at("Target").text(): one for one in record.at("HostConfig", "Mounts").each()}
    declared = {target for target, _ in record.at("_Image", "Config", "Volumes").entries()}
    volumes: list[Document] = []
    # The engine lists them in any order, another one for each replica.
    for mount in sorted(record.at("Mounts").each(), key=lambda one: one.at("Destination").text()):
        target = mount.at("Destination").text()
        entry = _entry(mount, target, asked.get(target))
        # Where the engine keeps it, and `RW` in another form.
        mount.structure("Name", "Source", "Mode", "Driver")
        if entry["type"] == "bind" and _is_secret(entry):
            _secret(entry, service, document)
            continue
        if entry["type"] == "volume":
            anonymous = bool(_ANONYMOUS.fullmatch(entry["source"]))
            if anonymous and target in declared:
                continue
            _volume(entry, mount, document, prefix, anonymous=anonymous)
        volumes.append(entry)
    if volumes:
        service["volumes"] = sorted(volumes, key=lambda entry: str(entry["target"]))
    _tmpfs(record, service)
    # `Mounts` has them as they were resolved.
    record.at("HostConfig").structure("Binds", "VolumesFrom")


def _entry(mount: Node, target: str, asked: Node | None) -> Document:
    kind = mount.at("Type").text("volume")
    source = mount.at("Name" if kind == "volume" else "Source").text()
    entry: Document = {"type": kind, "source": source, "target": target}
    if not mount.at("RW").flag(default=True):
        entry["read_only"] = True
    propagation = mount.at("Propagation").text()
    if kind == "bind":
        entry["bind"] = {"create_host_path": True}
        if propagation not in ("", "rprivate"):
            entry["bind"]["propagation"] = propagation
    if kind == "tmpfs":
        del entry["source"]
    if asked is not None:
        _options(asked, entry)
    return entry


def _options(asked: Node, entry: Document) -> None:
    asked.structure("Type", "Source", "Target", "ReadOnly")
    asked.at("BindOptions").table().structure("Propagation", "CreateMountpoint")
    size = asked.at("TmpfsOptions", "SizeBytes")
    mode = asked.at("TmpfsOptions", "Mode")
    if size and size.number():
        entry.setdefault("tmpfs", {})["size"] = str(size.number())
    if mode and mode.number():
        entry.setdefault("tmpfs", {})["mode"] = mode.number()
    if asked.at("VolumeOptions", "NoCopy").flag():
        entry["volume"] = {"nocopy": True}
    if asked.at("VolumeOptions", "Subpath").text():
        entry.setdefault("volume", {})["subpath"] = asked.at("VolumeOptions", "Subpath").text()


def _is_secret(entry: Document) -> bool:
    name = str(entry["target"]).removeprefix(SECRETS)
    return f"{SECRETS}{name}" == entry["target"] and "/" not in name and "read_only" in entry


def _secret(entry: Document, service: Document, document: Document) -> None:
    name = str(entry["target"]).removeprefix(SECRETS)
    service.setdefault("secrets", []).append({"source": name, "target": entry["target"]})
    document.setdefault("secrets", {})[name] = {"file": entry["source"]}


def _volume(
    entry: Document, mount: Node, document: Document, prefix: str, *, anonymous: bool
) -> None:
    if anonymous:
        del entry["source"]
        return
    name = entry["source"]
    entry["source"] = short = name.removeprefix(prefix) or name
    table: Document = {"name": name}
    driver = mount.at("Driver").text()
    if driver not in ("", "local"):
        table["driver"] = driver
    document.setdefault("volumes", {})[short] = table


def _tmpfs(record: Node, service: Document) -> None:
    found = []
    for target, options in record.at("HostConfig", "Tmpfs").entries():
        found.append(f"{target}:{options.text()}" if options.text() else target)
    if found:
        service["tmpfs"] = found
