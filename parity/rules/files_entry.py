"""IF: the program that an image starts."""

from collections.abc import Iterator

from parity.diff.view import Side
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules.contract import Found, joint

_READS = (Layer.DECLARED, Layer.FILESYSTEM)


@joint(
    "IF008", "files.entry-with-carriage-returns", Severity.ERROR, reads=_READS,
    symptoms=(r"no such file or directory", r"not found", r"exec .*: no such", r"bad interpreter"),
    since="0.3",
)  # fmt: skip
def entry_with_carriage_returns(side: Side) -> Iterator[Found]:
    """The script that the image starts has Windows' line ends.

    What it compares:
        The first line of the program that is started.

    Why it matters:
        The kernel looks for an interpreter whose name ends in a carriage return: `exec /entrypoint.sh: no
        such file or directory`, though it is there. Built on one machine it works, on another it does not.

    Example:
        local: `#!/bin/sh`
        production: built from a checkout with `core.autocrlf`

    What to do:
        `*.sh text eol=lf` in .gitattributes, and build again.

    When to ignore it:
        Never: it does not start.

    References:
        execve(2). Incident crlf-nanobot-entrypoint.
    """
    for service in side.services.values():
        if service.get("files", "entry", "crlf") is True:
            yield Found(
                "the script that the image starts has a carriage return at the end of its first line",
                "*.sh text eol=lf in .gitattributes, then build the image again",
                ((service.name, ("files", "entry", "crlf")),),
            )


@joint(
    "IF009", "files.entry-for-another-processor", Severity.ERROR, reads=(*_READS, Layer.IMAGE),
    symptoms=(r"exec format error", r"illegal instruction", r"qemu"), since="0.3",
)  # fmt: skip
def entry_for_another_processor(side: Side) -> Iterator[Found]:
    """The program in the image is for another processor than the image says it is for.

    What it compares:
        The header of the program that is started with the platform in the image's config.

    Why it matters:
        `exec format error`, and only on machines with that processor: what the registry says looks right.

    Example:
        local: `linux/amd64`, where the program fits
        production: `linux/arm64`, with the same program for amd64 in it

    What to do:
        Build with `--platform`, and copy the program for `TARGETARCH` into the image.

    When to ignore it:
        Never: it does not start.

    References:
        Incident arch-xk6-wrong-binary-in-manifest.
    """
    for service in side.services.values():
        machine = service.get("files", "entry", "machine")
        platform = service.get("image-config", "platform")
        named = str(platform).split("/")[1:2]
        if ABSENT in (machine, platform) or named == [machine]:
            continue
        yield Found(
            f"the image says it is for `{platform}`, and the program it starts is for `{machine}`",
            f"build the image for {platform} anew",
            ((service.name, ("files", "entry", "machine")),
             (service.name, ("image-config", "platform"))),
        )  # fmt: skip


@joint(
    "IF010", "files.entry-missing", Severity.ERROR, reads=_READS,
    symptoms=(r"no such file or directory", r"not found", r"permission denied"), since="0.3",
)  # fmt: skip
def entry_missing(side: Side) -> Iterator[Found]:
    """The program that the image starts is not in it, or may not be executed.

    What it compares:
        The path that entrypoint or command of the image name with what is there.

    Why it matters:
        The container does not start. Where a definition mounts the program or names another one, it runs on
        that side alone.

    Example:
        local: `/entrypoint.sh` mounted from the checkout
        production: an image without it

    What to do:
        Copy the program into the image, with `chmod +x`.

    When to ignore it:
        When the definition names another program on both sides.

    References:
        execve(2), ENOENT and EACCES. Incidents umask-icinga-077, crlf-nanobot-entrypoint.
    """
    for service in side.services.values():
        missing = service.get("files", "entry", "missing")
        if isinstance(missing, str):
            yield Found(
                f"the image starts `{missing}`, which is not in it",
                f"COPY it to {missing} in the image",
                ((service.name, ("files", "entry", "missing")),),
            )
        elif service.get("files", "entry", "executable") is False:
            yield Found(
                "the program that the image starts may not be executed by anybody",
                "chmod +x in the image",
                ((service.name, ("files", "entry", "executable")),),
            )
