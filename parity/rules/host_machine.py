"""HO: hosts as machines: clock, disk, processor; and the engine on them."""

from collections.abc import Iterator

from parity.diff.view import Comparison, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules._live import both_of, names, number, release, texts
from parity.rules.contract import Found, joint, single

_READS = (Layer.DECLARED, Layer.HOST)
_TOLERATED = 5.0
"""Seconds that most checks of tokens allow for."""
_BUILT_FOR = frozenset({"sse4_2", "avx", "avx2", "bmi2", "aes", "atomics", "crc32"})
"""Features that programs are built for without asking at run time."""
_ENGINE = (20, 10, 10)
_FIRST_BY_YEAR = (17,)
"""Docker's versions are years since then; those of other engines are far smaller."""
_SANDBOXES = ("runsc", "kata", "gvisor", "sysbox", "nvidia")
_ODD_STORES = frozenset({"vfs", "devicemapper", "aufs", "fuse-overlayfs"})
_APART = frozenset({"rootless", "userns", "selinux"})
_DENIED = (r"operation not permitted", r"permission denied", r"EPERM")


@joint(
    "HO007", "host.clock-is-off", Severity.WARNING, reads=_READS,
    symptoms=(r"\biat\b|\bnbf\b|issued in the future|used before", r"token (?:is )?(?:expired|not yet valid)",
              r"RequestTimeTooSkewed|clock skew", r"\b401\b", r"certificate (?:is )?not yet valid"), since="0.3",
)  # fmt: skip
def clock_is_off(side: Side) -> Iterator[Found]:
    """A host's clock is seconds off.

    What it compares:
        The host's clock with that of the machine that reads. From five seconds on it is an error.

    Why it matters:
        A token that was signed a second ago is from the future, one that is valid has ended, signed
        requests to object stores are refused. Virtual machines drift after sleep, and some platforms drift
        by themselves; nothing in the program says so.

    Example:
        local: 47 s behind, after the laptop slept
        production: in time

    What to do:
        Set the clock by NTP (`chronyc makestep`, `wsl --shutdown`), and allow some seconds when tokens are
        checked.

    When to ignore it:
        When the machine that reads is the one that is off: then every host is.

    References:
        RFC 7519, leeway. Incidents clock-azure-container-instances, clock-ministack-wsl-drift.
    """
    for name, service in side.services.items():
        seconds = number(service.get("host", "clock-offset"))
        if seconds is not None and abs(seconds) > 1:
            word = "ahead" if seconds > 0 else "behind"
            yield Found(
                f"the host's clock is {abs(seconds):.0f} s {word}: tokens and signatures are refused",
                "chronyc makestep on the host",
                ((name, ("host", "clock-offset")),),
                Severity.ERROR if abs(seconds) >= _TOLERATED else None,
            )


@joint(
    "HO008", "host.disk-nearly-full", Severity.WARNING, reads=_READS,
    symptoms=(r"no space left on device|ENOSPC", r"disk (?:is )?full", r"read-only"), since="0.3",
)  # fmt: skip
def disk_nearly_full(side: Side) -> Iterator[Found]:
    """The disk on which the engine keeps images, volumes and logs is nearly full.

    What it compares:
        How full the file system below the engine's data is, from 90 % on.

    Why it matters:
        Databases stop, search engines turn read-only at 95 %, images are not pulled, logs are lost. The
        same stack works where there is room.

    Example:
        local: 60 % full
        production: 97 % full

    What to do:
        `docker system df` tells what takes the room; bound the logs (`max-size`).

    When to ignore it:
        On large disks that are watched.

    References:
        Docker documentation, docker system df. Incident log-jsonfile-disk-full-gce.
    """
    for name, service in side.services.items():
        full = number(service.get("host", "disk-full"))
        if full:
            yield Found(
                f"the engine's disk is {full:.0f} % full",
                "docker system df tells what takes the room",
                ((name, ("host", "disk-full")),),
            )


@joint(
    "HO009", "host.image-is-emulated", Severity.WARNING, reads=(*_READS, Layer.IMAGE),
    symptoms=(r"illegal instruction|SIGILL", r"qemu", r"exec format error", r"rosetta", r"slow"), since="0.3",
)  # fmt: skip
def image_is_emulated(side: Side) -> Iterator[Found]:
    """The image is for another processor than the host has, so that every instruction is translated.

    What it compares:
        The platform in the image's config with the host's processor.

    Why it matters:
        Emulators lack instructions: libraries that use AVX end in "illegal instruction". What runs is many
        times slower, and inotify, ptrace and some system calls do not work.

    Example:
        local: `linux/amd64` on arm64
        production: `linux/amd64` on amd64

    What to do:
        Build the image for both (`docker buildx build --platform linux/amd64,linux/arm64`).

    When to ignore it:
        When it works, and slow is good enough.

    References:
        Docker documentation, Multi-platform builds. Incident arch-amd64-emulation-illegal-instruction.
    """
    for name, service in side.services.items():
        platform, machine = (
            service.get("image-config", "platform"),
            service.get("host", "architecture"),
        )
        parts = str(platform).split("/")
        if ABSENT in (platform, machine) or len(parts) < 2 or parts[1] == machine:  # noqa: PLR2004
            continue
        if (parts[1], machine) in {("386", "amd64"), ("arm", "arm64")}:
            continue  # the processor itself runs these
        yield Found(
            f"the image is for {parts[1]} and the host's processor is {machine}: it is emulated, without "
            "instructions such as AVX",
            f"docker buildx build --platform linux/{parts[1]},linux/{machine}",
            ((name, ("host", "architecture")), (name, ("image-config", "platform"))),
        )


@single(
    "HO010", "host.processors-differ", Severity.WARNING, reads=_READS,
    paths=("host.cpu-features", "host.architecture"),
    symptoms=(r"illegal instruction|SIGILL", r"exec format error", r"float|precision"), since="0.3",
)  # fmt: skip
def processors_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One host's processor lacks instructions that programs are built for, or is of another kind.

    What it compares:
        The architecture, where the image layer does not say the same already; with equal ones whether
        SSE4.2, AVX, AVX2, BMI2 and AES (on arm64 atomics and CRC32) are there on one side alone.

    Why it matters:
        MongoDB 5, ClickHouse, TensorFlow and libraries built on the spot end in "illegal instruction"
        without AVX. Virtual machines hide features that their hosts have.

    Example:
        local: `avx2` among the features
        production: a virtual processor without it

    What to do:
        Let the machine pass its processor through (`host` model), or use builds without them.

    When to ignore it:
        When nothing native is in the images.

    References:
        x86-64 psABI, microarchitecture levels. Incidents arch-amd64-emulation-illegal-instruction,
        arch-atlas-m1-float.
    """
    left, right = difference.left, difference.right
    sides = list(both_of(difference, comparison))
    if ABSENT in (left, right) or not sides:
        return
    one, two = names(comparison)
    if difference.path[-1] == "architecture":
        if all(s.get("image-config", "platform") is ABSENT for s in sides):
            yield Found(
                f"the host's processor is {left} in {one} and {right} in {two}: programs built for each round "
                "and overflow otherwise",
                f"platform: linux/{right}, for what depends on it",
            )
        return
    kinds = {s.get("host", "architecture") for s in sides}
    features = [set(texts(value)) & _BUILT_FOR for value in (left, right)]
    lacks = sorted(features[0] ^ features[1])
    if len(kinds) == 1 and lacks and not (features[0] - features[1] and features[1] - features[0]):
        where = two if features[0] - features[1] else one
        yield Found(
            f"the processor has no {', '.join(lacks)} in {where}: programs built for it end in illegal instruction",
            f"use the host's own processor model for the machine of {where}",
        )


@joint(
    "HO011", "host.engine-refuses-new-system-calls", Severity.ERROR, reads=(*_READS, Layer.RUNNING),
    symptoms=(*_DENIED, r"pthread_create", r"clone3", r"can't start new thread", r"failed to create thread"),
    since="0.3",
)  # fmt: skip
def engine_refuses_new_system_calls(side: Side) -> Iterator[Found]:
    """The engine's list of allowed system calls is older than the programs in the image.

    What it compares:
        The engine's version, before 20.10.10, where the process is under its seccomp filter.

    Why it matters:
        C libraries since 2021 start threads by `clone3`, which older engines refuse in a way that programs
        do not understand: "pthread_create failed: operation not permitted" at the first thread. The same
        image works on any newer host.

    Example:
        local: Docker 24.0
        production: Docker 19.03, seccomp on

    What to do:
        Update the engine (20.10.10 and libseccomp 2.5); until then `security_opt: [seccomp=unconfined]`.

    When to ignore it:
        When the image's distribution is from 2020 or older.

    References:
        Docker Engine 20.10.10 release notes; clone(2). Incident seccomp-bytebase-sles.
    """
    for name, service in side.services.items():
        version = release(service.get("host", "engine", "version"))
        if _FIRST_BY_YEAR <= version < _ENGINE and service.get("running", "seccomp") == "filter":
            shown = ".".join(map(str, version))
            yield Found(
                f"the engine is {shown}: its seccomp filter refuses system calls that newer images start threads by",
                "update the engine to 20.10.10 or later",
                ((name, ("host", "engine", "version")), (name, ("running", "seccomp"))),
            )


@single(
    "HO012", "host.engine-confines-otherwise", Severity.WARNING, paths=("host.engine.security",), reads=_READS,
    symptoms=(*_DENIED, r"SELinux|avc: ", r"lchown|chown"), since="0.3",
)  # fmt: skip
def engine_confines_otherwise(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One host's engine is rootless, maps users, or keeps SELinux' rules; the other's does not.

    What it compares:
        The engine's own security options. AppArmor and seccomp, which differ between distributions without
        effect, are left out.

    Why it matters:
        Rootless engines bind no low ports and own files under other numbers. With mapped users the owner of
        a bind mount is nobody inside. Under SELinux a bind mount without `:z` cannot be read.

    Example:
        local: `apparmor`, `seccomp`
        production: `seccomp`, `selinux`

    What to do:
        `:z` on bind mounts for SELinux; volumes in place of bind mounts; ports above 1024.

    When to ignore it:
        When the service mounts nothing and binds no low port.

    References:
        Docker documentation, Rootless mode and userns-remap. Incident volperm-formac-named-volume.
    """
    sides = [set(texts(value)) & _APART for value in (difference.left, difference.right)]
    if sides[0] == sides[1]:
        return
    one, two = names(comparison)
    only = [(one, sides[0] - sides[1]), (two, sides[1] - sides[0])]
    told = [f"{', '.join(sorted(what))} in {where} alone" for where, what in only if what]
    yield Found(
        f"the engine has {' and '.join(told)}: mounts and low ports are refused there that work elsewhere",
        "volumes with `:z` and ports above 1024",
    )


@single(
    "HO013", "host.engine-of-another-kind", Severity.INFO, reads=_READS,
    paths=("host.engine.runtime", "host.engine.storage-driver"),
    symptoms=(r"function not implemented|ENOSYS", r"not supported|EOPNOTSUPP", r"no space left"), since="0.3",
)  # fmt: skip
def engine_of_another_kind(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Containers run in a sandbox, or on an unusual storage driver, on one side only.

    What it compares:
        The engine's runtime: gVisor, Kata and Sysbox against the usual ones. The storage driver: vfs,
        devicemapper, aufs and fuse-overlayfs against overlay2.

    Why it matters:
        A sandbox is another kernel: some system calls are not there, others are slow. Devicemapper gives
        each container 10 GB; vfs copies each layer whole; fuse-overlayfs lacks some operations.

    Example:
        local: `runc`
        production: `runsc`

    What to do:
        Run the tests once under production's runtime.

    When to ignore it:
        When the service only computes and answers.

    References:
        gVisor documentation, Compatibility; Docker documentation, Storage drivers.
    """
    both = tuple(str(value) for value in (difference.left, difference.right))
    if ABSENT in (difference.left, difference.right):
        return
    runtime = difference.path[-1] == "runtime"
    odd = [any(word in v for word in _SANDBOXES) if runtime else v in _ODD_STORES for v in both]
    if odd[0] is not odd[1]:
        one, two = names(comparison)
        yield Found(
            f"the engine's {'runtime' if runtime else 'storage driver'} is {both[0]} in {one} and {both[1]} in {two}",
            "run the tests once under the same one",
        )
