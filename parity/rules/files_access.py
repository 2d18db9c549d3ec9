"""IF: what in images cannot be read, written or run by whom they run as."""

from collections.abc import Iterator

from parity.diff.view import Service, Side
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules.contract import Found, joint

_READS = (Layer.DECLARED, Layer.FILESYSTEM)
_FEW = 3
_WRITE = 3
"""To make files in a folder one must enter it, too."""


@joint(
    "IF015", "files.programs-for-another-processor", Severity.ERROR, reads=(*_READS, Layer.IMAGE),
    symptoms=(r"exec format error", r"cannot open shared object|invalid ELF header", r"illegal instruction",
              r"wrong architecture|incompatible architecture"), since="0.3",
)  # fmt: skip
def programs_for_another_processor(side: Side) -> Iterator[Found]:
    """Programs or libraries in the image are for another processor than the image.

    What it compares:
        The headers of programs in the usual folders, and of all files below the folder that the image works
        in, with the platform in its config. Those whose path names a processor are left out.

    Why it matters:
        `exec format error` or `invalid ELF header`, when the first request needs them: folders such as
        node_modules that were copied from a laptop hold what the laptop could run.

    Example:
        local: `linux/arm64`, with node_modules of the same
        production: `linux/amd64`, with node_modules copied from a laptop with arm64

    What to do:
        Install packages in the build, and write `node_modules` and its likes into .dockerignore.

    When to ignore it:
        When they are data, such as what a server gives to other machines.

    References:
        Incidents arch-xk6-wrong-binary-in-manifest, dockerignore-basyx-platform.
    """
    path: Path = ("files", "foreign")
    for service in side.services.values():
        if found := _list(service, path):
            yield Found(
                f"{_named(found)} in the image {_are(found)} for another processor than "
                f"{service.get('image-config', 'platform')}",
                "install packages in the build; write what must not be copied into .dockerignore",
                ((service.name, path),),
            )


@joint(
    "IF016", "files.unreadable", Severity.ERROR, reads=(*_READS, Layer.IMAGE),
    symptoms=(r"permission denied", r"EACCES", r"cannot open|can't open", r"403|forbidden", r"not readable"),
    since="0.3",
)  # fmt: skip
def unreadable(side: Side) -> Iterator[Found]:
    """Files of the application in the image cannot be read by the user that it runs as.

    What it compares:
        Owners and modes of files below the folder that the image works in, and where applications usually
        are, with the user in the image's config.

    Why it matters:
        A build copies modes from its checkout. Where that was made with a strict umask (077, as on servers and
        in some pipelines), files are root's alone: the program does not start, or one page is forbidden.

    Example:
        local: `0644`, from a checkout with umask 022
        production: `0600`, from one with umask 077

    What to do:
        `COPY --chmod=u=rwX,go=rX . .`, or `--chown` to the user that it runs as.

    When to ignore it:
        When they are meant for root alone.

    References:
        umask(2); Dockerfile reference, COPY. Incidents umask-icinga-077, umask-aws-installer-yjs.
    """
    path: Path = ("files", "unreadable")
    for service in side.services.values():
        found = _list(service, path)
        if found and _runs_as_image(service):
            at: tuple[tuple[str, Path], ...] = ((service.name, path),)
            user = service.get("user")
            yield Found(
                f"{_named(found)} in the image cannot be read by its user"
                f"{'' if user is ABSENT else f' `{user}`'}",
                "COPY --chmod=u=rwX,go=rX in the Dockerfile, or --chown to that user",
                (*at, (service.name, ("user",))) if user is not ABSENT else at,
            )


def _list(service: Service, path: Path) -> tuple[str, ...]:
    value = service.settings.get(path)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _named(paths: tuple[str, ...]) -> str:
    more = f" and {len(paths) - _FEW} more" if len(paths) > _FEW else ""
    return ", ".join(f"`{path}`" for path in paths[:_FEW]) + more


def _are(paths: tuple[str, ...]) -> str:
    return "is" if len(paths) == 1 else "are"


def _runs_as_image(service: Service) -> bool:
    """Whether nobody names another user than the image."""
    said = service.get("user") is not ABSENT and ("user",) not in service.inherited
    return not said and service.get("running", "user") != 0


@joint(
    "IF017", "files.folder-not-writable", Severity.ERROR, reads=_READS,
    symptoms=(r"permission denied", r"EACCES", r"read.only|not writable|cannot (?:create|write|open)", r"openshift"),
    since="0.3",
)  # fmt: skip
def folder_not_writable(side: Side) -> Iterator[Found]:
    """The service runs as another user than its image is made for, who may not write where it writes.

    What it compares:
        Owner and mode of the image's folders for data (its volumes, and those called log, tmp, cache, …) that
        its own user can write, with the user that the definition or the platform gives it. Folders over
        which something is mounted are left out.

    Why it matters:
        Platforms such as OpenShift give each project a user number of its own, with group 0. A folder that
        belongs to the image's user alone cannot be written by it: the log cannot be opened, and it stops.

    Example:
        local: user 1001, as in the image
        production: user 1000680000 in group 0, and `/opt/app/log` is `1001:1001 0755`

    What to do:
        `RUN chgrp -R 0 DIR && chmod -R g=u DIR` in the Dockerfile.

    When to ignore it:
        When the program does not write there.

    References:
        OpenShift, guidelines for images, arbitrary user ids. Incidents uid-openshift-jboss,
        uid-openshift-httpd-committed, volperm-formac-named-volume.
    """
    for service in side.services.values():
        user, where = _user(service)
        folders = _lost(service, user) if where else []
        if folders:
            yield Found(
                f"it runs as {user[0]}:{user[1]}, who may not write to {_named(tuple(folders))} of the image, "
                "which is for another user",
                "chgrp -R 0 and chmod -R g=u for these folders in the Dockerfile",
                (*(_owner(service, each) for each in folders[:_FEW]), (service.name, where)),
            )


def _owner(service: Service, folder: str) -> tuple[str, Path]:
    return service.name, ("files", "folders", folder, "owner")


def _user(service: Service) -> tuple[tuple[int, int], Path]:
    """The numbers it runs as, and the setting that says so; none where nobody but the image does."""
    running, group = service.get("running", "user"), service.get("running", "group")
    if isinstance(running, int):
        return (running, group if isinstance(group, int) else 0), ("running", "user")
    said = service.get("user")
    if isinstance(said, str | int) and ("user",) not in service.inherited:
        name, _, group = str(said).partition(":")
        if all(n.isascii() and n.isdigit() and len(n) < 11 for n in (name, group or "0")):  # noqa: PLR2004
            return (int(name), int(group or 0)), ("user",)
    return (0, 0), ()


def _lost(service: Service, user: tuple[int, int]) -> list[str]:
    """The folders that the image's user can write, and this one cannot."""
    mounted = [
        str(path[1]) for path in service.others if path[0] in ("volumes", "tmpfs") and path[1:]
    ]
    found = []
    for path, value in service.under("files", "folders").items():
        if path[3:] == ("writable",) and value is True:
            folder = str(path[2])
            if not any(f"{folder}/".startswith(f"{m.rstrip('/')}/") for m in mounted):
                owner = service.get("files", "folders", folder, "owner")
                mode = service.get("files", "folders", folder, "mode")
                if not _may_write(str(owner), str(mode), user):
                    found.append(folder)
    return found


def _may_write(owner: str, mode: str, user: tuple[int, int]) -> bool:
    """Whether the modes allow it; what cannot be read does."""
    try:
        numbers = [int(number) for number in owner.split(":")]
        bits = int(mode, 8)
    except ValueError:
        return True
    shift = 6 if numbers[0] == user[0] else 3 if numbers[-1] == user[1] else 0
    return user[0] == 0 or (bits >> shift) & _WRITE == _WRITE
