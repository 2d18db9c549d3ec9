"""CM: what a container runs: servers, reloading, addresses, workers, entrypoints, debuggers."""

import re
from collections.abc import Iterator
from typing import Any

from parity.diff.view import Service, ServicePair, Side
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules._notations import command_of, is_compose
from parity.rules._numbers import whole
from parity.rules._servers import contents
from parity.rules._values import (
    LOOPBACK,
    LOOPBACK_TEXTS,
    clients_of,
    is_production,
    is_shared,
    names_of,
    says_loopback,
    text,
)
from parity.rules._words import argv, development_server, line, option, shown
from parity.rules.contract import Found, joint, pair


def _where(both: ServicePair) -> Path:
    """The setting that makes the two command lines differ."""
    same_command = both.left.get("command") == both.right.get("command")
    differs = both.left.get("entrypoint") != both.right.get("entrypoint")
    return ("entrypoint",) if same_command and differs else ("command",)


def _at(both: ServicePair) -> tuple[tuple[str, Path], ...]:
    return ((both.name, _where(both)),)


def _halves(both: ServicePair, service: Service) -> tuple[tuple[str, Path], ...]:
    """Entrypoint and command as far as they differ; the one that `service` itself sets comes first."""
    order = ("command", "entrypoint") if service.get("command") else ("entrypoint", "command")
    differing = [each for each in order if both.left.get(each) != both.right.get(each)]
    return tuple((both.name, (each,)) for each in differing or order[:1])


@pair(
    "CM001", "command.development-server", Severity.WARNING, paths=("command", "entrypoint"), silent=True,
    symptoms=(r"\b404\b", r"static", r"works with .*(?:dev|runserver)", r"gunicorn|uwsgi|pm2"),
    since="0.2",
)  # fmt: skip
def development_server_differs(both: ServicePair) -> Iterator[Found]:
    """A service runs a development server in one environment and its real server in the other.

    What it compares:
        Entrypoint and command: `manage.py runserver`, `flask run`, `next dev`, `npm run dev`, `vite`,
        `nodemon` and others on one side only. An error where that is the right side.

    Why it matters:
        Development servers serve static files, reload code, run one process and build on the fly. What
        the real server needs in their place is missing until production.

    Example:
        local: `command: python manage.py runserver 0.0.0.0:8000`
        production: `command: gunicorn shop.wsgi`

    What to do:
        Run production's command locally in tests, with a reload option if need be.

    When to ignore it:
        While editing; then let a test stack run production's command.

    References:
        Incidents cmd-adl-lrs-static-gunicorn, compose-override-enclavr.
    """
    left, right = development_server(both.left), development_server(both.right)
    if bool(left) is bool(right):
        return
    other = both.right if left else both.left
    one, far = ("left", "right") if left else ("right", "left")
    yield Found(
        f"`{both.name}` runs a development server (`{left or right}`) on the {one} and {shown(other)} on the "
        f"{far}: static files, reloading and concurrency are not the same",
        "run the real server on both sides, at least for tests",
        at=_halves(both, both.left if left else both.right),
        severity=Severity.ERROR if right else None,
    )


@joint(
    "CM002", "command.development-server-in-production", Severity.ERROR, silent=True,
    symptoms=(r"slow", r"development server", r"memory"), since="0.2",
)  # fmt: skip
def development_server_in_production(side: Side) -> Iterator[Found]:
    """Production runs a development server.

    What it compares:
        Commands of environments that are production by their name.

    Why it matters:
        An override file beside the definition is loaded wherever it exists. The deployment then runs the
        commands and mounts of a laptop: slow, unsafe, one request at a time, and equal to the laptop's, so
        that a comparison of the two alone shows nothing.

    Example:
        local: `command: npm run dev` from compose.override.yaml
        production: the same, from the same file

    What to do:
        Deploy with `-f compose.yaml` alone, or keep the override file out of the deployment.

    When to ignore it:
        When `dev` is what the project calls its real server.

    References:
        Incident compose-override-enclavr.
    """
    if not is_production(side.name):
        return
    for service in side.services.values():
        server = development_server(service)
        if server:
            where = "command" if service.get("command") else "entrypoint"
            yield Found(
                f"`{service.name}` runs a development server (`{server}`)",
                "deploy without the override file: docker compose -f compose.yaml up"
                if is_compose(side.source)
                else f"write the command of the real server into {command_of(side.source)}",
                # A new entrypoint leaves nothing of the image's command.
                at=tuple((service.name, (each,)) for each in dict.fromkeys((where, "command"))),
            )


_RELOAD = re.compile(
    r"(?:^|\s)(--reload|--autoreload|--watch|--debug|--hot|--livereload)(?:\s|=|$)"
)


@pair(
    "CM003",
    "command.reload-on-one-side",
    Severity.WARNING,
    paths=("command", "entrypoint"),
    since="0.2",
)
def reload_on_one_side(both: ServicePair) -> Iterator[Found]:
    """A server watches its files, or debugs, in one environment only.

    What it compares:
        The options --reload, --autoreload, --watch, --hot and --debug of commands that both sides set. An
        error where it is the right side that reloads.

    Why it matters:
        A reloading server runs in one process, ignores its number of workers and restarts when a file
        changes: uploads beside the code, a cache or a lock file are enough.

    Example:
        local: `uvicorn shop:app --reload`
        production: `uvicorn shop:app --workers 4`

    What to do:
        Leave the option out in tests.

    When to ignore it:
        While editing.

    References:
        Uvicorn, settings (`--reload` and `--workers` exclude each other); incident compose-override-enclavr.
    """
    if development_server(both.left) or development_server(both.right):
        return
    found = [_RELOAD.search(line(service)) for service in (both.left, both.right)]
    if not line(both.left) or not line(both.right) or bool(found[0]) is bool(found[1]):
        return
    match = found[0] or found[1]
    assert match is not None  # noqa: S101 - one of the two is there
    yield Found(
        f"`{both.name}` runs with `{match[1]}` on one side only: one process that restarts when files change",
        f"leave {match[1]} out where tests run",
        at=_at(both),
        severity=Severity.ERROR if found[1] else None,
    )


_BIND_NAME = re.compile(
    r"BIND(?:_?ADDR(?:ESS)?|_?HOST)?$|LISTEN_?(?:ADDR(?:ESS)?|HOST|ON)?$", re.IGNORECASE
)
_OWN_HOST = frozenset(
    {"HOST", "SERVER_HOST", "APP_HOST", "NITRO_HOST", "FLASK_RUN_HOST", "HTTP_HOST"}
)
_BIND_OPTIONS = (
    "--host", "--bind", "-b", "--address", "--listen", "--listen-address", "--bind-address",
    "--hostname", "-H", "--http-address", "--addr",
)  # fmt: skip


@joint(
    "CM004", "command.listens-on-localhost", Severity.ERROR,
    symptoms=(r"connection refused", r"ECONNREFUSED", r"\b502\b", r"bad gateway", r"empty reply"),
    since="0.2",
)  # fmt: skip
def listens_on_localhost(side: Side) -> Iterator[Found]:
    """A server listens on localhost inside its container, where nobody else can reach it.

    What it compares:
        Options such as --host and --bind, `runserver` and `flask run` without an address, and variables
        such as HOST and BIND_ADDRESS, of services whose port is published or that others call by name.

    Why it matters:
        Inside a container localhost is the container. The port is open to nobody, however it is
        published; a proxy in another container gets connection refused.

    Example:
        local: `HOST=localhost`, node and proxy on one machine
        production: `HOST=localhost`, and the proxy is another container

    What to do:
        Listen on all addresses: `--host 0.0.0.0`, `HOST=0.0.0.0`.

    When to ignore it:
        When only a sidecar that shares the network calls it.

    References:
        Incident bind-trustroots-localhost.
    """
    local = set(side.mentioning(*LOOPBACK_TEXTS))
    for service in side.services.values():
        found = _bound(service, variables=service in local)
        if found is None or is_shared(side, service.name):
            continue
        path, value = found
        callers = [name for name, _ in clients_of(side, service.name)]
        callers += [other for other in side.services if _calls(side.services[other], service)]
        loose = path[-1] in _OWN_HOST  # may be the public name of the site
        if not callers and (loose or not service.under("ports")):
            continue
        who = f"`{callers[0]}`" if callers else "whoever uses its published port"
        yield Found(
            f"`{service.name}` listens on {value} inside its container: {who} cannot reach it",
            "listen on 0.0.0.0",
            at=((service.name, path),),
        )


def _bound(service: Service, *, variables: bool) -> tuple[Path, str] | None:
    """The setting and the address where a service is told to listen on the loopback address, `variables`
    included.
    """
    words = argv(service.words)
    where: Path = ("command",) if service.get("command") else ("entrypoint",)
    told = option(words, *_BIND_OPTIONS)
    if told and _is_loopback(told):
        return where, told
    whole = " ".join(words)
    if re.search(r"manage\.py\s+runserver(?:\s+\d+)?\s*(?:$|[;&|]|--)", whole):
        return where, "127.0.0.1 (the default of runserver)"
    if re.search(r"\bflask\s+(?:\S+\s+)*?run\b", whole) and told is None:
        return (
            (where, "127.0.0.1 (the default of flask run)")
            if not service.has_env("FLASK_RUN_HOST")
            else None
        )
    for name, value in service.environment() if variables else ():
        given = text(value) or ""
        if not says_loopback(given):
            continue
        if (name in _OWN_HOST or _BIND_NAME.search(name)) and _is_loopback(given):
            return ("environment", name), given
    return None


def _is_loopback(address: str) -> bool:
    host = re.sub(r"^(?:\w+://)?(.*?)(?::\d+)?/?$", r"\1", address.strip())
    return bool(LOOPBACK.match(host)) and host != "0.0.0.0"  # noqa: S104 - all addresses


def _calls(other: Service, service: Service) -> bool:
    """Whether a proxy depends on the service, or has its name in a mounted configuration file."""
    fronts = ("nginx", "haproxy", "traefik", "caddy", "apache")
    if other.technology not in fronts:
        return False
    names = "|".join(map(re.escape, names_of(service)))
    host = re.compile(
        rf"(?:://|\bserver\s+(?:\S+\s+)?|\bto\s+|reverse_proxy\s+)(?:{names})(?=[:/;\s])"
    )
    return bool(other.under("depends_on", service.name)) or any(
        host.search(text) for text, _ in contents(other, "")
    )


_WORKERS = {
    "gunicorn": (("--workers", "-w"), ("--threads",)),
    "uvicorn": (("--workers",), ()),
    "hypercorn": (("--workers", "-w"), ()),
    "granian": (("--workers",), ("--threads",)),
    "puma": (("--workers", "-w"), ("--threads", "-t")),
    "uwsgi": (("--processes", "-p", "--workers"), ("--threads",)),
    "celery": (("--concurrency", "-c"), ()),
    "php": (("--workers", "--worker-num"), ()),
    "pm2-runtime": (("--instances", "-i"), ()),
}
_WORKER_WORDS = (
    *(program for program in _WORKERS if program.isalpha()), "runtime", "concurrency", "workers", "threads",
)  # fmt: skip
"""One of these occurs in every name of a program and a variable here."""
_WORKERS_ENV = (
    "WEB_CONCURRENCY", "UVICORN_WORKERS", "GUNICORN_WORKERS", "WORKERS", "NUM_WORKERS", "WEB_WORKERS",
    "MAX_WORKERS", "WORKERS_PER_CORE", "RAILS_MAX_THREADS", "PUMA_WORKERS", "CELERY_CONCURRENCY",
)  # fmt: skip


@pair(
    "CM005", "command.workers-differ", Severity.INFO, paths=("command", "entrypoint", "environment.*"),
    words=_WORKER_WORDS, silent=True,
    symptoms=(r"race", r"deadlock", r"lost update", r"session", r"too many (?:clients|connections)"),
    since="0.2",
)  # fmt: skip
def workers_differ(both: ServicePair) -> Iterator[Found]:
    """A service runs with another number of workers.

    What it compares:
        --workers, --threads, --concurrency of gunicorn, uvicorn, puma, uwsgi, celery and others, and
        variables such as WEB_CONCURRENCY. A warning where one side has a single worker.

    Why it matters:
        With one worker, state in memory is shared and nothing races. With two, a cache, a lock, a
        counter or a session in memory exists twice, and each worker opens its own connections.

    Example:
        local: `gunicorn shop.wsgi`, one worker
        production: `gunicorn shop.wsgi --workers 4`

    What to do:
        Run at least two workers locally.

    When to ignore it:
        When the program keeps nothing in memory.

    References:
        Gunicorn, design; incident somaxconn-gunicorn-128-vs-4096.
    """
    left, right = _workers(both.left), _workers(both.right)
    if left == right or not (_is_sure(both.left, left) and _is_sure(both.right, right)):
        return
    if (not left and not right) or _count(left) == _count(right):
        return
    path = (right or left or ("", ("command",)))[1]
    single = 1 in (_count(left), _count(right))
    yield Found(
        f"`{both.name}` runs with {_said(left)} on one side and {_said(right)} on the other",
        "use at least two workers on both sides, so that what is kept in memory shows",
        at=((both.name, path),),
        severity=Severity.WARNING if single else None,
    )


def _workers(service: Service) -> tuple[str, Path] | None:
    """The number of workers as it is written, and where."""
    words = argv(service.words)
    where: Path = ("command",) if service.get("command") else ("entrypoint",)
    for program, (workers, threads) in _WORKERS.items():
        if any(word.rpartition("/")[2] == program for word in words):
            said = option(words, *workers) or option(words, *threads)
            if said:
                return said, where
    for name in _WORKERS_ENV:
        value = service.env(name)
        if value and re.fullmatch(r"[\d.]+", value):
            return value, ("environment", name)
    return None


def _is_sure(service: Service, said: tuple[str, Path] | None) -> bool:
    """Whether what is said, or that nothing is, tells how many workers there are."""
    known = any(word.rpartition("/")[2] in _WORKERS for word in argv(service.words))
    return known or said is not None


def _count(said: tuple[str, Path] | None) -> Any:
    if said is None:
        return 1
    number = whole(said[0])
    return said[0] if number is None else number


def _said(said: tuple[str, Path] | None) -> str:
    return "one worker (nothing is set)" if said is None else f"{said[0]} workers"
