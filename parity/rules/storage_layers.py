"""FS: what lies over an image's folders without being kept: memory, and volumes that hide an update."""

from collections.abc import Iterator

from parity.diff.view import Service, ServicePair
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules import storage_mounts as folders
from parity.rules.contract import Found, pair


@pair(
    "FS007",
    "storage.memory-instead-of-disk",
    Severity.WARNING,
    silent=True,
    paths=("volumes", "tmpfs"),
    since="0.2",
)
def memory_instead_of_disk(pair: ServicePair) -> Iterator[Found]:
    """A folder is kept in memory on one side only.

    What it compares:
        tmpfs mounts at folders other than scratch ones (/tmp, /run, caches).

    Why it matters:
        What is written there is gone at the next restart and counts as the service's memory. A tmpfs
        hides what the image holds at the folder.

    Example:
        local: `tmpfs: [/var/lib/queue]`
        production: `volumes: ["queue:/var/lib/queue"]`

    What to do:
        Use the same kind of mount on both sides.

    When to ignore it:
        Databases of a test run that are meant to be fast and forgotten.

    References:
        Docker documentation on tmpfs mounts.
    """
    sides = [{m.target: m for m in folders.mounts(side)} for side in (pair.left, pair.right)]
    for here, there, name in ((0, 1, "left"), (1, 0, "right")):
        for target, mount in sides[here].items():
            other = sides[there].get(target)
            if mount.kind != "tmpfs" or (other and other.kind == "tmpfs"):
                continue
            if other is None and folders.SCRATCH.search(target):
                continue
            at: list[tuple[str, Path]] = [(pair.name, mount.path)]
            if other is not None:
                at.append((pair.name, other.path))
                if mount.field == other.field:
                    at = [(pair.name, (*mount.path, "type"))]
            what = {"bind": "on disk", "volume": "in a volume"}.get(
                other.kind if other else "", "in the image"
            )
            yield Found(
                f"{target} is in memory on the {name} and {what} on the other side",
                f"use one kind of mount at {target} on both sides",
                tuple(at),
            )


@pair(
    "FS008",
    "storage.volume-over-assets",
    Severity.WARNING,
    silent=True,
    paths=("volumes", "tmpfs"),
    since="0.2",
)
def volume_over_assets(pair: ServicePair) -> Iterator[Found]:
    """A volume lies over files that a build made, so that an update of the image does not reach them.

    What it compares:
        Volumes at folders of code or of built files (`dist`, `build`, `public`, `static`, `html`, …) that
        one side has and the other has not.

    Why it matters:
        A volume is filled from the image once, when it is empty. After the next deployment the container
        has the new program and the old files, without an error.

    Example:
        local: the files inside the image
        production: `volumes: ["assets:/usr/share/nginx/html"]`

    What to do:
        Leave such files in the image, or copy them into the volume at every start.

    When to ignore it:
        When an entrypoint fills the volume anew at every start.

    References:
        Incidents volume-react-server-stale-assets, volume-netbox-static-stale.
    """
    sides = pair.left, pair.right
    for here, there, side in ((0, 1, "left"), (1, 0, "right")):
        other = {mount.target for mount in folders.mounts(sides[there])}
        over = [m for m in _over_image(sides[here]) if m.target not in other]
        if over:
            names = ", ".join(mount.target for mount in over)
            yield Found(
                f"a volume lies over {names} on the {side}: an update of the image does not reach it",
                f"remove the volume at {names}, or fill it anew at every start",
                tuple((pair.name, mount.path) for mount in over),
            )


def _over_image(service: Service) -> Iterator[folders.Mount]:
    """Volumes over a program or over what a build made."""
    for mount in folders.mounts(service):
        files = folders.is_assets(mount.target) or folders.is_code(mount.target, service)
        if mount.kind == "volume" and files:
            yield mount
