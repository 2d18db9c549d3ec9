"""IM: what images say of themselves. The rest of their configs is compared where it takes effect."""

from collections.abc import Iterator

from parity.diff.view import Comparison
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules.contract import Found, single

_READS = (Layer.DECLARED, Layer.IMAGE)


@single(
    "IM013", "image.processor-differs", Severity.WARNING, paths=("image-config.platform",),
    reads=_READS, silent=True,
    symptoms=(r"exec format error", r"illegal instruction", r"no matching manifest", r"qemu"), since="0.3",
)  # fmt: skip
def processor_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The image that runs is built for another processor or system.

    What it compares:
        System, architecture and variant that the images' configs name, whatever the definitions ask for.

    Why it matters:
        The same source gives other results: plain `char` has no sign on arm64, floating point rounds
        otherwise, native libraries are other builds. Run by an emulator it is slow, and what the emulator
        lacks ends the program with `illegal instruction`.

    Example:
        local: `linux/arm64`, the laptop's own
        production: `linux/amd64`

    What to do:
        `platform: linux/amd64` in the service, and the same in the build that makes the image.

    When to ignore it:
        Interpreted code without native modules, tested on both.

    References:
        OCI Image Format Specification, image configuration. Incidents arch-char-signedness-milagro,
        arch-atlas-m1-float, arch-amd64-emulation-illegal-instruction.
    """
    one, two = difference.left, difference.right
    if ABSENT in (one, two):
        return
    names = (comparison.left.name, comparison.right.name)
    yield Found(
        f"the image is built for `{one}` in {names[0]} and for `{two}` in {names[1]}",
        f"platform: {two}",
    )


@single(
    "IM014", "image.volume-declared-on-one-side", Severity.WARNING, paths=("image-config.volumes",),
    reads=_READS, silent=True,
    symptoms=(r"data (?:is )?(?:gone|lost|missing)", r"disk full|no space left", r"stale"), since="0.3",
)  # fmt: skip
def volume_declared_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One side's image keeps a folder in a volume, the other's does not.

    What it compares:
        The VOLUME instructions of both images, less folders that the definitions mount something on.

    Why it matters:
        Such a folder is a volume without a name: a new container begins with an empty one, changes to it
        in later build steps are lost, and old ones fill the disk. Without it the folder is part of the
        container, and what the image holds there is seen.

    Example:
        local: `VOLUME /data` in `redis:7`
        production: an image of one's own without it

    What to do:
        Mount a named volume there on both sides; then it does not matter what the image says.

    When to ignore it:
        When nothing is written there.

    References:
        Dockerfile reference, VOLUME; OCI Image Format Specification, `Volumes`.
    """
    pair = comparison.pair(difference.service)
    if pair is None:
        return
    sets = [
        {str(path).rstrip("/") or "/" for path in (value or ())}
        for value in (difference.left, difference.right)
    ]
    mounted = [
        {str(path[1]) for path in side.settings if path[0] in ("volumes", "tmpfs")}
        for side in (pair.left, pair.right)
    ]
    for has, lacks, index in ((0, 1, 0), (1, 0, 1)):
        more = sorted(sets[has] - sets[lacks] - mounted[0] - mounted[1])
        if more:
            name = (comparison.left, comparison.right)[index].name
            yield Found(
                f"the image of {name} keeps {', '.join(f'`{each}`' for each in more)} in a volume without "
                "a name, the other side's does not",
                f"volumes: [data:{more[0]}] on both sides",
            )
