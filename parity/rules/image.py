"""IM: which program runs: images, versions, variants, tags that move."""

from collections.abc import Iterator

from parity.diff.view import Comparison, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules.contract import Found, pair, single
from parity.rules.image_tags import (
    LIBC,
    STORES,
    builds,
    comparable,
    is_base,
    kind_of,
    name_of,
    release,
    same_image,
    tag_of,
    words_of,
)

_TAG = ("image", "tag")


def _dots(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


@pair(
    "IM001",
    "image.major-version-differs",
    Severity.WARNING,
    since="0.2",
    symptoms=(
        "syntax error",
        "unsupported",
        "unrecognized",
        "incompatible",
        "unknown (command|option)",
    ),
)
def major_version_differs(pair: ServicePair) -> Iterator[Found]:
    """The same software runs in another major release on the other side.

    What it compares:
        The version at the start of both tags of one image, up to the number that its users call a major
        release: the first one, or the first two for Python, Ruby, PHP, Go, MariaDB, MongoDB, RabbitMQ,
        MySQL up to 8 and PostgreSQL before 10.

    Why it matters:
        Major releases drop syntax, change defaults and write files that the other cannot read. A dump,
        a migration or a query that passes on one side is refused by the other. For data stores it is an
        error.

    Example:
        local: `image: postgres:16`
        production: `image: postgres:12`

    What to do:
        Run production's release locally. A data folder has to be dumped and loaded, not mounted.

    When to ignore it:
        While an upgrade is being rehearsed.

    References:
        Incidents pg-version-opencue-latest-export, mysql-group-by-e2e-new-version.
    """
    left, right = tag_of(pair.left), tag_of(pair.right)
    if left is None or right is None or left.text == right.text:
        return
    if not same_image(pair.left, pair.right):
        return
    kind = kind_of(pair.right)
    one, two = comparable(left.version, right.version)
    one, two = release(kind, one), release(kind, two)
    if one != two:
        store = kind in STORES
        yield Found(
            f"{name_of(pair.right)} runs as release {_dots(one)} on the left and {_dots(two)} on the right",
            f"run the same release on both sides: image tag `{right.text}`",
            ((pair.name, _TAG),),
            Severity.ERROR if store else None,
        )


@pair("IM002", "image.version-differs", Severity.INFO, since="0.2")
def version_differs(pair: ServicePair) -> Iterator[Found]:
    """The same software runs in another minor version or patch on the other side.

    What it compares:
        Versions in both tags of one image that belong to one major release, or of which one tag says less
        than the other (`3` against `3.12`).

    Why it matters:
        Minor versions add what older ones refuse, and patches mend what older ones get wrong. A tag that
        says less moves on its own.

    Example:
        local: `image: redis:7.4`
        production: `image: redis:7.0`

    What to do:
        Write production's tag on both sides, or pin both by digest.

    When to ignore it:
        Where updates are rolled out to one environment after the other on purpose.

    References:
        Semantic Versioning 2.0.0; OCI Distribution Specification on tags.
    """
    left, right = tag_of(pair.left), tag_of(pair.right)
    if left is None or right is None or left.text == right.text:
        return
    if not same_image(pair.left, pair.right):
        return
    if not (left.version and right.version) or left.version == right.version:
        return
    kind = kind_of(pair.right)
    one, two = comparable(left.version, right.version)
    if release(kind, one) == release(kind, two):
        yield Found(
            f"{name_of(pair.right)} runs as {_dots(left.version)} on the left and "
            f"{_dots(right.version)} on the right",
            f"write the same tag on both sides: `{right.text}`",
            ((pair.name, _TAG),),
        )


@pair("IM003", "image.mutable-tag", Severity.WARNING, equal=True, since="0.2")
def mutable_tag(pair: ServicePair) -> Iterator[Found]:
    """Both sides name an image by a tag that moves, so they may run two builds of one name.

    What it compares:
        Images that are pulled on both sides under the same tag without a digest, where the tag is none
        at all, `latest`, `main`, `stable` or another name that is given to one build after another.

    Why it matters:
        Each side runs what the tag meant on the day it was pulled. The two definitions are equal, so
        nothing shows it; a new build changes behaviour without a change in any file.

    Example:
        local: `image: postgres` (pulled today)
        production: `image: postgres` (pulled last year)

    What to do:
        Name a version, or pin the digest: `docker buildx imagetools inspect IMAGE` prints it;
        `parity lock` keeps it.

    When to ignore it:
        Throw-away tools whose version does not matter.

    References:
        Incidents tag-stale-18f-main, postgres-image-breaking-without-version-change, tag-two-digests-k8s.
    """
    left, right = tag_of(pair.left), tag_of(pair.right)
    if left is None or right is None or not same_image(pair.left, pair.right):
        return
    pinned = any(s.get("image", "digest") is not ABSENT for s in (pair.left, pair.right))
    if left.text == right.text and right.moves and not pinned:
        yield Found(
            f"both sides run the tag `{right.text}`, which moves: "
            "each has the build of the day it was pulled",
            "name a version or pin a digest: `parity lock` keeps the digest that production runs",
            ((pair.name, _TAG),),
        )


@pair("IM004", "image.moving-against-fixed", Severity.WARNING, since="0.2")
def moving_against_fixed(pair: ServicePair) -> Iterator[Found]:
    """One side names a version, the other a tag that moves.

    What it compares:
        Tags of one image of which exactly one is a name that moves (`latest`, `main`, none at all).

    Why it matters:
        The moving side has left the other behind by an unknown number of releases, and the distance grows
        by itself. What is made with the newer one (dumps, lock files, clients) fails with the older.

    Example:
        local: `image: postgres:latest`
        production: `image: postgres:9.6`

    What to do:
        Write the named version on both sides.

    When to ignore it:
        Where following the newest release is what the side is for, as in a nightly test.

    References:
        Incident pg-version-opencue-latest-export.
    """
    left, right = tag_of(pair.left), tag_of(pair.right)
    if left is None or right is None or left.text == right.text:
        return
    if not same_image(pair.left, pair.right):
        return
    if left.moves == right.moves:
        return
    moving, fixed, side = (left, right, "left") if left.moves else (right, left, "right")
    if fixed.version or kind_of(pair.right):
        yield Found(
            f"the tag is `{moving.text}` on the {side}, which moves, "
            f"and `{fixed.text}` on the other side",
            f"write `{fixed.text}` on both sides",
            ((pair.name, _TAG),),
            Severity.ERROR if kind_of(pair.right) in STORES and fixed.version else None,
        )


@pair("IM005", "image.variant-differs", Severity.WARNING, silent=True, since="0.2")
def variant_differs(pair: ServicePair) -> Iterator[Found]:
    """The same software comes on another base system: Alpine on one side, Debian on the other.

    What it compares:
        Words in both tags that name a base (`alpine`, `slim`, `bullseye`, `bookworm`, `ubi9`, …). A tag
        that names none is the publisher's default, mostly Debian.

    Why it matters:
        Alpine's C library is musl: it sorts text by bytes whatever the locale, resolves host names by
        other rules and has smaller thread stacks. A database sorts differently and says nothing. `slim`
        lacks tools that scripts call.

    Example:
        local: `image: postgres:16-alpine`
        production: `image: postgres:16`

    What to do:
        Use production's variant locally.

    When to ignore it:
        Small helpers whose output does not depend on the C library.

    References:
        Incidents pg-alpine-collation-order, pg-aurora-vs-alpine-sort, musl-dns-search-domains-k8s-508.
    """
    left, right = tag_of(pair.left), tag_of(pair.right)
    if left is None or right is None or left.text == right.text:
        return
    if not same_image(pair.left, pair.right):
        return
    store = kind_of(pair.right) == "postgres"
    if left.musl != right.musl and (left.version or right.version or left.variant or right.variant):
        yield Found(
            f"{name_of(pair.right)} runs on {LIBC[left.musl]} on the left (`{left.text}`) and on "
            f"{LIBC[right.musl]} on the right (`{right.text}`)"
            + (": text sorts differently" if store else ""),
            f"use one variant on both sides: `{right.text}`",
            ((pair.name, _TAG),),
            Severity.ERROR if store else None,
        )
    elif not left.musl and left.variant and right.variant and left.variant != right.variant:
        yield Found(
            f"{name_of(pair.right)} comes on another base: `{left.text}` and `{right.text}`",
            f"use one variant on both sides: `{right.text}`",
            ((pair.name, _TAG),),
            None if store else Severity.INFO,
        )


@pair("IM006", "image.another-image", Severity.WARNING, since="0.2")
def another_image(pair: ServicePair) -> Iterator[Found]:
    """A service of one name runs another image on the other side.

    What it compares:
        The last part of both images' names, and what is known to run in them. Another registry in front
        of the same name is no difference, nor are names of one's own with a word in common (`shop`,
        `shop-dev`). An info where both are one's own.

    Why it matters:
        Two products that speak one protocol agree on the easy part. Two packagings of one product differ
        in folders, users, variables and defaults.

    Example:
        local: `image: mariadb:11`
        production: `image: mysql:8.0`

    What to do:
        Run production's image locally.

    When to ignore it:
        Where the stand-in is on purpose and its differences are known, such as a mail catcher.

    References:
        Incidents mysql-vs-mariadb-group-by-semantics, s3-alveus-minio-acl.
    """
    one, two = name_of(pair.left), name_of(pair.right)
    if not one or not two or one == two or builds(pair.left) or builds(pair.right):
        return
    kinds = (pair.left.technology, pair.right.technology)
    public = any(kinds) or is_base(pair.left) or is_base(pair.right)
    if not public and words_of(one) & words_of(two):
        return
    what = "products" if any(kinds) else "images"
    what = f"packagings of {kinds[0]}" if any(kinds) and kinds[0] == kinds[1] else what
    yield Found(
        f"`{pair.name}` runs `{one}` on the left and `{two}` on the right: two {what}",
        f"run `{pair.right.get('image', 'repository')}` on both sides",
        ((pair.name, ("image", "repository")), (pair.name, _TAG)),
        Severity.ERROR
        if all(kinds) and kinds[0] != kinds[1]
        else None
        if public
        else Severity.INFO,
    )


@single(
    "IM007",
    "image.digest-differs",
    Severity.WARNING,
    paths=("image.digest",),
    silent=True,
    since="0.2",
)
def digest_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One tag is pinned to two digests, or pinned on one side only.

    What it compares:
        The digests of images with the same name and tag.

    Why it matters:
        The readable part of the two names is equal, and the programs are not. Where one side has no
        digest, it runs whatever the tag points to today.

    Example:
        local: `image: redis:7.2@sha256:aaaa…`
        production: `image: redis:7.2@sha256:bbbb…`

    What to do:
        Pin both sides to the digest that production runs; `parity lock` keeps it for the local side.

    When to ignore it:
        When the two digests are the index and one platform of the same image.

    References:
        Incidents postgres-image-breaking-without-version-change, rabbit-oasis-tag-consumer-timeout.
    """
    both = comparison.pair(difference.service)
    if both is None or not same_image(both.left, both.right):
        return
    if both.left.get(*_TAG) != both.right.get(*_TAG):
        return
    one_side = ABSENT in (difference.left, difference.right)
    yield Found(
        f"`{name_of(both.right)}` is pinned by digest on one side and follows its tag on the other"
        if one_side
        else f"`{name_of(both.right)}` has one tag and two digests: two different builds",
        "pin both sides to production's digest",
        severity=Severity.INFO if one_side else None,
    )
