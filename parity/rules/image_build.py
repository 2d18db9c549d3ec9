"""IM: images that are built: where, for which stage and platform, with which arguments; and pulling."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, Service, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules.contract import Found, pair, single
from parity.rules.image_tags import builds, tag_of

_DECIDES = re.compile(
    r"^(?:NODE_ENV|APP_ENV|RAILS_ENV|RACK_ENV|MIX_ENV|APP_DEBUG|DEBUG|BUILD_ENV|ENV|ENVIRONMENT|NPM_CONFIG_.*"
    r"|(?:INSTALL|WITH|SKIP|ENABLE|DISABLE)_.*|.*_VERSION|.*REQUIREMENTS.*|BUNDLE_WITHOUT|POETRY_.*|PIP_.*"
    r"|CONFIGURATION|BASE_IMAGE|.*_IMAGE)$",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"^(?:UID|GID|USER|USERNAME|.*_UID|.*_GID|.*USER_ID|.*GROUP_ID|BUILD_DATE|BUILD_TIME|.*COMMIT.*|.*SHA|.*REVISION"
    r"|VERSION|APP_VERSION|RELEASE_VERSION|HTTPS?_PROXY|NO_PROXY|TARGET.*|BUILDKIT.*|CACHE.*)$",
    re.IGNORECASE,
)
_KEEPS = {"if_not_present": "missing"}
"""Two words for one policy."""
_CODE = re.compile(r"^/(?:app|code|srv|src|usr/src|workspace|var/www|opt|home)(?:/|$)")


@pair("IM008", "image.built-here-pulled-there", Severity.INFO, since="0.2")
def built_here_pulled_there(pair: ServicePair) -> Iterator[Found]:
    """One side builds the image from a folder, the other pulls a finished one.

    What it compares:
        `build` on one side against `image` alone on the other.

    Why it matters:
        The build takes what lies in the folder: modules installed for another platform, files that git
        ignores, an older base image from the cache. The image that was tested is not the one that runs.

    Example:
        local: `build: .`
        production: `image: registry.example/app:1.4.2`

    What to do:
        Test the image that production pulls: `parity up` runs it. List `node_modules`, `dist`, `.venv`
        and `.env` in `.dockerignore`.

    When to ignore it:
        While developing; before a release the finished image should have run locally once.

    References:
        Incidents dockerignore-basyx-platform, compose-override-enclavr.
    """
    here = [builds(pair.left), builds(pair.right)]
    if here[0] == here[1]:
        return
    other = pair.right if here[0] else pair.left
    if other.get("image", "repository") is ABSENT:
        return
    side, far = ("left", "right") if here[0] else ("right", "left")
    parts: list[Path] = [("image", part) for part in ("repository", "tag", "digest")]
    differing = [p for p in parts if pair.left.get(*map(str, p)) != pair.right.get(*map(str, p))]
    yield Found(
        f"the image is built from a folder on the {side} and pulled as "
        f"`{other.get('image', 'repository')}` on the {far}",
        "run the pulled image before a release, and list what must not enter a build in .dockerignore",
        tuple((pair.name, path) for path in (("build",), *differing)),
        Severity.WARNING if _mounts_code(pair.left if here[0] else pair.right) else None,
    )


def _mounts_code(service: Service) -> bool:
    """Whether a bind mount puts the folder over the built image as well."""
    return any(
        path[0] == "volumes"
        and path[2:] == ("type",)
        and value == "bind"
        and _CODE.match(str(path[1]))
        for path, value in service.settings.items()
    )


@single(
    "IM009", "image.build-target-differs", Severity.WARNING, paths=("build.target",), since="0.2"
)
def build_target_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The two sides build different stages of a Dockerfile.

    What it compares:
        `build.target` where both sides build; without one the last stage is built.

    Why it matters:
        Stages have their own packages, users, commands and variables. What is installed in the stage for
        development is missing in the other, and nobody notices before deployment.

    Example:
        local: `build: {context: ., target: dev}`
        production: `build: {context: ., target: production}`

    What to do:
        Build production's stage locally at least in the test run.

    When to ignore it:
        When the stages differ in debugging tools only.

    References:
        Incident cmd-adl-lrs-static-gunicorn; Dockerfile reference on multi-stage builds.
    """
    both = comparison.pair(difference.service)
    if both is not None and builds(both.left) and builds(both.right):
        one, two = (
            v if v is not ABSENT else "the last" for v in (difference.left, difference.right)
        )
        yield Found(
            f"stage `{one}` is built on the left and `{two}` on the right",
            "build production's stage in the test run: `build.target`",
        )


@single(
    "IM010", "image.build-argument-differs", Severity.WARNING, paths=("build.args.*",), since="0.2"
)
def build_argument_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A build argument that decides what is installed differs.

    What it compares:
        Arguments of builds on both sides that name a mode (`NODE_ENV`, `APP_ENV`), a version, or what to
        install or leave out. Arguments that are each build's own (user ids, commits, dates) are left to
        the general rules.

    Why it matters:
        `NODE_ENV=production` during the build leaves out the development dependencies, and with them
        often the build tools. A version argument chooses another base or package.

    Example:
        local: `build: {context: ., args: {NODE_ENV: development}}`
        production: `build: {context: ., args: {NODE_ENV: production}}`

    What to do:
        Build with the same arguments, and give the mode to the running container instead.

    When to ignore it:
        When the argument only switches debugging tools.

    References:
        Incidents nodeenv-docker-node-angular, nodeenv-shippable-cached.
    """
    both = comparison.pair(difference.service)
    name = str(difference.path[-1])
    if both is None or not (builds(both.left) and builds(both.right)):
        return
    if _IDENTITY.match(name) or not _DECIDES.match(name):
        return
    yield Found(
        f"the images are built with different `{name}`, which decides what is in them",
        f"use one value: `build.args.{name}`",
    )


@single("IM011", "image.platform-differs", Severity.WARNING, paths=("platform",), since="0.2")
def platform_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The sides run the image for different processor architectures.

    What it compares:
        `platform` where both sides state it. Stated on one side it is an information: the other side runs
        what its engine prefers.

    Why it matters:
        Programs for another processor run emulated: slower, without some system calls, and with other
        signedness and floating-point corners. Native modules built for one do not load on the other.

    Example:
        local: `platform: linux/arm64`
        production: `platform: linux/amd64`

    What to do:
        State production's platform on both sides for what depends on it.

    When to ignore it:
        Interpreted code without native modules.

    References:
        Incidents arch-char-signedness-milagro, arch-xk6-wrong-binary-in-manifest.
    """
    one, two = difference.left, difference.right
    if ABSENT in (one, two):
        side = comparison.right.name if one is ABSENT else comparison.left.name
        yield Found(
            f"only {side} states a platform (`{two if one is ABSENT else one}`); "
            "the other runs what its engine prefers",
            f"platform: {two if one is ABSENT else one}",
            severity=Severity.INFO,
        )
    elif _machine(str(one)) != _machine(str(two)):
        yield Found(
            f"the image runs for `{one}` on the left and `{two}` on the right", f"platform: {two}"
        )


def _machine(platform: str) -> str:
    names = {"x86_64": "amd64", "x64": "amd64", "aarch64": "arm64", "arm64/v8": "arm64"}
    text = platform.lower().removeprefix("linux/")
    return names.get(text, text)


@pair("IM012", "image.pull-policy", Severity.WARNING, silent=True, since="0.2")
def pull_policy(pair: ServicePair) -> Iterator[Found]:
    """A tag that moves is pulled anew on one side and kept on the other.

    What it compares:
        `pull_policy` of both sides where both run one moving tag (`latest`, `main`, none at all).

    Why it matters:
        The side that keeps what it has runs an old build under the new name, and a second machine
        another one. Everything looks deployed.

    Example:
        local: `pull_policy: always`
        production: `pull_policy: if_not_present`

    What to do:
        Name each build by its own tag or by digest; then the policy does not matter.

    When to ignore it:
        Never for images that production runs.

    References:
        Incident tag-stale-18f-main; Kubernetes documentation on imagePullPolicy.
    """
    left, right = tag_of(pair.left), tag_of(pair.right)
    if (
        not (left and right and left.moves and right.moves)
        or builds(pair.left)
        or builds(pair.right)
    ):
        return
    one, two = (_policy(side) for side in (pair.left, pair.right))
    if _KEEPS.get(one, one) != _KEEPS.get(two, two):
        yield Found(
            f"the tag `{right.text}` moves, and is pulled `{one}` on the left and `{two}` on the right",
            "give every build its own tag or pin the digest",
            ((pair.name, ("pull_policy",)), (pair.name, ("image", "tag"))),
        )


def _policy(service: Service) -> str:
    given = service.get("pull_policy")
    return "missing" if given is ABSENT else str(given)
