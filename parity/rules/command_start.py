"""CM: how a container starts: entrypoint, shell, debugger, migrations, installing."""

import re
from collections.abc import Iterator

from parity.diff.view import Service, ServicePair
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules._scale import MIGRATES
from parity.rules._words import line, script, shown
from parity.rules.contract import Found, pair


def _at(both: ServicePair) -> tuple[tuple[str, Path], ...]:
    """The setting that makes the two command lines differ."""
    same_command = both.left.get("command") == both.right.get("command")
    differs = both.left.get("entrypoint") != both.right.get("entrypoint")
    return ((both.name, ("entrypoint",) if same_command and differs else ("command",)),)


@pair(
    "CM006",
    "command.entrypoint-replaced",
    Severity.WARNING,
    paths=("entrypoint",),
    silent=True,
    since="0.2",
)
def entrypoint_replaced(both: ServicePair) -> Iterator[Found]:
    """One environment replaces the image's entrypoint, and the other runs it.

    What it compares:
        `entrypoint` of services with the same image: set on one side only.

    Why it matters:
        An image's entrypoint often prepares what the program needs: it renders configuration from
        variables, drops rights, waits, migrates. Replaced, none of it happens, and nothing says so. The
        image's own command is dropped, too.

    Example:
        local: `entrypoint: [sh, /app/dev.sh]`
        production: the image's entrypoint

    What to do:
        Keep the image's entrypoint and change `command`, or call the entrypoint from the replacement.

    When to ignore it:
        When the image has no entrypoint.

    References:
        Docker, Dockerfile reference, ENTRYPOINT; incident compose-override-enclavr.
    """
    entries = [service.get("entrypoint") for service in (both.left, both.right)]
    images = [service.get("image", "repository") for service in (both.left, both.right)]
    if (entries[0] is ABSENT) is (entries[1] is ABSENT) or images[0] != images[1]:
        return
    replaced = both.right if entries[0] is ABSENT else both.left
    yield Found(
        f"`{both.name}` runs {shown(replaced)} instead of the image's entrypoint on one side only: what the "
        "entrypoint prepares does not happen there",
        "change `command` and keep the entrypoint, or end the replacement with the image's entrypoint",
        at=((both.name, ("entrypoint",)),),
    )


@pair(
    "CM007", "command.shell-in-front", Severity.INFO, paths=("command", "entrypoint"),
    symptoms=(r"10 seconds", r"SIGTERM", r"graceful", r"exit(?:ed)?(?: with)? (?:code )?137"),
    since="0.2",
)  # fmt: skip
def shell_in_front(both: ServicePair) -> Iterator[Found]:
    """A shell stands between the engine and the program in one environment only.

    What it compares:
        Commands of the form `sh -c "…"` that do not end with `exec`, on one side, with a command that runs
        its program directly on the other.

    Why it matters:
        The stop signal goes to the shell, which does not pass it on: the program is killed after the grace
        period in the middle of its work. Variables are expanded on this side only, too.

    Example:
        local: `command: ["gunicorn", "shop.wsgi"]`
        production: `command: ["sh", "-c", "gunicorn shop.wsgi"]`

    What to do:
        Write `exec` before the program: `sh -c "exec gunicorn shop.wsgi"`, or set `init: true`.

    When to ignore it:
        When it does not matter how the program ends.

    References:
        Incident pid1-usertour-shell-form; POSIX, exec.
    """
    left, right = (_shell_stays(service) for service in (both.left, both.right))
    if not line(both.left) or not line(both.right) or left is right:
        return
    yield Found(
        f"`{both.name}` runs under a shell on one side only: the shell gets the stop signal there, and the "
        "program is killed when the grace period ends",
        'write `exec` before the program: sh -c "exec …"',
        at=_at(both),
        severity=Severity.WARNING if right else None,
    )


def _shell_stays(service: Service) -> bool:
    text = script(service.words)
    return text is not None and not re.search(r"(?:^|[;&|]\s*|\n\s*)exec\s", text)


_DEBUGGER = re.compile(
    r"--inspect(?:-brk)?\b|\bdebugpy\b|-agentlib:jdwp\S*|-Xrunjdwp\S*|\bdlv\s+(?:debug|exec|attach)"
    r"|\bxdebug\.(?:mode|remote_enable)=\S+|\brdbg\b|\bpydevd\b|\bpdb\b"
)


@pair(
    "CM008",
    "command.debugger-on-one-side",
    Severity.WARNING,
    paths=("command", "entrypoint", "environment.*"),
    since="0.2",
)
def debugger_on_one_side(both: ServicePair) -> Iterator[Found]:
    """A debugger is attached to a service in one environment only.

    What it compares:
        --inspect, debugpy, the Java debug agent, delve and Xdebug in commands and in NODE_OPTIONS,
        JAVA_TOOL_OPTIONS and XDEBUG_MODE. An error where it is the right side.

    Why it matters:
        A debugger slows the program down, changes its timing and optimisation, and its port lets whoever
        reaches it run code.

    Example:
        local: `node --inspect=0.0.0.0:9229 server.js`
        production: `node server.js`

    What to do:
        Start the debugger on demand, and not in tests.

    When to ignore it:
        On a laptop, while debugging.

    References:
        Node.js, debugging guide, security implications; incident compose-override-enclavr.
    """
    left, right = _debugger(both.left), _debugger(both.right)
    if bool(left) is bool(right):
        return
    path, what = right or left or (("command",), "")
    yield Found(
        f"`{both.name}` runs with a debugger (`{what}`) on one side only",
        f"remove `{what}` where tests run" if left else f"remove `{what}`",
        at=((both.name, path),),
        severity=Severity.ERROR if right else None,
    )


def _debugger(service: Service) -> tuple[Path, str] | None:
    match = _DEBUGGER.search(line(service))
    if match:
        return ("command",) if service.get("command") else ("entrypoint",), match[0]
    for name in ("NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "JAVA_OPTS", "JDK_JAVA_OPTIONS"):
        match = _DEBUGGER.search(service.env(name) or "")
        if match:
            return ("environment", name), match[0]
    mode = service.env("XDEBUG_MODE")
    return (
        (("environment", "XDEBUG_MODE"), f"XDEBUG_MODE={mode}")
        if mode not in (None, "", "off")
        else None
    )


@pair(
    "CM009", "command.migrates-on-one-side", Severity.INFO, paths=("command", "entrypoint"),
    symptoms=(r"(?:relation|table|column) .*(?:does not|doesn't) exist", r"no such (?:table|column)"),
    since="0.2",
)  # fmt: skip
def migrates_on_one_side(both: ServicePair) -> Iterator[Found]:
    """A service migrates its database when it starts, in one environment only.

    What it compares:
        Migration commands of the usual tools in entrypoint and command.

    Why it matters:
        Where nobody migrates, a new column is missing until somebody remembers. Where every start
        migrates, two replicas that start together do it at the same time.

    Example:
        local: `sh -c "python manage.py migrate && gunicorn shop.wsgi"`
        production: `gunicorn shop.wsgi`, and a job that migrates

    What to do:
        Migrate in a step of its own on both sides, as production does.

    When to ignore it:
        When the deployment has such a step outside the definition.

    References:
        Incidents migrate-langfuse-deadlock, migrate-llmgateway-prod-rollback.
    """
    found = [MIGRATES.search(line(service)) for service in (both.left, both.right)]
    match = found[0] or found[1]
    if match is None or bool(found[0]) is bool(found[1]):
        return
    yield Found(
        f"`{both.name}` migrates its database at every start (`{match[0]}`) on one side only",
        "migrate in a service or job of its own on both sides",
        at=_at(both),
    )


_INSTALLS = re.compile(
    r"\bnpm\s+(?:ci|i|install)\b|\byarn\s+install\b|\bpnpm\s+(?:i|install)\b|\bbun\s+install\b|\bpip3?\s+install\b"
    r"|\buv\s+(?:sync|pip\s+install)\b|\bpoetry\s+install\b|\bpipenv\s+install\b|\bbundle\s+install\b"
    r"|\bcomposer\s+install\b|\bapt(?:-get)?\s+install\b|\bapk\s+add\b|\bgo\s+mod\s+download\b|\bmix\s+deps\.get\b"
)


@pair(
    "CM010", "command.installs-at-start", Severity.WARNING, paths=("command", "entrypoint"), silent=True,
    symptoms=(r"cannot find module", r"ModuleNotFoundError", r"version .* not (?:found|satisf)"),
    since="0.2",
)  # fmt: skip
def installs_at_start(both: ServicePair) -> Iterator[Found]:
    """A container installs packages when it starts, in one environment only.

    What it compares:
        `npm install`, `pip install`, `bundle install`, `apt-get install` and the like in entrypoint and
        command.

    Why it matters:
        What is installed on that day runs there; the other side runs what was in its image. The versions
        are not the same, and a start needs the network.

    Example:
        local: `sh -c "npm install && npm start"`
        production: `npm start`

    What to do:
        Install when the image is built, and use the image on both sides.

    When to ignore it:
        While dependencies are being changed.

    References:
        The Twelve-Factor App, V. Build, release, run; incident mount-suitenumerique-hides-next.
    """
    found = [_INSTALLS.search(line(service)) for service in (both.left, both.right)]
    match = found[0] or found[1]
    if match is None or bool(found[0]) is bool(found[1]):
        return
    yield Found(
        f"`{both.name}` installs packages when it starts (`{match[0]}`) on one side only: the versions are "
        "those of the day, not those of the image",
        "install when the image is built",
        at=_at(both),
    )
