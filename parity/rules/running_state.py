"""RU: which image really runs, how containers fare, and what replicas do not share."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from parity.diff.view import Comparison, Service, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.facts import EXTENSION, FACTS
from parity.model.finding import Severity
from parity.model.hidden import Hidden, Relation, relation
from parity.model.setting import Layer
from parity.rules._live import given_to_all, names, number, of_the_process
from parity.rules._values import text
from parity.rules.contract import Found, joint, pair, single

_READS = (Layer.DECLARED, Layer.RUNNING)
_IMAGE = ("running", "image")
_FILES = frozenset({"json-file", "local"})
_OFTEN = 3
_SHOWN = 5
_KEY = re.compile(
    r"(?:MACHINE|SECRET|SESSION|COOKIE|ENCRYPTION|SIGNING|JWT|APP|VALIDATION|DECRYPTION|CSRF|TOKEN)_?KEY"
    r"|SECRET_KEY_BASE|(?:SESSION|COOKIE|JWT|AUTH|NEXTAUTH|APP)_SECRET|DATA_PROTECTION",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:[-_.]?\d{1,3}|[-_.](?:[ab]|blue|green|primary|secondary))$")


@pair(
    "RU027", "running.another-image-of-one-tag", Severity.WARNING, paths=("running.image",), reads=_READS,
    silent=True, symptoms=(r"old (?:version|code)", r"works in one", r"some(?:times| of the (?:pods|requests))"),
    since="0.3",
)  # fmt: skip
def another_image_of_one_tag(both: ServicePair) -> Iterator[Found]:
    """Two different images run under one and the same tag.

    What it compares:
        The ids of the images that really run, where both definitions name one tag. Images that are built
        here, and images for two processors, are left out.

    Why it matters:
        A tag moves. Who pulled it last week runs last week's build, and `image:` is equal everywhere. One
        release is two programs: a bug is there or not, depending on who answers.

    Example:
        local: `shop:4.2`, pulled today
        production: `shop:4.2`, pulled a week ago

    What to do:
        A tag for each build (a commit's), or the digest: `image: shop@sha256:…`.

    When to ignore it:
        When both were built from the same sources, each in its own place.

    References:
        OCI Distribution Specification, tags. Incidents tag-two-digests-k8s, tag-stale-18f-main.
    """
    sides = (both.left, both.right)
    ids = [side.get(*_IMAGE) for side in sides]
    if ABSENT in ids or ids[0] == ids[1] or not _same_name(both):
        return
    tag = both.right.get("image", "tag")
    named = f":{tag}" if isinstance(tag, str) and tag else ""
    yield Found(
        f"`{both.right.get('image', 'repository')}{named}` is image {_short(ids[0])} on the left and "
        f"{_short(ids[1])} on the right",
        "pull it again where it is older, and name images by digest",
        ((both.name, _IMAGE), (both.name, ("image", "tag"))),
    )


def _same_name(both: ServicePair) -> bool:
    sides = (both.left, both.right)
    if any(side.under("build") for side in sides):
        return False
    for path in (
        ("image-config", "platform"),
        ("host", "architecture"),
        ("image", "tag"),
        ("platform",),
    ):
        if both.left.get(*path) != both.right.get(*path):
            return False
    last = {str(side.get("image", "repository")).rpartition("/")[2] for side in sides}
    return len(last) == 1


def _short(text: Any) -> str:
    return str(text).removeprefix("sha256:")[:12]


@joint(
    "RU028", "running.logs-fill-the-disk", Severity.ERROR, reads=(*_READS, Layer.HOST),
    symptoms=(r"no space left on device|ENOSPC", r"disk (?:is )?full"), since="0.3",
)  # fmt: skip
def logs_fill_the_disk(side: Side) -> Iterator[Found]:
    """A container's output is kept without a bound, and the host's disk is nearly full.

    What it compares:
        The log driver and its `max-size` as the engine made the container, with how full the engine's disk
        is.

    Why it matters:
        `json-file` keeps all that is written until the container is removed. A server that runs for months
        fills its disk; then databases stop, and no container starts. A laptop never lives so long.

    Example:
        local: `json-file`, made today
        production: `json-file` without `max-size`, the disk 97 % full

    What to do:
        `logging: {driver: local}`, or `options: {max-size: 10m, max-file: "3"}`, and make the container
        anew: existing ones keep what they were made with.

    When to ignore it:
        When something else fills the disk, and logs are rotated by the host.

    References:
        Docker documentation, JSON File logging driver. Incident log-jsonfile-disk-full-gce.
    """
    for name, service in side.services.items():
        full = number(service.get("host", "disk-full"))
        bounded = service.get("running", "log-max-size") not in (ABSENT, "", "unlimited", "-1")
        if full and service.get("running", "log-driver") == "json-file" and not bounded:
            yield Found(
                f"the engine's disk is {full:.0f} % full, and the output of `{name}` is kept without a bound",
                'logging: {driver: json-file, options: {max-size: 10m, max-file: "3"}}',
                ((name, ("running", "log-max-size")), (name, ("host", "disk-full"))),
            )


@single(
    "RU029", "running.unwell-on-one-side", Severity.INFO, paths=("running.healthy", "running.restarts"),
    reads=_READS, symptoms=(r"unhealthy", r"restart", r"crash"), since="0.3",
)  # fmt: skip
def unwell_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A container fails its health check, or was restarted again and again, on one side only.

    What it compares:
        The engine's record: whether the check fails, and three restarts and more against none.

    Why it matters:
        It is what comes of another difference, and says in which service to look.

    Example:
        local: healthy
        production: unhealthy, 37 restarts

    What to do:
        `docker logs` of the service, and the findings above that name it.

    When to ignore it:
        Right after a start.

    References:
        Docker Engine API, ContainerInspect.
    """
    one, two = names(comparison)
    if difference.path[-1] == "healthy":
        if False in (difference.left, difference.right):
            where = one if difference.left is False else two
            yield Found(
                f"its health check fails in {where}", f"read its log in {where}: docker logs"
            )
        return
    counts = [number(value) or 0 for value in (difference.left, difference.right)]
    if min(counts) == 0 and max(counts) >= _OFTEN:
        where = one if counts[0] else two
        yield Found(
            f"it was restarted {max(counts):.0f} times in {where}", "read its log: docker logs"
        )


@joint(
    "RU030", "running.replicas-with-keys-of-their-own", Severity.ERROR, reads=_READS,
    symptoms=(r"session", r"log(?:ged)? ?(?:in|out)", r"\b401\b", r"antiforgery|CSRF|XSRF", r"decrypt|signature"),
    since="0.3",
)  # fmt: skip
def replicas_with_keys_of_their_own(side: Side) -> Iterator[Found]:
    """Two instances of one service sign sessions with different keys.

    What it compares:
        Variables that hold keys of sessions, cookies and tokens, as processes really have them, between
        services of one image whose names differ in a number: `web-1` and `web-2`.

    Why it matters:
        What one instance signed the other refuses. Each works alone; behind a load balancer users are
        logged out, forms are refused, every second request fails. Keys that an entrypoint makes at each
        start are the usual cause.

    Example:
        local: one instance
        production: `web-1` and `web-2`, each with a `MACHINE_KEY` of its own

    What to do:
        One key for all of them, given by the definition.

    When to ignore it:
        When a session never leaves its instance.

    References:
        ASP.NET documentation, machineKey; Data Protection. Incident replicas-machine-keys.
    """
    for group in _families(side):
        first, *others = group
        for key, value in _keys(first).items():
            other = next((o for o in others if _differs(value, _keys(o).get(key, ABSENT))), None)
            if other is not None:
                yield Found(
                    f"`{first.name}` and `{other.name}` are instances of one image, and their {key} differs",
                    f"give both the same {key}",
                    ((other.name, ("environment", key)), (first.name, ("environment", key))),
                )


def _families(side: Side) -> Iterator[list[Service]]:
    found: dict[tuple[str, str, str], list[Service]] = {}
    for service in side.services.values():
        stem = _NUMBERED.sub("", service.name.lower())
        if _live(service):
            words = " ".join(map(str, service.words))
            image = f"{service.get('image', 'repository')}:{service.get('image', 'tag')}"
            found.setdefault((stem, image, words), []).append(service)
    yield from (group for group in found.values() if len(group) > 1)


def _live(service: Service) -> Mapping[str, Any]:
    """The facts of its process."""
    facts: Any = (service.document.get(EXTENSION) or {}).get(FACTS) or {}
    found: Mapping[str, Any] = facts.get("running") or {}
    return found


def _keys(service: Service) -> Mapping[str, Any]:
    """Its keys: those that process 1 has, above those of the definition."""
    told = {**dict(service.environment()), **of_the_process(service)}
    return {str(name): value for name, value in told.items() if _KEY.search(str(name))}


def _differs(one: Any, other: Any) -> bool:
    if isinstance(one, Hidden) or isinstance(other, Hidden):
        return other is not ABSENT and relation(one, other) is Relation.DIFFERS
    return other is not ABSENT and one != other


@pair(
    "RU031", "running.variable-of-one-process", Severity.WARNING, paths=("environment.*",), reads=_READS,
    symptoms=(r"KeyError|missing .*(?:variable|key)|is not set|undefined", r"\b50[23]\b|proxy", r"refused"),
    since="0.3",
)  # fmt: skip
def variable_of_one_process(both: ServicePair) -> Iterator[Found]:
    """A process has variables that no definition sets, and the other side's process has not.

    What it compares:
        The variables of process 1 on both sides with the definitions. What clusters, shells and base images
        give to every process is left out. All of one service are one finding, proxies first.

    Why it matters:
        Something beside the definition gives them: an entrypoint, a file that one start reads and the other
        does not, the client's own configuration, a policy. They are missing wherever that is not. A proxy
        that was put in this way catches calls between services and to localhost.

    Example:
        local: `STRIPE_PUBLIC_KEY`, from a `.env` that the program loads
        production: not set in the process that the deployment starts

    What to do:
        Write them into the definition, or take them away at their source (`proxies` in
        ~/.docker/config.json).

    When to ignore it:
        When the program sets them for itself.

    References:
        Docker documentation, Use a proxy server with the Docker CLI. Incidents
        env-engineyard-dotenv-not-loaded, proxy-baserow-docker-config, proxy-artifact-keeper-health.
    """
    for has, lacks, where in ((both.left, both.right, "left"), (both.right, both.left, "right")):
        extra = sorted(
            n for n in of_the_process(has) if not lacks.has_env(n) and not given_to_all(n)
        )
        extra.sort(key=lambda name: not name.lower().endswith("_proxy"))
        if not extra:
            continue
        shown = ", ".join(extra[:_SHOWN]) + (" …" if len(extra) > _SHOWN else "")
        proxy = extra[0].lower().endswith("_proxy")
        yield Found(
            f"the process on the {where} has {shown}, which no definition sets"
            + (": calls between services may go to that proxy" if proxy else ""),
            f"write {extra[0]} into the definition, or take it away where it comes from",
            tuple((both.name, ("environment", name)) for name in extra),
        )


@single(
    "RU032", "running.space-at-an-end", Severity.ERROR, paths=("environment.*",), reads=_READS,
    symptoms=(r"does not exist", r"authentication failed", r"invalid", r"not found", r"no such"), since="0.3",
)  # fmt: skip
def space_at_an_end(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A value has a space or a newline at one of its ends in one environment, and is equal otherwise.

    What it compares:
        Variables that processes have otherwise than definitions say, byte for byte. EN034 speaks of secrets,
        DF002 of what definitions say.

    Why it matters:
        `echo` puts a newline at the end of what is encoded for a secret store, and some readers of env files
        keep spaces before a comment. The role, the host or the folder of that name does not exist, and the
        message shows nothing.

    Example:
        local: `POSTGRES_USER=test`
        production: `POSTGRES_USER=test` and a newline

    What to do:
        Write the value again without it: `printf %s`, not `echo`.

    When to ignore it:
        When the program trims it.

    References:
        Kubernetes, managing Secrets (`echo -n`). Incidents secret-newline-postgres-role,
        secret-newline-keycloak.
    """
    if difference.layer is not Layer.RUNNING:
        return
    given = [text(value) for value in (difference.left, difference.right)]
    left, right = given
    if left is None or right is None or left.strip() != right.strip() or not left.strip():
        return
    odd = [each != each.strip() for each in (left, right)]
    if odd[0] is not odd[1]:
        side, value = (comparison.left.name, left) if odd[0] else (comparison.right.name, right)
        what = "a newline" if "\n" in value[len(value.rstrip()) :] else "a space"
        yield Found(
            f"`{difference.path[-1]}` has {what} at an end in {side}, and is equal otherwise",
            f"write {difference.path[-1]} again without it: printf %s, not echo",
        )
