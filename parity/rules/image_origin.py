"""IM: where two images of one name come from: revision, age, and the step at which their builds part."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from parity.diff.view import Comparison, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules.contract import Found, pair, single
from parity.rules.image_tags import name_of, same_image

_READS = (Layer.DECLARED, Layer.IMAGE)
_REVISIONS = ("org.opencontainers.image.revision", "org.label-schema.vcs-ref")
_SHOWN = 12
"""Characters of a commit's name."""
_DAYS = 30
_STEP = 100


@single(
    "IM015", "image.built-from-another-revision", Severity.INFO, paths=("image-config.labels.*",),
    reads=_READS,
    symptoms=(r"not (?:yet )?(?:deployed|released)", r"old version", r"missing (?:feature|endpoint|fix)"), since="0.3",
)  # fmt: skip
def built_from_another_revision(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The images were built from different revisions of the source.

    What it compares:
        The labels `org.opencontainers.image.revision` and `org.label-schema.vcs-ref` of both images. An
        image without them says nothing.

    Why it matters:
        A tag is what somebody typed, the revision is what was compiled. What works in one environment may
        not be in the other one's image at all.

    Example:
        local: `org.opencontainers.image.revision=4f2c1d9`
        production: `org.opencontainers.image.revision=a81b03e`

    What to do:
        Run the image that production runs, by digest: `parity lock`. `git log A..B` shows what lies between.

    When to ignore it:
        When the point of the comparison is the next release.

    References:
        OCI Image Format Specification, annotations; Label Schema.
    """
    if difference.path[-1] not in _REVISIONS or ABSENT in (difference.left, difference.right):
        return
    one, two = (str(side)[:_SHOWN] for side in (difference.left, difference.right))
    if one.startswith(two) or two.startswith(one):
        return  # one is written short
    yield Found(
        f"the image was built from revision {one} in {comparison.left.name} and from {two} in "
        f"{comparison.right.name}",
        f"git log {one}..{two}; `parity lock` has the local side run production's image",
    )


@single(
    "IM016", "image.built-long-before", Severity.INFO, paths=("image-config.created",), reads=_READS,
    symptoms=(r"certificate (?:has )?expired|unable to get local issuer", r"CVE-\d+"), since="0.3",
)  # fmt: skip
def built_long_before(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One side's image of the same name is a month or more older than the other's.

    What it compares:
        When the images were built, where both say so and have the same name. Builds that set the time to
        1970, so that they can be repeated, say nothing.

    Why it matters:
        Between the two lie a month of updates to the base image: certificates, time zones, libraries. What
        was mended there is mended on one side only.

    Example:
        local: built on 2024-01-10, `docker pull` was never run again
        production: built on 2024-06-02

    What to do:
        `docker pull`, or build anew with `--pull`; pin both sides to one digest.

    When to ignore it:
        When both are pinned on purpose.

    References:
        OCI Image Format Specification, `created`.
    """
    both = comparison.pair(difference.service)
    times = [_time(side) for side in (difference.left, difference.right)]
    if both is None or None in times or not same_image(both.left, both.right):
        return
    one, two = (time for time in times if time)
    days = abs((one - two).days)
    if days < _DAYS:
        return
    older, newer = comparison.left.name, comparison.right.name
    if one > two:
        older, newer = newer, older
    yield Found(
        f"the image of {older} was built {days} days before that of {newer}",
        f"docker pull {name_of(both.right)}",
    )


@pair(
    "IM017", "image.one-name-two-builds", Severity.WARNING, paths=("image-config.layers",), reads=_READS,
    silent=True,
    symptoms=(r"works (?:for|with) me", r"version .* not found", r"No module named|Cannot find module"), since="0.3",
)  # fmt: skip
def one_name_two_builds(both: ServicePair) -> Iterator[Found]:
    """Both sides name the same image, and it is made of different layers: two builds of one name.

    What it compares:
        The layers of both images from the base up, where name and tag are equal, and the steps of their
        builds: it names the step at which they part.

    Why it matters:
        A tag can be built and pushed again, and a local build can have any name. Equal names are then no
        promise: packages, code and the base itself may be others.

    Example:
        local: `shop/app:2.3`, built here: the third step is `RUN pip install -r requirements-dev.txt`
        production: `shop/app:2.3` of the registry: `RUN pip install -r requirements.txt`

    What to do:
        Run production's image by digest: `parity lock`. Never push a tag twice.

    When to ignore it:
        When the local build is the change that is being tried.

    References:
        OCI Image Format Specification, `rootfs.diff_ids` and `history`; incidents
        postgres-image-breaking-without-version-change, rabbit-oasis-tag-consumer-timeout.
    """
    left, right = (_texts(each.get("image-config", "layers")) for each in (both.left, both.right))
    if not left or not right or left == right or not same_image(both.left, both.right):
        return
    if both.left.get("image", "tag") != both.right.get("image", "tag"):
        return
    yield Found(
        f"`{name_of(both.right)}` is two builds: {_parting(both, _common(left, right))}",
        "parity lock, which has the local side run production's image by digest",
        ((both.name, ("image-config", "layers")),),
    )


def _parting(both: ServicePair, layers: int) -> str:
    """Where the builds part."""
    if not layers:
        return "they stand on different base images"
    left, right = (_texts(each.get("image-config", "history")) for each in (both.left, both.right))
    same = _common(left, right)
    if same == len(left) == len(right):
        return "the same steps gave other files"
    steps = [f"`{side[same][:_STEP]}`" if same < len(side) else "nothing" for side in (left, right)]
    return f"at step {same + 1} one has {steps[0]} and the other {steps[1]}"


def _common(left: list[str], right: list[str]) -> int:
    """How many at the beginning are the same."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((i for i, (one, two) in pairs if one != two), min(len(left), len(right)))


def _texts(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else []


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None
