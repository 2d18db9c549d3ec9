"""SE: what a service reaches outside itself: secrets, the engine, the host's devices and groups."""

from collections.abc import Iterator

from parity.diff.view import Comparison, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules.contract import Found, pair, single

_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock")


@pair("SE009", "security.secret-in-another-place", Severity.WARNING, since="0.2")
def secret_in_another_place(pair: ServicePair) -> Iterator[Found]:
    """A secret comes in a variable on one side and in a file on the other.

    What it compares:
        Variables `NAME` of one side with `NAME_FILE` of the other.

    Why it matters:
        Two pieces of code read it. The one for files keeps a newline at the end, needs the right to read
        the file, and is never run locally. Programs that know only one form start without a password.

    Example:
        local: `POSTGRES_PASSWORD=example`
        production: `POSTGRES_PASSWORD_FILE=/run/secrets/db`

    What to do:
        Use the file on both sides: Compose's `secrets` work locally as well.

    When to ignore it:
        Images whose documentation promises both forms.

    References:
        Docker documentation on secrets, Compose Specification; incident hash-dokploy-truncated-secret.
    """
    sides = (pair.left, pair.right)
    if sides[0].variables.keys() == sides[1].variables.keys():
        return
    for here, there, where in ((sides[0], sides[1], "left"), (sides[1], sides[0], "right")):
        for name, _ in here.environment():
            if not name.endswith("_FILE"):
                continue
            plain = name.removesuffix("_FILE")
            if there.has_env(plain) and not here.has_env(plain) and not there.has_env(name):
                at: tuple[tuple[str, Path], ...] = (
                    (pair.name, ("environment", name)),
                    (pair.name, ("environment", plain)),
                )
                yield Found(
                    f"`{plain}` is read from a file on the {where} and from a variable on the other side",
                    f"set {name} on both sides",
                    at,
                )


@single("SE010", "security.engine-socket", Severity.WARNING, paths=("volumes",), since="0.2")
def engine_socket(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The service can talk to the container engine on one side only.

    What it compares:
        Mounts of the engine's socket (`/var/run/docker.sock` and its likes).

    Why it matters:
        What lists, starts or watches containers through the socket finds none without it. Whoever has the
        socket is root on the host.

    Example:
        local: `volumes: [/var/run/docker.sock:/var/run/docker.sock]`
        production: no such mount

    What to do:
        Mount it on both sides (read-only, behind a socket proxy), or on none.

    When to ignore it:
        Developers' tools that show or restart containers.

    References:
        Docker documentation, protect the Docker daemon socket.
    """
    target = str(difference.path[1]) if len(difference.path) > 1 else ""
    if len(difference.path) == 2 and target.rpartition("/")[2] in _SOCKETS:  # noqa: PLR2004 - the whole mount
        names = comparison.left.name, comparison.right.name
        has, lacks = names if difference.right is ABSENT else (names[1], names[0])
        yield Found(
            f"the engine's socket is mounted in {has} and not in {lacks}",
            f"mount {target} on both sides or on none",
        )


@single(
    "SE011", "security.devices-differ", Severity.WARNING, paths=("devices", "gpus"), since="0.2"
)
def devices_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The service has devices of the host on one side only.

    What it compares:
        `devices` and `gpus`.

    Why it matters:
        Without the graphics processor a model runs on the central one, or not at all; without /dev/fuse
        or /dev/kvm a mount or an emulator fails. Code takes another way and gives other results.

    Example:
        local: none
        production: `gpus: all`

    What to do:
        Give both the device, or state in the configuration which way is taken.

    When to ignore it:
        When no developer has the device, and a test elsewhere has.

    References:
        Compose Specification on devices.
    """
    names = comparison.left.name, comparison.right.name
    if ABSENT in (difference.left, difference.right):
        has, lacks = names if difference.right is ABSENT else (names[1], names[0])
        text = f"it has devices of the host in {has} and none in {lacks}"
    else:
        text = f"it has other devices of the host in {names[0]} than in {names[1]}"
    yield Found(text, f"set {difference.path[0]} alike on both sides")


@single(
    "SE012",
    "security.group-differs",
    Severity.WARNING,
    paths=("group_add",),
    symptoms=("permission denied",),
    since="0.2",
)
def group_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The service belongs to other groups on the other side.

    What it compares:
        `group_add` as a set (in Kubernetes `supplementalGroups` and `fsGroup`).

    Why it matters:
        Files on a shared volume or a socket can be written by a group. Who is not in it is refused, in
        the environment where the group is missing.

    Example:
        local: unset
        production: `group_add: ["2000"]`

    What to do:
        Add the same groups on both sides.

    When to ignore it:
        When the volume of that group exists on one side only.

    References:
        Incident umask-icinga-077; Kubernetes documentation on security contexts.
    """
    one, two = (
        set(v) if isinstance(v, tuple) else set() for v in (difference.left, difference.right)
    )
    if one != two:
        names = comparison.left.name, comparison.right.name
        only = [
            f"{', '.join(sorted(map(str, extra)))} in {name} only"
            for name, extra in ((names[0], one - two), (names[1], two - one))
            if extra
        ]
        yield Found(
            f"it belongs to group {' and '.join(only)}", "set group_add alike on both sides"
        )
