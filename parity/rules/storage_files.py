"""FS: volumes' insides, and files that a definition brings: configuration and secrets."""

import re
from collections.abc import Iterator
from typing import Any

from parity.diff.view import Comparison, Service
from parity.model.difference import Difference, Kind
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules import storage_mounts as folders
from parity.rules.contract import Found, single
from parity.rules.proxy_nginx import looks_like_nginx

_ENTRY = 2
"""Length of the path of a whole mount, config or secret."""
_KEY = re.compile(r"^\s*[\"'-]?\s*([A-Za-z_][\w./-]*)")
_COMMENT = re.compile(r"^\s*(?:#|//|;|--|<!--)")
_SEEDS = re.compile(r"docker-entrypoint-initdb\.d|/fixtures?/|/seeds?/|initdb")
_NOT_CONFIG = re.compile(
    r"\.(?:sock|pem|crt|cer|key|p12|jks|lock|md)$|/(?:localtime|timezone|hosts|resolv\.conf|passwd|group)$"
)
_MOST = 4
"""Keys named in a message."""


def _names(difference: Difference, comparison: Comparison) -> tuple[str, str]:
    """The names of the side that has it and of the one that does not."""
    names = comparison.left.name, comparison.right.name
    return names if difference.right is ABSENT else (names[1], names[0])


@single(
    "FS009",
    "storage.subpath-differs",
    Severity.WARNING,
    paths=("volumes",),
    silent=True,
    since="0.2",
)
def subpath_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Another part of a volume is mounted on the other side.

    What it compares:
        `volume.subpath` of mounts at one path.

    Why it matters:
        The service finds an empty folder, or another service's files, where the other side has its own.

    Example:
        local: `volumes: [{type: volume, source: data, target: /data}]`
        production: the same with `volume: {subpath: shop}`

    What to do:
        Mount the same part on both sides.

    When to ignore it:
        When the volumes are laid out differently on purpose.

    References:
        Compose Specification on volumes; Kubernetes documentation on subPath.
    """
    del comparison
    if difference.path[2:] == ("subpath",):
        shown = [
            "the whole" if v is ABSENT else f"`{v}`" for v in (difference.left, difference.right)
        ]
        yield Found(
            f"{difference.path[1]} is {shown[0]} of its volume on the left and {shown[1]} on the right",
            "mount the same subpath on both sides",
        )


@single(
    "FS010", "storage.volume-driver-differs", Severity.WARNING, paths=("volumes",),
    symptoms=("lock", "stale file handle", "permission denied", "slow"), since="0.2",
)  # fmt: skip
def volume_driver_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A volume is on another kind of storage on the other side: a disk here, a network share there.

    What it compares:
        `driver` and the option `type` of the environment's volumes.

    Why it matters:
        On a network share locks work otherwise or not at all, owners are mapped, renames are slow, and
        change notices never come. Databases on it may lose data.

    Example:
        local: `volumes: {media: {}}`
        production: `volumes: {media: {driver_opts: {type: nfs, o: "addr=10.0.0.5", device: ":/media"}}}`

    What to do:
        Know which calls the service makes on the volume, and test them on the same kind of storage.

    When to ignore it:
        Volumes that are only read.

    References:
        Docker documentation on volume drivers; nfs(5).
    """
    if difference.service or difference.path[2:] not in (("driver",), ("driver_opts", "type")):
        return
    shown = [
        "the machine's disk" if v in (ABSENT, "local", "none") else str(v)
        for v in (difference.left, difference.right)
    ]
    if shown[0] != shown[1]:
        yield Found(
            f"the volume `{difference.path[1]}` is on {shown[0]} in {comparison.left.name} "
            f"and on {shown[1]} in {comparison.right.name}",
            "use the same kind of storage where the service locks, renames or watches files",
        )


@single(
    "FS011",
    "storage.configuration-differs",
    Severity.INFO,
    paths=("configs", "volumes"),
    since="0.2",
)
def configuration_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A configuration file has another content on the other side.

    What it compares:
        The content of configs and mounted text files at one path, without comments and empty lines.

    Why it matters:
        A file decides as much as variables do, and is looked at less often.

    Example:
        local: `app.ini` with `workers = 2`
        production: `app.ini` with `workers = 16` and `cache = redis`

    What to do:
        Keep one file, and let variables say what has to differ.

    When to ignore it:
        Host names and paths of each environment.

    References:
        Incidents pg-statement-timeout-strong-migrations, env-dinference-53-knobs.
    """
    del comparison
    if difference.path[-1] != "content" or difference.kind is Kind.INVISIBLE:
        return
    one, two = difference.left, difference.right
    if not (isinstance(one, str) and isinstance(two, str)):
        return
    if looks_like_nginx(str(one)) and looks_like_nginx(str(two)):
        return  # compared by directive
    lines = [_lines(str(text)) for text in (one, two)]
    changed = [line for line in (*lines[0], *lines[1]) if (line in lines[0]) != (line in lines[1])]
    if changed:
        keys = list(dict.fromkeys(m[1] for line in changed if (m := _KEY.match(line))))
        more = f" and {len(keys) - _MOST} more" if len(keys) > _MOST else ""
        about = f", at {', '.join(keys[:_MOST])}{more}" if keys else ""
        yield Found(
            f"{difference.path[1]} differs in {len(changed)} line{'s' * (len(changed) > 1)}{about}",
            "keep one file for both, and let variables say what has to differ",
        )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not _COMMENT.match(line)]


@single(
    "FS012",
    "storage.configuration-missing",
    Severity.WARNING,
    paths=("configs", "volumes"),
    since="0.2",
)
def configuration_missing(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A configuration file is brought on one side only.

    What it compares:
        Configs and mounted files that are configuration by their names. Certificates, time zones, host
        lists and sockets are left out; seeds of databases are an information.

    Why it matters:
        Without the file the program uses the one inside the image, or its defaults, and starts all the
        same.

    Example:
        local: `volumes: ["./my.cnf:/etc/mysql/conf.d/my.cnf"]`
        production: no such mount

    What to do:
        Bring the file on both sides, or put it into the image.

    When to ignore it:
        When the image of the other side holds the same file.

    References:
        Incidents mysql-packet-altis-local, nginx-body-size-cloudinary; Compose Specification on configs.
    """
    target = str(difference.path[1]) if len(difference.path) == _ENTRY else ""
    if not target or ABSENT not in (difference.left, difference.right) or not difference.service:
        return
    given = difference.left if difference.right is ABSENT else difference.right
    kind = given.get("type") if isinstance(given, dict) else ""
    if difference.path[0] == "volumes" and (kind != "bind" or not folders.is_file(target)):
        return
    if _NOT_CONFIG.search(target) or _covered(difference, comparison, target):
        return
    has, lacks = _names(difference, comparison)
    yield Found(
        f"the file {target} is brought in {has}, and {lacks} uses what the image holds",
        f"bring {target} in {lacks} too",
        severity=Severity.INFO if _SEEDS.search(target) else None,
    )


def _covered(difference: Difference, comparison: Comparison, target: str) -> bool:
    """Whether the other side brings the file another way: as a config, a mount, or in a folder."""
    both = comparison.pair(difference.service)
    if both is None:
        return False
    other = both.right if difference.right is ABSENT else both.left
    files = {str(path[1]) for path in other.settings if path[0] in ("configs", "secrets")}
    mounted = (mount.target for mount in folders.mounts(other))
    return target in files or any(target == m or target.startswith(f"{m}/") for m in mounted)


@single(
    "FS013", "storage.secret-missing", Severity.WARNING, paths=("secrets",),
    symptoms=("no such file", "ENOENT", "password authentication failed", "access denied"), since="0.2",
)  # fmt: skip
def secret_missing(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A secret is mounted as a file on one side only.

    What it compares:
        `secrets` of the service, by the file that the program reads. A variable of the same name on the
        other side is left to the rule that speaks of both.

    Why it matters:
        The program opens a file that is not there: it stops, or goes on without a password.

    Example:
        local: no `secrets`
        production: `secrets: [db_password]`

    What to do:
        Declare the secret on both sides; locally it can come from a file that git ignores.

    When to ignore it:
        Secrets of services that only production calls.

    References:
        Compose Specification on secrets; Docker documentation on Swarm secrets.
    """
    both = comparison.pair(difference.service)
    if len(difference.path) != _ENTRY or both is None:
        return
    if ABSENT not in (difference.left, difference.right):
        return
    target = str(difference.path[1])
    here, other = (both.left, both.right) if difference.right is ABSENT else (both.right, both.left)
    variable = re.sub(r"[^A-Z0-9]", "_", target.rpartition("/")[2].upper())
    if other.has_env(variable) or _covered(difference, comparison, target):
        return
    has, lacks = _names(difference, comparison)
    moved = next(
        (each for each in sorted(_secrets(other) - _secrets(here)) if _last(each) == _last(target)),
        "",
    )
    if moved and difference.right is not ABSENT:
        yield Found(
            f"the secret {_last(target)} is at {target} in {has} and at {moved} in {lacks}",
            "mount it at the same path on both sides",
            tuple((difference.service, ("secrets", each)) for each in (target, moved)),
        )
    elif not moved:
        yield Found(
            f"the secret {target} is a file in {has} and is not there in {lacks}",
            f"declare the secret in {lacks} too",
        )


def _secrets(service: Service) -> set[str]:
    return {str(path[1]) for path in service.settings if path[0] == "secrets"}


def _last(target: str) -> str:
    return target.rpartition("/")[2]


@single(
    "FS014", "storage.file-rights-differ", Severity.WARNING, paths=("secrets", "configs"),
    symptoms=("permission denied", "EACCES", "bad permissions", "too open"), since="0.2",
)  # fmt: skip
def file_rights_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A secret or configuration file has another owner or other rights on the other side.

    What it compares:
        `uid`, `gid` and `mode` of secrets and configs: who may read and who may execute. Without them the
        file is root's and everybody may read it.

    Why it matters:
        A process that is not root cannot open the file, and ssh and databases refuse keys that others may
        read. Compose ignores these fields for secrets from files, Swarm and Kubernetes do not.

    Example:
        local: `secrets: [key]`, readable by everybody
        production: `secrets: [{source: key, uid: "999", mode: "0400"}]`

    What to do:
        Set the same owner and mode on both sides, and run as the same user.

    When to ignore it:
        When the service runs as root.

    References:
        Incidents umask-icinga-077, umask-aws-installer-yjs; Compose Specification on secrets.
    """
    name = str(difference.path[-1])
    if len(difference.path) != _ENTRY + 1 or name not in ("uid", "gid", "mode"):
        return
    shown = [_effective(name, v) for v in (difference.left, difference.right)]
    meaning = [_meaning(v) if name == "mode" else v for v in shown]
    if meaning[0] != meaning[1]:
        yield Found(
            f"{difference.path[1]} has {name} {shown[0]} in {comparison.left.name} "
            f"and {shown[1]} in {comparison.right.name}",
            f"set {name} alike on both sides",
        )


def _effective(name: str, value: Any) -> str:
    if value is ABSENT:
        return "444" if name == "mode" else "0"
    return str(value)


def _meaning(mode: str) -> tuple[int, int] | str:
    """Who may read and who may execute."""
    try:
        number = int(mode, 8)
    except ValueError:
        return mode
    return number & 0o444, number & 0o111
