"""HO: hosts: kernel settings that servers need, and what runtimes make of kernel and memory."""

from collections.abc import Iterator

from parity.diff.units import show_size
from parity.diff.view import Comparison, Service, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules._live import both_of, names, number, release, whole
from parity.rules._runtimes import (
    caps_heap,
    is_dotnet,
    is_java,
    is_node,
    java,
    reads_cgroup_v2,
)
from parity.rules._scale import most
from parity.rules.contract import Found, joint, single

_READS = (Layer.DECLARED, Layer.HOST)
_RUNNING = (*_READS, Layer.RUNNING)
_OOM = (r"exit(?:ed)?(?: with)?(?: code)? 137", r"OOM ?Killed", r"out of memory", r"heap")
_MAPS = ("host", "sysctls", "vm.max_map_count")
_WATCHES = ("host", "sysctls", "fs.inotify.max_user_instances")
_MAPS_WANTED = 262144
_OVERCOMMIT = "vm.overcommit_memory"
_PAGES = "transparent-hugepages"
_FORKS = frozenset({"redis"})
_SMALL_PAGES = frozenset({"redis", "mongodb"})
_PER_DOTNET = 14
"""Inotify instances of one ASP.NET Core process that watches its configuration, by the incidents."""
_NEW_KERNEL = (6, 12)
_FIXED_JAVA = 25
_NODE_STEP = 15 * 1024**3
"""From about this memory on Node.js allows a heap of 4 GiB by itself, below it 2 GiB."""


@joint(
    "HO001", "host.too-few-memory-maps", Severity.ERROR, reads=_READS,
    symptoms=(r"max virtual memory areas", r"vm\.max_map_count", r"bootstrap check"), since="0.3",
)  # fmt: skip
def too_few_memory_maps(side: Side) -> Iterator[Found]:
    """A search engine does not start on this host: its processes may map too little.

    What it compares:
        `vm.max_map_count` of the host with the 262144 that Elasticsearch and OpenSearch ask for. With
        `discovery.type=single-node` it is a warning, since they then only complain.

    Why it matters:
        "max virtual memory areas vm.max_map_count [65530] is too low": the node stops at its bootstrap
        checks. Docker Desktop has the larger number, most servers have not.

    Example:
        local: 262144
        production: 65530

    What to do:
        `sysctl -w vm.max_map_count=262144` on the host, and in /etc/sysctl.d.

    When to ignore it:
        When the engine is told to map nothing (`node.store.allow_mmap: false`).

    References:
        Elasticsearch documentation, Virtual memory. Incidents es-maxmap-opensearch-helm,
        es-single-node-hides-check-hypothesis.
    """
    for name, service in side.services.items():
        has = whole(service.get(*_MAPS))
        if has is None or has >= _MAPS_WANTED or not _searches(service):
            continue
        alone = service.env("discovery.type") == "single-node"
        yield Found(
            f"`{name}` asks for vm.max_map_count {_MAPS_WANTED}, and its host has {has}",
            f"sysctl -w vm.max_map_count={_MAPS_WANTED} on the host",
            ((name, _MAPS),),
            Severity.WARNING if alone else None,
        )


def _searches(service: Service) -> bool:
    named = str(service.settings.get(("image", "repository")) or "").rpartition("/")[2]
    return service.technology == "elasticsearch" or named.startswith("sonarqube")


@single(
    "HO002", "host.memory-is-lent-otherwise", Severity.WARNING, reads=_READS,
    paths=("host.sysctls.*", "host.transparent-hugepages"),
    symptoms=(r"fork: cannot allocate memory", r"MISCONF", r"background sav(?:e|ing)", r"latency"),
    since="0.3",
)  # fmt: skip
def memory_is_lent_otherwise(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A store saves by forking, and one host does not lend it the memory for that.

    What it compares:
        `vm.overcommit_memory` where Redis runs, and huge pages where Redis or MongoDB run.

    Why it matters:
        With 0 the kernel may refuse a fork that could need twice the memory: Redis cannot save, and then
        refuses to write (MISCONF). With little data it always works. With huge pages each write after a
        fork copies 2 MiB.

    Example:
        local: `vm.overcommit_memory` 1, as Docker Desktop has it
        production: `vm.overcommit_memory` 0

    What to do:
        `sysctl -w vm.overcommit_memory=1` on the host; `never` or `madvise` for huge pages.

    When to ignore it:
        When the store keeps nothing on disk.

    References:
        Redis documentation, Administration. Incident overcommit-bibdata-prod.
    """
    what, both = str(difference.path[-1]), (difference.left, difference.right)
    stores = {s.technology for s in both_of(difference, comparison)}
    if ABSENT in both or what not in (_OVERCOMMIT, _PAGES):
        return
    one, two = names(comparison)
    if what == _OVERCOMMIT and stores & _FORKS:
        yield Found(
            f"{what} is {both[0]} in {one} and {both[1]} in {two}: with 0 a large store cannot fork to save",
            "sysctl -w vm.overcommit_memory=1 on the host",
        )
    elif what == _PAGES and "always" in both and stores & _SMALL_PAGES:
        yield Found(
            f"huge pages are `{both[0]}` in {one} and `{both[1]}` in {two}: with `always` a store's writes stall",
            "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled on the host",
        )


@joint(
    "HO003", "host.too-few-watches-for-one-user", Severity.WARNING, reads=_RUNNING,
    words=("aspnetcore", "dotnet"),
    symptoms=(r"inotify", r"user limit \(\d+\)", r"EMFILE|too many open files"), since="0.3",
)  # fmt: skip
def too_few_watches_for_one_user(side: Side) -> Iterator[Found]:
    """Processes of one user on one host watch more files than the kernel lets that user.

    What it compares:
        `fs.inotify.max_user_instances` with how many .NET processes run under one user's number, services
        and replicas together: each watches its configuration, with about fourteen instances.

    Why it matters:
        The kernel counts by user of the host, and containers that run as 1000 are all one user. A single
        container never reaches the limit of 128; the tenth on a node fails at its start.

    Example:
        local: one container, limit 128
        production: twelve as user 1000, limit 128

    What to do:
        `sysctl -w fs.inotify.max_user_instances=1024` on the host, another user for each service, or
        `DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE=false`.

    When to ignore it:
        When the replicas run on many hosts.

    References:
        inotify(7). Incidents inotify-aspnet-shared-uid, inotify-aspnet-docs-nine-instances.
    """
    users: dict[object, list[Service]] = {}
    for service in side.services.values():
        if (
            is_dotnet(service)
            and service.env("DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE") != "false"
        ):
            users.setdefault(service.get("running", "user"), []).append(service)
    for user, services in users.items():
        limit = min((n for s in services if (n := whole(s.get(*_WATCHES)))), default=None)
        count = sum(map(most, services))
        if user is not ABSENT and limit and count * _PER_DOTNET > limit:
            first = max(services, key=most)
            yield Found(
                f"{count} .NET processes run as user {user}, and the host gives one user {limit} inotify instances",
                "sysctl -w fs.inotify.max_user_instances=1024 on the host, or a user for each service",
                ((first.name, _WATCHES), (first.name, ("running", "user"))),
            )


@joint(
    "HO004", "host.java-does-not-see-its-limits", Severity.ERROR, reads=_RUNNING, symptoms=_OOM, since="0.3",
)  # fmt: skip
def java_does_not_see_its_limits(side: Side) -> Iterator[Found]:
    """Java takes the host's memory for its own: this kernel shows limits where this release does not look.

    What it compares:
        The kernel (6.12 and later, with cgroup v2) with the release of Java and whether its heap is capped,
        where the container's memory is limited. Java 25 looks elsewhere; whether an older release has the
        change is not known, unless JAVA_VERSION says 25 or more.

    Why it matters:
        Kernels without the older kind of cgroups no longer list the memory controller in /proc/cgroups.
        Java then believes that it is not in a container, takes a quarter of the host's memory for its
        heap, and is killed. Nothing in the workload changed.

    Example:
        local: kernel 6.8
        production: kernel 6.14, memory limited to 2 GiB, no `-Xmx`

    What to do:
        `-Xmx` in `JAVA_TOOL_OPTIONS`, below the limit, or a release of Java with JDK-8349988.

    When to ignore it:
        When `java -XshowSettings:system -version` in the container shows the limit.

    References:
        JDK-8349988. Incident cgroup-corretto-kernel-612.
    """
    for name, service in side.services.items():
        kernel = release(service.get("host", "kernel"))[:2]
        limit = service.get("running", "limits", "memory")
        if (
            kernel < _NEW_KERNEL
            or service.get("host", "cgroup") != "v2"
            or not isinstance(limit, int)
        ):
            continue
        if is_java(service) and not caps_heap(service) and java(service)[0] < _FIXED_JAVA:
            yield Found(
                f"`{name}` runs Java without a heap cap on kernel {kernel[0]}.{kernel[1]}, where releases before "
                f"25 may not see the limit of {show_size(limit)}",
                f"JAVA_TOOL_OPTIONS: -Xmx{int(limit * 0.75) // 1024**2}m",
                ((name, ("host", "kernel")), (name, ("running", "limits", "memory"))),
            )


@single(
    "HO005", "host.cgroup-version-differs", Severity.INFO, paths=("host.cgroup",), reads=_READS,
    symptoms=_OOM, since="0.3",
)  # fmt: skip
def cgroup_version_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The hosts keep limits in two kinds of cgroups, and not every runtime reads both.

    What it compares:
        v1 or v2 on the hosts. An error where Java runs without a heap cap, in a limited container and in a
        release that is not known to read v2 (before 15, 11.0.16 and 8u372); else an information.

    Why it matters:
        A runtime that does not find its limit takes the host's memory: the same image has a heap of 320 MB
        on one host and of 5 GB on the other, where it is killed.

    Example:
        local: v2
        production: v1

    What to do:
        `-Xmx` or `--max-old-space-size` below the limit, or a release that reads v2.

    When to ignore it:
        When every runtime is younger than 2022.

    References:
        JDK-8230305. Incident cgroup-nomad-dev-vs-staging.
    """
    both = (difference.left, difference.right)
    if set(both) != {"v1", "v2"}:
        return
    one, two = names(comparison)
    newer = [
        s for s, kind in zip(both_of(difference, comparison), both, strict=False) if kind == "v2"
    ]
    blind = any(_is_blind(service) for service in newer)
    where = one if both[0] == "v2" else two
    yield Found(
        f"the host has cgroup {both[0]} in {one} and {both[1]} in {two}"
        + (f": Java may not see its memory limit in {where}" if blind else ""),
        "cap the heap below the memory limit: -Xmx, --max-old-space-size",
        severity=Severity.ERROR if blind else None,
    )


def _is_blind(service: Service) -> bool:
    """Whether Java may take the host's memory for its own under cgroup v2."""
    limits = [
        service.get("running", "limits", "memory"),
        service.get("deploy", "resources", "limits", "memory"),
    ]
    limited = any(number(limit) is not None for limit in limits)
    return (
        limited
        and is_java(service)
        and not caps_heap(service)
        and not reads_cgroup_v2(java(service))
    )


@single(
    "HO006", "host.default-heap-differs", Severity.INFO, paths=("host.memory",), reads=_READS,
    symptoms=(*_OOM, r"Reached heap limit"), since="0.3",
)  # fmt: skip
def default_heap_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A runtime sizes its heap by the host's memory, and the hosts have different memory.

    What it compares:
        The hosts' memory where Node.js or Java run without a heap cap and without a limit: Node.js allows
        2 GiB on hosts below about 15 GiB and 4 GiB above, Java a quarter. A warning for what is built in
        the environment, since builds need most; else an information.

    Why it matters:
        The same build passes on the machine with more memory and ends in "JavaScript heap out of memory" on
        the other, which has memory left.

    Example:
        local: 32 GiB
        production: 12 GiB

    What to do:
        `NODE_OPTIONS=--max-old-space-size=4096` as a build argument, or `-Xmx`.

    When to ignore it:
        When the heap is small compared to both.

    References:
        Node.js documentation, --max-old-space-size. Incident mem-openwebui-build-heap.
    """
    left, right = number(difference.left), number(difference.right)
    sides = list(both_of(difference, comparison))
    if (
        not left
        or not right
        or not sides
        or any(caps_heap(each) or _limited(each) for each in sides)
    ):
        return
    node, runs_java = any(map(is_node, sides)), any(map(is_java, sides))
    if not (node and (left < _NODE_STEP) is not (right < _NODE_STEP)) and not (
        runs_java and max(left, right) >= 2 * min(left, right)
    ):
        return
    one, two = names(comparison)
    built = any(each.under("build") for each in sides)
    what = "Node.js" if node else "Java"
    yield Found(
        f"{what} sizes its heap by the host's memory, which is {_gib(left)} in {one} and {_gib(right)} in {two}",
        "NODE_OPTIONS: --max-old-space-size=4096" if node else "JAVA_TOOL_OPTIONS: -Xmx2g",
        severity=Severity.WARNING if built else None,
    )


def _limited(service: Service) -> bool:
    limits = [
        service.get("running", "limits", "memory"),
        service.get("deploy", "resources", "limits", "memory"),
    ]
    return any(number(limit) is not None for limit in limits)


def _gib(amount: float) -> str:
    return f"{amount / 1024**3:.0f} GiB"
