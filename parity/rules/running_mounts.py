"""RU: what running containers find in their mounts: rights, stale files, file systems."""

from collections.abc import Iterator

from parity.diff.view import Comparison, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules._live import both_of, decided, names, part, texts
from parity.rules.contract import Found, joint, single

_READS = (Layer.DECLARED, Layer.RUNNING)
_SHOWN = 3


@single(
    "RU015", "running.volume-not-writable", Severity.ERROR, paths=("running.mounts.*",), reads=_READS,
    symptoms=(r"permission denied", r"EACCES", r"read-only file system", r"could not (?:create|write|open)"),
    names=(), since="0.3",
)  # fmt: skip
def volume_not_writable(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A process may write to a mount on one side and not on the other.

    What it compares:
        For each mount whether process 1 may write there, by its user, the owner and the mode of the folder
        as the container has it.

    Why it matters:
        A named volume is made with the owner that the image's folder had, a bind mount has the laptop's
        owner, a platform's volume is root's. The service starts, and the first upload fails.

    Example:
        local: owner `1000:1000`, user 1000
        production: owner `0:0`, user 1000

    What to do:
        `chown` the volume once to the user of the service, or `fsGroup` in Kubernetes.

    When to ignore it:
        When nothing is written there.

    References:
        mount(2); path_resolution(7). Incident volperm-formac-named-volume.
    """
    both = {difference.left, difference.right}
    if difference.path[-1] != "writable" or both != {True, False}:
        return
    target = part(difference, 2)
    said = [s.get("volumes", target, "read_only") for s in both_of(difference, comparison)]
    if said.count(True) == 1:
        return
    one, two = names(comparison)
    has, lacks = (one, two) if difference.left is True else (two, one)
    beside = [("running", "mounts", target, "owner"), ("running", "user")]
    where = [p for p in beside if any(p in s.settings for s in both_of(difference, comparison))]
    owners = [s.get(*beside[0]) for s in both_of(difference, comparison)]
    owner = owners[1] if lacks == two else owners[0]
    belongs = f", where it belongs to {owner}" if isinstance(owner, str) else ""
    yield Found(
        f"process 1 may write to {target} in {has} and not in {lacks}{belongs}",
        f"chown it to the service's user once in {lacks}",
        tuple((difference.service, path) for path in (difference.path, *where)),
    )


@joint(
    "RU016", "running.volume-hides-newer-files", Severity.ERROR, reads=_READS, silent=True,
    symptoms=(r"old (?:version|assets|files)", r"stale", r"404|not found", r"static", r"chunk"), since="0.3",
)  # fmt: skip
def volume_hides_newer_files(side: Side) -> Iterator[Found]:
    """A volume holds other files than the image has at that place, and hides the image's.

    What it compares:
        Files of each volume with those of the same names in the image that runs.

    Why it matters:
        A new volume is filled from the image once, and then stays: after an upgrade the code is new, and
        templates, scripts and assets in the volume are those of the first day. A fresh install works.

    Example:
        local: a fresh volume, the image's files
        production: `/app/static/app.js` of an older release in the volume

    What to do:
        Do not mount a volume over files of the image, or copy them into it at each start.

    When to ignore it:
        When the service itself changes these files.

    References:
        Docker documentation, Volumes: populate a volume. Incidents volume-netbox-static-stale,
        volume-react-server-stale-assets.
    """
    for name, service in side.services.items():
        for path, value in service.under("running", "mounts").items():
            files = texts(value)
            if path[3:] != ("differs-from-image",) or not files:
                continue
            target = str(path[2])
            if service.get("volumes", target, "type") == "bind":
                continue  # sources that are mounted over the image's are there on purpose
            more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
            yield Found(
                f"the volume at {target} holds other files than the image: {', '.join(files[:_SHOWN])}{more}",
                f"copy the image's files into {target} at each start, or mount nothing there",
                ((name, path),),
            )


@single(
    "RU017", "running.mount-differs", Severity.INFO, paths=("running.mounts.*",), reads=_READS,
    symptoms=(r"permission denied", r"exec", r"lock", r"stale file handle|ESTALE", r"inotify"), since="0.3",
)  # fmt: skip
def mount_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A mount forbids to run programs, or lies on a network, on one side only.

    What it compares:
        Whether a mount is `noexec` (a warning), and whether its file system is one of a network.

    Why it matters:
        From a `noexec` mount no program starts and no library loads: "permission denied" for files that are
        executable. Files on a network lock otherwise, tell nobody of changes, and belong to others.

    Example:
        local: `disk`
        production: `nfs4`, `noexec`

    What to do:
        Mount alike; keep programs in the image and databases on local disks.

    When to ignore it:
        Plain data that one process reads and writes.

    References:
        mount(8), noexec; nfs(5).
    """
    target, what = part(difference, 2), difference.path[-1]
    kinds = [s.get("running", "mounts", target, "type") for s in both_of(difference, comparison)]
    if ABSENT in kinds or decided(difference, comparison):
        return
    one, two = names(comparison)
    if what == "noexec":
        where = one if difference.left is True else two
        yield Found(
            f"no program may run from {target} in {where}, which is mounted noexec",
            f"mount {target} alike on both sides, and keep programs in the image",
            severity=Severity.WARNING,
        )
    elif what == "type" and _remote(kinds[0]) is not _remote(kinds[1]):
        yield Found(
            f"{target} is {kinds[0]} in {one} and {kinds[1]} in {two}: locks and notices of changes differ",
            f"keep what needs locks on a local disk, not at {target}",
        )


def _remote(kind: object) -> bool:
    return str(kind).startswith(("nfs", "cifs", "smb", "ceph", "glusterfs", "fuse.s3", "fuse.gcs"))


@single(
    "RU018", "running.case-sensitivity-differs", Severity.WARNING, paths=("running.case-sensitive",),
    reads=_READS, symptoms=(r"cannot find module|module not found", r"no such file", r"case", r"could not resolve"),
    since="0.3",
)  # fmt: skip
def case_sensitivity_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Mounted files are found whatever the case of their names on one side, and not on the other.

    What it compares:
        Whether the file systems of bind mounts tell `a` from `A`.

    Why it matters:
        `import './Button'` finds `button.js` on a Mac and on Windows, and not on Linux: the build fails on
        the server. Two files whose names differ in case alone are one on the laptop.

    Example:
        local: a bind mount of a Mac's folder
        production: files in the image, on Linux

    What to do:
        A check of names in the test run on Linux (`forceConsistentCasingInFileNames`,
        `eslint-plugin-import/no-unresolved` with `caseSensitive`), or sources on a case-sensitive volume.

    When to ignore it:
        When every build runs in the container's own file system.

    References:
        Docker Desktop documentation, file sharing. Incidents case-webpack-heroku-tickets,
        case-docker-for-mac-bind-mounts.
    """
    both = (difference.left, difference.right)
    if ABSENT in both or both[0] == both[1]:
        return
    one, two = names(comparison)
    loose, strict = (one, two) if difference.left is False else (two, one)
    yield Found(
        f"mounted files are found whatever the case of their names in {loose}, and not in {strict}: a wrong "
        "letter shows there only",
        "git config core.ignorecase false, and run the build on Linux before it is merged",
    )
