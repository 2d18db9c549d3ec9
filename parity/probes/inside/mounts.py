"""Mounts of the definition: `mounts.TARGET.type`, `.read-only`, `.noexec`, `.owner`, `.mode`, `.writable`,
`.differs-from-image`, and `case-sensitive`.

Source: proc_pid_mountinfo(5); path_resolution(7) for who may write.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.inside._tables import fields, plain, rows
from parity.probes.inside.contract import Seen, Wants

LAYER = Layer.RUNNING
NAMES: tuple[str, ...] = ("mounts", "case-sensitive")

_MOUNTS, _STATUS = "/proc/1/mountinfo", "/proc/1/status"
_OCTAL = re.compile(r"\\([0-7]{3})")
_WRITE = 0o2
_MOST = 20
_DISKS = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "overlay"})
"""Which of them a disk has makes no difference to programs."""
_SECRETS = "/run/secrets/"


def wants(record: Mapping[str, Any]) -> Wants:
    """The places of its mounts; of volumes the files, to be compared with the image's."""
    return Wants(
        files=(_MOUNTS, _STATUS),
        places=tuple(_targets(record)),
        trees=tuple(volumes(record)),
    )


def volumes(record: Mapping[str, Any]) -> list[str]:
    """Where volumes lie: over what the image may have there."""
    rows_ = (row for row in _list(record.get("Mounts")) if row.get("Type") == "volume")
    return [str(row.get("Destination")) for row in rows_ if row.get("Destination")]


def read(seen: Seen) -> Facts:
    """Mounts that the engine makes for itself are left out."""
    told = dict(_mounted(seen.files.get(_MOUNTS, "")))
    found: dict[str, Any] = {}
    for target in _targets(seen.record):
        place = seen.places.get(target) or {}
        facts = {**told.get(target, {}), **_owner(place, seen), **_stale(target, seen)}
        if facts:
            found[plain(target)] = facts
    values: dict[str, Any] = {"mounts": found} if found else {}
    cases = [seen.places.get(target, {}).get("one-case") for target in _binds(seen.record)]
    if known := [each for each in cases if each is not None]:
        values["case-sensitive"] = not any(known)
    return Facts(values)


def _targets(record: Mapping[str, Any]) -> Iterator[str]:
    rows_ = [str(row.get("Destination") or "") for row in _list(record.get("Mounts"))]
    host = record.get("HostConfig") or {}
    tmpfs = [str(path) for path in host.get("Tmpfs") or {}]
    found = (path for path in dict.fromkeys((*rows_, *tmpfs)) if path)
    return (path for path in found if not path.startswith(_SECRETS))


def _binds(record: Mapping[str, Any]) -> Iterator[str]:
    return (
        str(r.get("Destination")) for r in _list(record.get("Mounts")) if r.get("Type") == "bind"
    )


def _mounted(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """`36 35 98:0 /root /target rw,noatime … - ext4 /dev/root rw`; the last one at a place counts."""
    for words in rows(text):
        if "-" not in words[6:-1]:
            continue
        options = set(words[5].split(","))
        kind = words[words.index("-", 6) + 1 :]
        facts: dict[str, Any] = {"type": "disk" if kind[0] in _DISKS else plain(kind[0])}
        facts["read-only"] = "ro" in options
        if "noexec" in options:
            facts["noexec"] = True
        yield _OCTAL.sub(lambda m: chr(int(m[1], 8)), words[4]), facts


def _owner(place: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    if "uid" not in place:
        return {}
    user, group, mode = int(place["uid"]), int(place["gid"]), int(place["mode"])
    status = fields(seen.files.get(_STATUS, ""))
    mine = status.get("Uid", "").split()[1:2]
    facts = {"owner": f"{user}:{group}", "mode": f"{mode:04o}"}
    if not mine:
        return facts
    groups = {*status.get("Gid", "").split()[1:2], *status.get("Groups", "").split()}
    shift = 6 if mine == [str(user)] else 3 if str(group) in groups else 0
    return {**facts, "writable": mine == ["0"] or bool(mode >> shift & _WRITE)}


def _stale(target: str, seen: Seen) -> dict[str, Any]:
    """Files that the image has at the place, too, with other content."""
    image, here = seen.images.get(target), seen.trees.get(target) or {}
    files: Mapping[str, str] = here.get("files") or {}
    if not image:
        return {}
    other = sorted(name for name, digest in files.items() if image.get(name, digest) != digest)
    return {"differs-from-image": [plain(name) for name in other[:_MOST]]} if other else {}


def _list(value: Any) -> list[Mapping[str, Any]]:
    return value if isinstance(value, list) else []
