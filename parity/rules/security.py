"""SE: who a service runs as, and what it may do."""

from collections.abc import Iterator
from typing import Any

from parity.diff.view import Comparison, Service
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules.contract import Found, single

DENIED = ("permission denied", "EACCES", "EPERM", "operation not permitted", "not writable")
_READ_ONLY = ("read-only file ?system", "EROFS", *DENIED)
_SCRATCH = frozenset({"/tmp", "/var/tmp"})  # noqa: S108 - names of mounts


def root(user: Any) -> bool | None:
    """Whether a user is the super-user; None where the image decides."""
    if user is ABSENT or not str(user):
        return None
    return str(user).partition(":")[0] in ("0", "root")


def _names(difference: Difference, comparison: Comparison) -> tuple[str, str]:
    """The names of the side that has it and of the one that does not."""
    names = comparison.left.name, comparison.right.name
    has_left = difference.left is not ABSENT and difference.left not in (False, ())
    return names if has_left else (names[1], names[0])


@single(
    "SE001",
    "security.user-differs",
    Severity.WARNING,
    paths=("user",),
    symptoms=DENIED,
    since="0.2",
)
def user_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The service runs as another user on the other side.

    What it compares:
        `user`: the super-user against another one, an image's own user against a stated one, two numbers.

    Why it matters:
        The super-user writes everywhere and opens every port. Another user cannot write the folders that
        the image's author owned, nor the files on a volume that the first user made.

    Example:
        local: `user` unset, the image runs as root
        production: `user: "10001:10001"`

    What to do:
        Run as production's user locally, and let the image own its folders: `RUN chown -R 10001 /data`.

    When to ignore it:
        `user: "1000:1000"` for a bind-mounted source folder while developing.

    References:
        Incidents uid-openshift-jboss, uid-openshift-httpd-committed.
    """
    one, two = root(difference.left), root(difference.right)
    if one is two is True or _uid(difference.left) == _uid(difference.right):
        return
    shown = [
        "the image's user" if v is ABSENT else f"user {v}"
        for v in (difference.left, difference.right)
    ]
    yield Found(
        f"it runs as {shown[0]} in {comparison.left.name} and {shown[1]} in {comparison.right.name}",
        f'user: "{difference.right if difference.right is not ABSENT else difference.left}" on both sides',
    )


def _uid(user: Any) -> str:
    return "" if user is ABSENT else str(user).partition(":")[0]


@single(
    "SE002",
    "security.read-only-root",
    Severity.ERROR,
    paths=("read_only",),
    silent=True,
    symptoms=_READ_ONLY,
    since="0.2",
)
def read_only_root(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The root file system is read-only on one side only.

    What it compares:
        `read_only`, and which folders of that side can be written all the same: volumes, tmpfs. With
        a scratch folder (/tmp) that can be written it is a warning.

    Why it matters:
        Caches, uploads, pid files and sessions are written somewhere. Programs that do not expect a
        refusal crash at start, or drop what they were given and answer "ok".

    Example:
        local: writable
        production: `read_only: true`

    What to do:
        Set `read_only: true` locally as well, and mount `tmpfs: [/tmp]` and a volume for what must last.

    When to ignore it:
        Never for services that take uploads.

    References:
        Incidents rofs-openobserve-cache, rofs-planka-uploads.
    """
    both = comparison.pair(difference.service)
    if both is None or not any(v is True for v in (difference.left, difference.right)):
        return
    closed, name = (
        (both.left, comparison.left.name)
        if difference.left is True
        else (both.right, comparison.right.name)
    )
    writable = sorted(writable_folders(closed))
    where = f"; only {', '.join(writable)} can be written" if writable else ", and nothing else is"
    yield Found(
        f"the root file system is read-only in {name} and can be written on the other side{where}"
        if writable
        else f"the root file system is read-only in {name}, where no folder can be written",
        "read_only: true on both sides, with tmpfs: [/tmp] and volumes for what the service writes",
        severity=Severity.WARNING if _SCRATCH & set(writable) else None,
    )


def writable_folders(service: Service) -> Iterator[str]:
    """Folders that stay writable when the root file system is not."""
    for path, value in service.settings.items():
        if path[0] in ("volumes", "tmpfs") and path[2:] == ("type",):
            target = str(path[1])
            content = service.get("volumes", target, "content") is not ABSENT
            closed = content or service.get("volumes", target, "read_only") is True
            if value in ("volume", "tmpfs", "bind") and not closed:
                yield target


@single(
    "SE003",
    "security.capabilities-differ",
    Severity.WARNING,
    paths=("cap_add", "cap_drop"),
    symptoms=DENIED,
    since="0.2",
)
def capabilities_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The service has other capabilities of the kernel on the other side.

    What it compares:
        `cap_add` and `cap_drop` as sets, without the prefix `CAP_`.

    Why it matters:
        Without CHOWN and SETUID the entrypoints of many images, which start as root and step down, end
        at once. Without NET_BIND_SERVICE a port below 1024 may be refused, without SYS_PTRACE a profiler
        is.

    Example:
        local: the engine's default set
        production: `cap_drop: [ALL]`

    What to do:
        Drop and add the same ones locally.

    When to ignore it:
        Capabilities for a debugger on the developer's side.

    References:
        Incident cap-mercure-no-new-privs; capabilities(7).
    """
    one, two = (_capabilities(v) for v in (difference.left, difference.right))
    if one == two:
        return
    verb = "adds" if difference.path[0] == "cap_add" else "drops"
    names = comparison.left.name, comparison.right.name
    said = [
        f"{name} {verb} {', '.join(sorted(mine - other))}"
        for name, mine, other in ((names[0], one, two), (names[1], two, one))
        if mine - other
    ]
    yield Found(
        f"the kernel's capabilities differ: {' and '.join(said)}, which the other side does not",
        f"set {difference.path[0]} alike on both sides",
    )


def _capabilities(value: Any) -> set[str]:
    return (
        {str(v).upper().removeprefix("CAP_") for v in value} if isinstance(value, tuple) else set()
    )


@single(
    "SE004", "security.no-new-privileges", Severity.WARNING, paths=("security_opt",), since="0.2"
)
def no_new_privileges(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Programs of the service may gain rights on one side only.

    What it compares:
        `no-new-privileges` in `security_opt` (in Kubernetes `allowPrivilegeEscalation: false`).

    Why it matters:
        With it set, `sudo`, `ping`, `su` and programs that carry file capabilities run without the rights
        they are known to have: a web server that may open port 80 by its file's capability cannot.

    Example:
        local: unset
        production: `security_opt: [no-new-privileges:true]`

    What to do:
        Set it locally as well.

    When to ignore it:
        When the image has no program with the setuid bit or a file capability.

    References:
        Incident cap-mercure-no-new-privs; Linux kernel documentation, no_new_privs.
    """
    one, two = (closed_to_rights(v) for v in (difference.left, difference.right))
    if one != two:
        has, lacks = (comparison.left.name, comparison.right.name)[:: 1 if one else -1]
        yield Found(
            f"programs cannot gain rights in {has}, and can in {lacks}",
            "security_opt: [no-new-privileges:true] on both sides",
        )


def closed_to_rights(options: Any) -> bool:
    """Whether `security_opt` holds no-new-privileges."""
    texts = [str(o).replace("=", ":") for o in options] if isinstance(options, tuple) else []
    return bool({"no-new-privileges", "no-new-privileges:true"} & set(texts))


@single(
    "SE005", "security.confinement-differs", Severity.WARNING, paths=("security_opt",), since="0.2",
    symptoms=DENIED,
)  # fmt: skip
def confinement_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Other system calls or files are forbidden to the service on the other side.

    What it compares:
        `seccomp`, `apparmor`, SELinux labels and unmasked paths in `security_opt`.

    Why it matters:
        A profile refuses system calls with "operation not permitted". Sandboxes of browsers, profilers
        and io_uring work where the profile is off, and fail where it is on.

    Example:
        local: `security_opt: [seccomp:unconfined]`
        production: the engine's profile

    What to do:
        Use the same profile on both sides.

    When to ignore it:
        A debugger that needs ptrace on the developer's side.

    References:
        Docker documentation on seccomp and AppArmor profiles.
    """
    one, two = (_profiles(v) for v in (difference.left, difference.right))
    if one != two:
        shown = [", ".join(sorted(each)) or "the engine's profile" for each in (one, two)]
        yield Found(
            f"the service is confined by {shown[0]} in {comparison.left.name} "
            f"and by {shown[1]} in {comparison.right.name}",
            "set security_opt alike on both sides",
        )


def _profiles(options: Any) -> set[str]:
    texts = [str(o).replace("=", ":", 1) for o in options] if isinstance(options, tuple) else []
    kinds = ("seccomp", "apparmor", "label", "systempaths")
    return {t for t in texts if t.partition(":")[0] in kinds}


@single(
    "SE006",
    "security.privileged",
    Severity.ERROR,
    paths=("privileged",),
    symptoms=DENIED,
    since="0.2",
)
def privileged(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The service runs privileged on one side only.

    What it compares:
        `privileged`.

    Why it matters:
        A privileged container has every capability, every device and no profile: mounts, kernel settings
        and nested containers work there and nowhere else.

    Example:
        local: `privileged: true`
        production: unset

    What to do:
        Find the one capability or device that the service needs (`cap_add`, `devices`), and give it on
        both sides.

    When to ignore it:
        Never.

    References:
        Docker documentation on runtime privilege.
    """
    if difference.left is True or difference.right is True:
        has, lacks = _names(difference, comparison)
        yield Found(
            f"it runs privileged in {has} and not in {lacks}",
            "remove `privileged`, and give both sides the capability or device that is needed",
        )
