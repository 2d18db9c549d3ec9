"""RU: what the kernel lets running containers do: queues, low ports, capabilities, users."""

from collections.abc import Iterator

from parity.diff.view import Comparison, Service, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules import _numbers
from parity.rules._live import decided, names, number, part, texts, whole
from parity.rules._servers import REDIS
from parity.rules._words import argv, option
from parity.rules.contract import Found, joint, single

_READS = (Layer.DECLARED, Layer.RUNNING)
_QUEUE = ("running", "sysctls", "net.core.somaxconn")
_LOW = ("running", "sysctls", "net.ipv4.ip_unprivileged_port_start")
_OWN_QUEUE = {"gunicorn": 2048, "uvicorn": 2048, "hypercorn": 100, "puma": 1024, "unicorn": 1024}
"""How long a queue of waiting connections servers ask for."""
_IMAGE_QUEUE = {"nginx": 511, "redis": 511}
_TELLING = frozenset({
    "net.core.somaxconn", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_fin_timeout",
    "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies", "net.ipv6.conf.all.disable_ipv6",
    "kernel.shmmax", "kernel.shmall", "kernel.sem", "kernel.msgmax", "fs.mqueue.msg_max",
})  # fmt: skip
_RARE = frozenset({"audit_write", "mknod", "net_raw", "setfcap", "sys_chroot", "setpcap", "fsetid"})
"""Capabilities that Docker gives and other engines do not, and that hardly any service needs."""
_DENIED = (
    r"permission denied",
    r"operation not permitted",
    r"EACCES|EPERM",
    r"bind\b.*\b(?:80|443)\b",
)


@joint(
    "RU009", "running.queue-cut-by-the-kernel", Severity.WARNING, reads=_READS,
    symptoms=(r"connection re(?:set|fused)", r"ECONNRESET", r"backlog", r"TCP backlog setting"), since="0.3",
)  # fmt: skip
def queue_cut_by_the_kernel(side: Side) -> Iterator[Found]:
    """A server asks for a longer queue of waiting connections than the kernel gives.

    What it compares:
        The backlog that a server is told or asks for by itself (gunicorn and uvicorn 2048, puma 1024,
        nginx and Redis 511) with `net.core.somaxconn` as the container has it.

    Why it matters:
        The kernel cuts the queue without a word: 128 before Linux 5.4, 4096 since. Under load connections
        are reset on the one host and wait on the other.

    Example:
        local: gunicorn, somaxconn 4096
        production: gunicorn, somaxconn 128

    What to do:
        `sysctls: {net.core.somaxconn: "4096"}` for the service: it is the container's own.

    When to ignore it:
        When a proxy in front limits the connections.

    References:
        listen(2). Incident somaxconn-gunicorn-128-vs-4096.
    """
    for name, service in side.services.items():
        room = whole(service.get(*_QUEUE))
        wanted = _backlog(service)
        if room is not None and wanted is not None and room < wanted:
            field = "command" if service.get("command") else "entrypoint"
            at = ((name, (field,)),) if service.words else ()
            yield Found(
                f"`{name}` asks for a queue of {wanted} waiting connections, and the kernel gives {room}",
                f'sysctls: {{net.core.somaxconn: "{max(wanted, 4096)}"}}',
                ((name, _QUEUE), *at),
            )


def _backlog(service: Service) -> int | None:
    words = argv(service.words)
    server = next((w.rpartition("/")[2] for w in words if w.rpartition("/")[2] in _OWN_QUEUE), "")
    if server:
        return _numbers.whole(option(words, "--backlog")) or _OWN_QUEUE[server]
    if service.technology == "redis":
        told = REDIS.read(service).get("tcp-backlog")
        return (_numbers.whole(told.value) if told else None) or _IMAGE_QUEUE["redis"]
    return _IMAGE_QUEUE.get(service.technology)


@single(
    "RU010", "running.kernel-setting-differs", Severity.INFO, paths=("running.sysctls.*",), reads=_READS,
    symptoms=(r"connection re(?:set|fused)", r"keep-?alive", r"address already in use|EADDRNOTAVAIL"),
    since="0.3",
)  # fmt: skip
def kernel_setting_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A kernel setting of the containers differs, and no definition sets it.

    What it compares:
        Settings that belong to a container's namespaces and are known to change what programs do: queue
        lengths, keep-alive, ports, shared memory and message queues.

    Why it matters:
        They come with the kernel and the engine. What breaks is told by other rules where it is known
        (RU009, RU011); this is the rest.

    Example:
        local: `net.ipv4.tcp_keepalive_time` 7200
        production: `net.ipv4.tcp_keepalive_time` 60

    What to do:
        Set it under `sysctls` on both sides.

    When to ignore it:
        When the service does not come near it.

    References:
        Linux kernel documentation, sysctl/net and sysctl/kernel.
    """
    name = part(difference, 2)
    both = (difference.left, difference.right)
    if name not in _TELLING or ABSENT in both or decided(difference, comparison):
        return
    one, two = names(comparison)
    yield Found(
        f"{name} is `{both[0]}` in {one} and `{both[1]}` in {two}, and no definition sets it",
        f'sysctls: {{{name}: "{both[1]}"}} on both sides',
    )


@joint(
    "RU011", "running.low-port-refused", Severity.ERROR, reads=_READS, symptoms=_DENIED, since="0.3",
)  # fmt: skip
def low_port_refused(side: Side) -> Iterator[Found]:
    """A process is to listen on a low port, and this container's kernel refuses it.

    What it compares:
        Ports below `net.ipv4.ip_unprivileged_port_start` as the container has it, with the capability
        NET_BIND_SERVICE that process 1 has or has not.

    Why it matters:
        Docker since 20.10 opens low ports to everybody where the kernel can; older kernels, other engines
        and the host's network do not. The same definition starts on one host and ends in "permission
        denied" on the other.

    Example:
        local: `net.ipv4.ip_unprivileged_port_start` 0
        production: the same with 1024

    What to do:
        Listen on a port above 1024 and map it, or set the sysctl in the definition.

    When to ignore it:
        When the process starts as root and gives its rights up after it has the port.

    References:
        Linux kernel documentation, ip-sysctl. Incident cap-docker2010-unprivileged-port.
    """
    for name, service in side.services.items():
        first = whole(service.get(*_LOW))
        may = service.get("running", "capabilities")
        allowed = (
            "net_bind_service" in texts(may)
            if may is not ABSENT
            else number(service.get("running", "user")) == 0
        )
        port = min((p for p in _ports(service) if first and 0 < p < first), default=None)
        if port and not allowed and service.get("running", "listening", f"{port}/tcp") is ABSENT:
            yield Found(
                f"`{name}` is to listen on port {port} without the right to: below {first} the kernel refuses",
                f'sysctls: {{net.ipv4.ip_unprivileged_port_start: "{port}"}}, or a port above 1024',
                ((name, _LOW), (name, ("running", "capabilities"))),
            )


def _ports(service: Service) -> Iterator[int]:
    told = [str(path[1]) for path in service.under("ports") if len(path) > 1]
    for field in (("expose",), ("image-config", "exposed")):
        told += texts(service.settings.get(field))
    for text in (*told, service.env("PORT") or ""):
        found = _numbers.whole(text.partition("/")[0])
        if found is not None and not text.endswith("/udp"):
            yield found


@single(
    "RU012", "running.capabilities-differ", Severity.WARNING, paths=("running.capabilities",),
    reads=_READS, symptoms=_DENIED, since="0.3",
)  # fmt: skip
def capabilities_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A process has fewer capabilities on one side, and no definition takes them away.

    What it compares:
        The effective capabilities of process 1, where user and definitions do not differ. It is an
        information where only those differ that engines disagree on and hardly any service needs.

    Why it matters:
        Policies of clusters drop capabilities. Changing owners, switching users and binding low ports then
        fail with "operation not permitted", in the entrypoint mostly.

    Example:
        local: `chown`, `setuid`, `setgid` and eleven more
        production: none, by the cluster's policy

    What to do:
        `cap_drop: [ALL]` locally, with what the service needs under `cap_add`.

    When to ignore it:
        When the service never uses what is missing.

    References:
        capabilities(7). Incident cap-mercure-no-new-privs.
    """
    if decided(difference, comparison) or ABSENT in (difference.left, difference.right):
        return
    sides = [set(texts(value)) for value in (difference.left, difference.right)]
    lacks = sorted(sides[0] - sides[1]) or sorted(sides[1] - sides[0])
    if not lacks:
        return
    one, two = names(comparison)
    has, without = (one, two) if sides[0] - sides[1] else (two, one)
    yield Found(
        f"process 1 has {', '.join(lacks[:8])} in {has} and not in {without}",
        f"cap_drop: [{', '.join(lacks[:8]).upper()}] in {has}, or add what the service needs in {without}",
        severity=Severity.INFO if set(lacks) <= _RARE else None,
    )


@single(
    "RU013", "running.confinement-differs", Severity.WARNING, reads=_READS,
    paths=("running.seccomp", "running.no-new-privileges"),
    symptoms=(*_DENIED, r"bad system call|SIGSYS", r"sudo"), since="0.3",
)  # fmt: skip
def confinement_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The kernel confines a process on one side and not on the other, and no definition says so.

    What it compares:
        The state of seccomp and no-new-privileges of process 1.

    Why it matters:
        Under seccomp some system calls are refused, with "operation not permitted" where nobody expects it.
        With no-new-privileges capabilities of files, sudo and setuid programs count for nothing.

    Example:
        local: `seccomp` filter
        production: `seccomp` disabled, the default of the cluster

    What to do:
        The same `security_opt` on both sides; in Kubernetes `seccompProfile: {type: RuntimeDefault}`.

    When to ignore it:
        When production is the freer side and knows why.

    References:
        seccomp(2); prctl(2). Incidents seccomp-bytebase-sles, cap-mercure-no-new-privs.
    """
    both = (difference.left, difference.right)
    if decided(difference, comparison) or ABSENT in both:
        return
    one, two = names(comparison)
    what = str(difference.path[-1])
    shown = [
        {True: "on", False: "off"}.get(v, str(v)) if isinstance(v, bool) else str(v) for v in both
    ]
    fix = "no-new-privileges:true" if what != "seccomp" else "seccomp=PROFILE"
    yield Found(
        f"{what} of process 1 is {shown[0]} in {one} and {shown[1]} in {two}, and no definition says so",
        f"security_opt: [{fix}] on both sides",
    )


@single(
    "RU014", "running.user-differs", Severity.WARNING, paths=("running.user",), reads=_READS,
    symptoms=(*_DENIED, r"whoami|no such user|getpwuid"), since="0.3",
)  # fmt: skip
def user_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A process runs as another user on one side, and no definition says so.

    What it compares:
        The user of process 1 by number. A warning where one of them is root, or above 100000: clusters that
        give each project a range of users do that. Else an information.

    Why it matters:
        Files of volumes and images belong to somebody: another user cannot write them. Who is not in
        /etc/passwd has no home and no name, and tools stop at that.

    Example:
        local: `0`
        production: `1000650000`, given by the cluster

    What to do:
        `user` with a number on both sides, and folders of the image writable for group 0.

    When to ignore it:
        When the service writes nowhere.

    References:
        credentials(7). Incident volperm-formac-named-volume.
    """
    both = (number(difference.left), number(difference.right))
    if decided(difference, comparison) or None in both:
        return
    one, two = names(comparison)
    strange = any(v is not None and (v == 0 or v >= 100_000) for v in both)  # noqa: PLR2004
    yield Found(
        f"process 1 runs as user {both[0]:.0f} in {one} and {both[1]:.0f} in {two}, and no definition says so",
        f'user: "{both[1]:.0f}" on both sides',
        severity=None if strange else Severity.INFO,
    )
