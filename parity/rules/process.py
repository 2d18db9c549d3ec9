"""PR: how a container's process lives, is restarted and dies."""

from collections.abc import Iterator

from parity.diff.view import Comparison, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules._notations import is_compose, restart_of
from parity.rules._values import production_is_left
from parity.rules._words import argv, script
from parity.rules.contract import Found, pair, single


def _production(difference: Difference, comparison: Comparison) -> tuple[object, object]:
    """Production's value, and the other's."""
    if production_is_left(comparison):
        return difference.left, difference.right
    return difference.right, difference.left


def _sides(comparison: Comparison) -> tuple[str, str]:
    """Production's name, and the other's."""
    names = comparison.left.name, comparison.right.name
    return names if production_is_left(comparison) else names[::-1]


@single(
    "PR001", "process.restart-policy-differs", Severity.INFO, paths=("restart",), silent=True,
    symptoms=(r"(?:after|on) (?:a )?reboot", r"does not (?:come back|restart)", r"exited \(0\)", r"stay(?:s|ed)? down"),
    since="0.2",
)  # fmt: skip
def restart_policy_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A container is restarted in one environment where it stays down in the other.

    What it compares:
        `restart` and `deploy.restart_policy`; `always` and `unless-stopped` are one. A warning where
        production's policy leaves a container down after a reboot or an exit.

    Why it matters:
        `on-failure` and `no` do not bring a container back after the host restarts, nor after it ended
        with success. The other way round a restarting container hides that it crashes again and again.

    Example:
        local: `restart: unless-stopped`
        production: `restart: on-failure`

    What to do:
        `restart: unless-stopped` for services, `on-failure` or `no` for jobs, on both sides.

    When to ignore it:
        On a laptop that nobody reboots in the middle of a test.

    References:
        Incident restart-obol-on-failure; Docker, start containers automatically.
    """
    value, other = _production(difference, comparison)
    name, local = _sides(comparison)
    policy, others = (str(each) if each is not ABSENT else "" for each in (value, other))
    stays = policy.startswith("on-failure") or (policy in ("", "no") and others not in ("", "no"))
    yield Found(
        f"the restart policy of `{difference.service}` is {policy or 'not set'} in {name} and "
        f"{others or 'not set'} in {local}"
        + (f": after a reboot it stays down in {name}" if stays else ""),
        _restarts(difference, comparison),
        severity=Severity.WARNING if stays else None,
    )


def _restarts(difference: Difference, comparison: Comparison) -> str:
    """What to write, in the words of each side."""
    sides = (comparison.left, comparison.right)
    if all(is_compose(side.source) for side in sides):
        return "restart: unless-stopped on both sides, or `no` for jobs"
    policies = (difference.left, difference.right)
    ends = [
        side
        for side, policy in zip(sides, policies, strict=True)
        if policy is ABSENT or str(policy) not in ("always", "unless-stopped")
    ]
    told = "; ".join(f"in {side.name}: {restart_of(side.source)}" for side in ends or sides)
    return f"{told}; a job is restarted on neither side"


@pair(
    "PR002", "process.init-on-one-side", Severity.INFO, paths=("init",),
    symptoms=(r"zombie", r"defunct", r"SIGTERM", r"10 seconds", r"\b137\b"), since="0.2",
)  # fmt: skip
def init_on_one_side(both: ServicePair) -> Iterator[Found]:
    """A container has an init process in one environment only.

    What it compares:
        `init`. A warning where the command is a shell script or a package manager, which pass no signals
        on.

    Why it matters:
        Without init the program is process 1: signals that it does not handle are ignored, so it is killed
        after the grace period, and children that it forgets stay as zombies until the limit of processes.

    Example:
        local: `init: true`
        production: no `init`

    What to do:
        `init: true` on both sides, or an init in the image.

    When to ignore it:
        When the image's entrypoint is an init such as tini.

    References:
        Docker run reference, --init; incident pid1-usertour-shell-form.
    """
    on = [service.get("init") is True for service in (both.left, both.right)]
    if on[0] is on[1]:
        return
    without = both.right if on[0] else both.left
    words = argv(without.words)
    tools = {"npm", "yarn", "pnpm", "npx", "bundle", "mvn"}
    deaf = script(without.words) is not None or bool(words and words[0].rpartition("/")[2] in tools)
    yield Found(
        f"`{both.name}` has an init process on one side only: on the other its program is process 1, and "
        "signals and zombies are its business",
        "init: true on both sides",
        at=((both.name, ("init",)),),
        severity=Severity.WARNING if deaf else None,
    )


@single(
    "PR003", "process.stop-time-differs", Severity.INFO, paths=("stop_grace_period",), silent=True,
    symptoms=(r"\b137\b", r"SIGKILL", r"killed", r"interrupted", r"half"), since="0.2",
)  # fmt: skip
def stop_time_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A container has another time to stop before it is killed.

    What it compares:
        `stop_grace_period`, with 10 seconds where nothing is set (30 in Kubernetes and ECS). A warning
        where production gives less.

    Why it matters:
        What is not finished in this time is cut off: a request, a job, a write to disk. The side with more
        time never sees it.

    Example:
        local: `stop_grace_period: 1m`
        production: unset, 10 seconds

    What to do:
        Give both the time that the longest job needs.

    When to ignore it:
        When nothing in the service takes that long.

    References:
        Docker Compose file reference, stop_grace_period; Kubernetes, pod lifecycle.
    """
    value, other = _production(difference, comparison)
    name, local = _sides(comparison)
    left, right = difference.left_default, difference.right_default
    defaults = (left, right) if production_is_left(comparison) else (right, left)
    shown = [
        f"{each:g} s" if isinstance(each, int | float) else default or "the default"
        for each, default in zip((value, other), defaults, strict=True)
    ]
    less = _seconds(value, defaults[0]) < _seconds(other, defaults[1])
    yield Found(
        f"`{difference.service}` has {shown[0]} to stop in {name} and {shown[1]} in {local}",
        "stop_grace_period: as long as its longest job, on both sides",
        severity=Severity.WARNING if less else None,
    )


def _seconds(value: object, default: str) -> float:
    if isinstance(value, int | float):
        return float(value)
    first = default.split(" ", 1)[0]
    return float(first) if first.replace(".", "", 1).isdigit() else 10.0


@single(
    "PR004", "process.stop-signal-differs", Severity.WARNING, paths=("stop_signal",), silent=True,
    symptoms=(r"SIGTERM|SIGQUIT|SIGINT", r"graceful", r"shut ?down"), since="0.2",
)  # fmt: skip
def stop_signal_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A container is stopped by another signal.

    What it compares:
        `stop_signal`; a number and a name of one signal are alike.

    Why it matters:
        Programs tell signals apart: nginx drops connections at SIGTERM and ends them at SIGQUIT, Postgres
        waits for clients at SIGTERM and cuts them off at SIGINT.

    Example:
        local: `stop_signal: SIGQUIT`
        production: unset, the image's signal

    What to do:
        Set the same on both sides, or leave it to the image.

    When to ignore it:
        When the image's own signal is the same one.

    References:
        Docker, Dockerfile reference, STOPSIGNAL; nginx, controlling nginx; PostgreSQL, shutting down.
    """
    left, right = (_signal(value) for value in (difference.left, difference.right))
    if left != right:
        yield Found(
            f"`{difference.service}` is stopped by {left or 'the signal of its image'} in "
            f"{comparison.left.name} and by {right or 'the signal of its image'} in {comparison.right.name}",
            "set the same stop_signal on both sides",
        )


_NUMBERS = {
    "1": "SIGHUP",
    "2": "SIGINT",
    "3": "SIGQUIT",
    "9": "SIGKILL",
    "10": "SIGUSR1",
    "12": "SIGUSR2",
    "15": "SIGTERM",
}


def _signal(value: object) -> str:
    if value is ABSENT:
        return ""
    name = str(value).strip().upper()
    name = _NUMBERS.get(name, name)
    return name if name.startswith("SIG") or name.isdigit() else f"SIG{name}"


@pair(
    "PR005", "process.terminal-on-one-side", Severity.INFO, paths=("tty", "stdin_open"), since="0.2"
)
def terminal_on_one_side(both: ServicePair) -> Iterator[Found]:
    """A container has a terminal or an open input in one environment only.

    What it compares:
        `tty` and `stdin_open`.

    Why it matters:
        With a terminal a program writes at once, in colours and line by line; without one it buffers, and
        the last lines before a crash are lost. A program that reads its input ends at once where that is
        closed.

    Example:
        local: `tty: true`
        production: no terminal

    What to do:
        Leave both out, and have the program write without buffer (PYTHONUNBUFFERED=1).

    When to ignore it:
        For consoles and debuggers.

    References:
        Docker run reference, -i and -t; POSIX, isatty.
    """
    differing = [
        field
        for field in ("tty", "stdin_open")
        if (both.left.get(field) is True) is not (both.right.get(field) is True)
    ]
    if differing:
        what = {"tty": "a terminal", "stdin_open": "an open input"}
        yield Found(
            f"`{both.name}` has {' and '.join(what[field] for field in differing)} on one side only: programs "
            "buffer, colour and end in other ways",
            f"leave {' and '.join(f'`{field}`' for field in differing)} out on both sides",
            at=tuple((both.name, (field,)) for field in differing),
        )


@single(
    "PR006", "process.namespace-shared", Severity.WARNING,
    paths=("pid", "ipc", "uts", "userns_mode", "cgroup"), since="0.2",
)  # fmt: skip
def namespace_shared(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A container shares processes, memory or users with its host or another container on one side only.

    What it compares:
        `pid`, `ipc`, `uts`, `userns_mode` and `cgroup`.

    Why it matters:
        With `pid: host` the program sees all processes and is not process 1; with `ipc: host` shared
        memory has the host's size instead of 64 MiB; with another user namespace files belong to others.

    Example:
        local: `ipc: host`
        production: private

    What to do:
        Share nothing, and give what is needed by name: `shm_size`, `init`, `user`.

    When to ignore it:
        For agents that watch their host.

    References:
        Docker run reference, --pid, --ipc, --userns.
    """
    values = ["private" if v is ABSENT else str(v) for v in (difference.left, difference.right)]
    if values[0] == values[1]:
        return
    yield Found(
        f"`{difference.path[0]}` of `{difference.service}` is {values[0]} in {comparison.left.name} and "
        f"{values[1]} in {comparison.right.name}",
        f"leave `{difference.path[0]}` out on both sides",
    )


@single(
    "PR007", "process.working-folder-differs", Severity.WARNING, paths=("working_dir",),
    symptoms=(r"no such file or directory", r"ENOENT", r"cannot find module"), since="0.2",
)  # fmt: skip
def working_folder_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A container starts in another folder.

    What it compares:
        `working_dir`, without a slash at its end.

    Why it matters:
        Relative paths lead elsewhere: configuration is not found, files are written where no volume is.

    Example:
        local: `working_dir: /workspace`
        production: unset, the image's folder

    What to do:
        Leave it to the image, and mount the code there.

    When to ignore it:
        When the command uses absolute paths only.

    References:
        Docker, Dockerfile reference, WORKDIR; incident mount-suitenumerique-hides-next.
    """
    left, right = (
        "" if value is ABSENT else str(value).rstrip("/") or "/"
        for value in (difference.left, difference.right)
    )
    if left != right:
        yield Found(
            f"`{difference.service}` starts in {left or 'the folder of its image'} in {comparison.left.name} and in "
            f"{right or 'the folder of its image'} in {comparison.right.name}: relative paths lead elsewhere",
            "use the image's folder on both sides",
        )
