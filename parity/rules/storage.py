"""FS: folders: code under mounts, data that lasts or does not, volumes over what an image holds."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, Service, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules import storage_mounts as folders
from parity.rules.contract import Found, joint, pair, single
from parity.rules.proxy_edges import once

_NODE = re.compile(r"^(?:\S*/)?(?:npm|npx|yarn|pnpm|next|nest|vite|nodemon|node|turbo|ng)\b")
_DENIED = ("permission denied", "EACCES", "not writable", "EPERM")


@pair(
    "FS001", "storage.code-mounted", Severity.WARNING,
    symptoms=("module not found", "no such file", "cannot find module", "works locally", "case"), paths=("volumes",), since="0.2",
)  # fmt: skip
def code_mounted(pair: ServicePair) -> Iterator[Found]:
    """A folder of the machine lies over the image's code on one side only.

    What it compares:
        Bind mounts over folders where an image keeps its program (`/app`, `/code`, `/usr/src`,
        `/var/www`, the working directory), on one side and not on the other.

    Why it matters:
        The program that runs is the folder's, not the image's. On a Mac the folder does not tell upper
        from lower case, and anybody may write to it: a wrong case in an import and a missing file in the
        image show after deployment. In production it replaces what was tested.

    Example:
        local: `volumes: [".:/app"]`
        production: the code inside the image

    What to do:
        Run the tests without the mount as well, as `parity up` does; keep the mount in a file of its own
        that production never loads.

    When to ignore it:
        While developing; before a release the image should have run without the mount.

    References:
        Incidents case-docker-for-mac-bind-mounts, mount-suitenumerique-hides-next, compose-override-enclavr.
    """
    sides = pair.left, pair.right
    mine = [{m.path: m for m in _code(side)} for side in sides]
    for here, there, side in ((0, 1, "left"), (1, 0, "right")):
        only = [m for path, m in mine[here].items() if not _brings(sides[there], m.target)]
        if only:
            yield Found(
                f"a folder of the machine lies over the image's {', '.join(m.target for m in only)} "
                f"on the {side}, and the image's own files are there on the other side",
                "run the image without the mount before a release, and keep it out of production's files",
                tuple((pair.name, mount.path) for mount in only),
            )


def _code(service: Service) -> Iterator[folders.Mount]:
    for mount in folders.mounts(service):
        if mount.kind == "bind" and folders.is_code(mount.target, service):
            yield mount


def _brings(service: Service, target: str) -> bool:
    """Whether another mount brings the same folder."""
    return any(
        m.kind != "tmpfs" and folders.holds(m.target, target) for m in folders.mounts(service)
    )


@joint(
    "FS002", "storage.mount-hides-dependencies", Severity.WARNING,
    symptoms=("command not found", "cannot find module", "module not found", "not found", "invalid ELF header"),
    since="0.2",
)  # fmt: skip
def mount_hides_dependencies(side: Side) -> Iterator[Found]:
    """A folder mounted over the program hides the packages that the image installed beside it.

    What it compares:
        Bind mounts over a Node program's folder without a volume at its `node_modules`, and over a folder
        whose `.venv` the command or a variable names.

    Why it matters:
        The container sees the machine's packages: none on a fresh checkout ("next: not found"), or ones
        built for another system ("invalid ELF header").

    Example:
        local: `volumes: [".:/app"]`, `command: npm run dev`
        production: the packages inside the image

    What to do:
        Keep the image's packages: add the volume `/app/node_modules`, or mount only `./src:/app/src`.

    When to ignore it:
        When packages are installed by the command at every start.

    References:
        Incidents mount-suitenumerique-hides-next, dockerignore-basyx-platform.
    """
    for name, service in side.services.items():
        line = " ".join(map(str, service.words))
        if "install" in line or "npm ci" in line:
            continue
        for mount in _code(service):
            hidden = _hidden_folder(mount.target, service, line)
            if hidden and not any(m.target == hidden for m in folders.mounts(service)):
                yield Found(
                    f"the folder mounted at {mount.target} hides what the image installed in {hidden}",
                    f'volumes: ["{hidden}"] beside the mount, or mount only the sources',
                    ((name, mount.path),),
                )


def _hidden_folder(target: str, service: Service, line: str) -> str:
    texts = [
        line,
        *(str(value) for name, value in service.environment() if name in ("PATH", "VIRTUAL_ENV")),
    ]
    for text in texts:
        match = re.search(rf"{re.escape(target)}/(\.?venv)\b", text)
        if match:
            return f"{target}/{match[1]}"
    is_node = bool(_NODE.match(line)) or (not line and service.has_env("NODE_ENV"))
    return f"{target}/node_modules" if is_node and folders.is_program(target, service) else ""


@single("FS003", "storage.data-not-kept", Severity.WARNING, silent=True, since="0.2")
def data_not_kept(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A database keeps its data on one side and loses it with its container on the other.

    What it compares:
        Whether a volume or folder that outlives the container is at the store's data folder: not one
        without a name, not memory, not a pod's own.

    Why it matters:
        The next update of the image replaces the container, and the data with it, without an error. A
        database that starts empty each time also never shows what an old one does.

    Example:
        local: `volumes: ["db:/var/lib/postgresql/data"]`
        production: no volume

    What to do:
        Mount a named volume at the data folder.

    When to ignore it:
        Throw-away databases of a test run.

    References:
        Docker documentation on volumes; incident order-keploy-pg-isready-socket.
    """
    if not once(difference, comparison):
        return
    for both in comparison.pairs:
        sides = (both.left, comparison.left), (both.right, comparison.right)
        found = [folders.data_folder(service) for service, _ in sides]
        if not all(found):
            continue
        kept = [folders.lasting(*side, folder) for side, folder in zip(sides, found, strict=True)]
        if (kept[0] is None) != (kept[1] is None):
            lost = comparison.left if kept[0] is None else comparison.right
            mount = kept[0] or kept[1]
            folder = found[0] if kept[0] is None else found[1]
            if mount is not None:
                yield Found(
                    f"the data in {folder} is lost with the container in {lost.name}, "
                    "and kept on the other side",
                    f'volumes: ["{both.name}-data:{mount.target}"]',
                    ((both.name, mount.path),),
                )


@single("FS004", "storage.uploads-not-kept", Severity.WARNING, silent=True, since="0.2")
def uploads_not_kept(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Users' files are kept on one side and lost with the container on the other.

    What it compares:
        Mounts at folders called media, uploads, storage or attachments that one side has and the other
        has not.

    Why it matters:
        Files are written either way. Without the mount they vanish with the next deployment, and other
        replicas never see them.

    Example:
        local: `volumes: ["./media:/app/media"]`
        production: no mount

    What to do:
        Mount a volume at the folder, or use the object store on both sides.

    When to ignore it:
        When the other side writes to an object store instead.

    References:
        Incident rofs-planka-uploads; Docker documentation on volumes.
    """
    if not once(difference, comparison):
        return
    for both in comparison.pairs:
        sides = (both.left, comparison.left), (both.right, comparison.right)
        for (one, mine), (two, other) in (sides, sides[::-1]):
            for mount in folders.mounts(one):
                if (
                    not folders.is_kept(mount.target)
                    or folders.lasting(one, mine, mount.target) is None
                ):
                    continue
                if not any(folders.covers(m.target, mount.target) for m in folders.mounts(two)):
                    yield Found(
                        f"what is written to {mount.target} is kept in {mine.name} "
                        f"and lost with the container in {other.name}",
                        f"mount a volume at {mount.target} on both sides",
                        ((both.name, mount.path),),
                    )


@single(
    "FS005",
    "storage.mount-type-differs",
    Severity.WARNING,
    paths=("volumes",),
    symptoms=_DENIED,
    since="0.2",
)
def mount_type_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A folder of the machine on one side is a volume on the other.

    What it compares:
        The type of mounts at one path: bind or volume.

    Why it matters:
        A new volume takes content and owner from the image, a folder hides the image's content and keeps
        the machine's owner. On a Mac everybody may write to a folder; on Linux only its owner may, so
        that another user is refused in production.

    Example:
        local: `volumes: ["./var:/var/www/html/var"]`
        production: `volumes: ["var:/var/www/html/var"]`

    What to do:
        Use a volume on both sides, and let the image create the folder with the right owner.

    When to ignore it:
        When the service runs as root on both sides.

    References:
        Incidents volperm-formac-named-volume, volume-react-server-stale-assets.
    """
    if difference.path[2:] != ("type",) or ABSENT in (difference.left, difference.right):
        return
    kinds = {str(difference.left), str(difference.right)}
    both = comparison.pair(difference.service)
    target = str(difference.path[1])
    if kinds != {"bind", "volume"} or both is None or folders.is_file(target):
        return
    words = {"bind": "a folder of the machine", "volume": "a volume"}
    yield Found(
        f"{target} is {words[str(difference.left)]} in {comparison.left.name} "
        f"and {words[str(difference.right)]} in {comparison.right.name}: owner and first content differ",
        f"use one type at {target} on both sides",
        tuple((difference.service, ("volumes", target, part)) for part in ("type", "source")),
    )


@single(
    "FS006", "storage.read-only-mount", Severity.WARNING, paths=("volumes",),
    symptoms=("read-only file ?system", "EROFS"), since="0.2",
)  # fmt: skip
def read_only_mount(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A folder may be written on one side only.

    What it compares:
        `read_only` of mounts that both sides have at one path. Single files are left out.

    Why it matters:
        What writes there works on one side and fails with "read-only file system" on the other.

    Example:
        local: `volumes: ["data:/data"]`
        production: `volumes: ["data:/data:ro"]`

    What to do:
        Mount it the same way on both sides.

    When to ignore it:
        Folders that the service never writes.

    References:
        Incident rofs-openobserve-cache; Compose Specification on volumes.
    """
    target = str(difference.path[1]) if len(difference.path) > 1 else ""
    both = comparison.pair(difference.service)
    if difference.path[2:] != ("read_only",) or both is None or folders.is_file(target):
        return
    if any(s.get("volumes", target, "content") is not ABSENT for s in (both.left, both.right)):
        return
    side = comparison.left if difference.left is True else comparison.right
    yield Found(
        f"{target} is read-only in {side.name} and can be written on the other side",
        f"mount {target} the same way on both sides",
    )
