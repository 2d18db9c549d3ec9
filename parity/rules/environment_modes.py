"""EN: variables that choose how the program was built and runs."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, Service, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules._values import is_set, production_is_left, text, truth
from parity.rules._words import development_server, line
from parity.rules.contract import Found, pair, single

_MODES = {
    **dict.fromkeys(("development", "dev", "develop", "local", "debug"), "development"),
    **dict.fromkeys(("test", "testing", "ci"), "test"),
    **dict.fromkeys(("production", "prod", "release", "live"), "production"),
    **dict.fromkeys(("staging", "stage", "uat", "preprod", "qa", "preview"), "staging"),
}
_MODE_NAMES = frozenset(
    {
        "NODE_ENV", "RAILS_ENV", "RACK_ENV", "APP_ENV", "APPLICATION_ENV", "FLASK_ENV", "FLASK_CONFIG",
        "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "SPRING_PROFILES_ACTIVE", "QUARKUS_PROFILE",
        "MICRONAUT_ENVIRONMENTS", "MIX_ENV", "SYMFONY_ENV", "GIN_MODE", "NODE_CONFIG_ENV", "GO_ENV",
        "DJANGO_SETTINGS_MODULE", "DJANGO_CONFIGURATION", "CRAFT_ENVIRONMENT", "WP_ENV", "ROCKET_PROFILE",
        "HANAMI_ENV", "CAKE_ENV", "YII_ENV",
    }
)  # fmt: skip
_MODE_NAME = re.compile(f"^(?:{'|'.join(sorted(_MODE_NAMES))})$")


def mode(value: object) -> str:
    """The run mode that a value names (`development`, `test`, `production`, `staging`), or nothing."""
    words = re.split(r"[^a-z]+", (text(value) or "").lower())
    return next((_MODES[word] for word in reversed(words) if word in _MODES), "")


@single(
    "EN021", "environment.run-mode-differs", Severity.WARNING,
    paths=("environment.*", "build.args"),
    symptoms=(r"bad request \(400\)", r"allowed.?hosts", r"devDependencies", r"cannot find module", r"not found.*(?:ng|tsc|vite)"),
    names=(_MODE_NAME,), since="0.2",
)  # fmt: skip
def run_mode_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A framework runs in another mode: development in one environment, production in the other.

    What it compares:
        NODE_ENV, RAILS_ENV, APP_ENV, ASPNETCORE_ENVIRONMENT, SPRING_PROFILES_ACTIVE,
        DJANGO_SETTINGS_MODULE and the like, also as build arguments, by the mode that their value names.
        An error where production runs in development mode, information where one side is a staging or
        sets nothing.

    Why it matters:
        The mode decides which configuration file is read, which dependencies are installed, whether errors
        are shown, hosts are checked, templates and classes are cached.

    Example:
        local: `APP_ENV=dev`
        production: `APP_ENV=prod`

    What to do:
        Run the local stack in production's mode in tests, or set the single switches that you need
        (reloading, verbose errors) instead of the mode.

    When to ignore it:
        When development mode is wanted while editing, and tests run in production's mode elsewhere.

    References:
        Incidents allowedhosts-gasista-debug-false, nodeenv-docker-node-angular, nodeenv-shippable-cached.
    """
    name = str(difference.path[-1])
    values = (difference.left, difference.right)
    modes = [mode(value) for value in values]
    if modes[0] == modes[1]:
        return
    if any(is_set(value) and not found for value, found in zip(values, modes, strict=True)):
        return
    names = (comparison.left.name, comparison.right.name)
    production = modes[0] if production_is_left(comparison) else modes[1]
    words = [f"{value} in {side}" for value, side in zip(map(_shown, values), names, strict=True)]
    yield Found(
        f"`{name}` is {words[0]} and {words[1]}: the framework runs as another program",
        f"{name}: {text(values[0] if production_is_left(comparison) else values[1])} on both sides"
        if production
        else f"set {name} on both sides",
        severity=_mode_severity(modes, production),
    )


def _shown(value: object) -> str:
    given = text(value)
    return f"`{given}`" if given else "unset"


def _mode_severity(modes: list[str], production: str) -> Severity | None:
    if "" in modes or "staging" in modes:
        return Severity.INFO
    return Severity.ERROR if production == "development" else None


_DJANGO = re.compile(r"manage\.py|\bwsgi\b|\basgi\b|django", re.IGNORECASE)
_DEBUGS = re.compile(r"(?:^|_)DEBUG$")
_HOSTS = re.compile(r"ALLOWED_HOSTS?$", re.IGNORECASE)


@pair(
    "EN022", "environment.allowed-hosts-missing", Severity.WARNING, paths=("environment.*", "command", "entrypoint"),
    words=("django", "manage", "wsgi", "asgi"),
    symptoms=(r"bad request", r"\b400\b", r"DisallowedHost", r"allowed.?hosts"), since="0.2",
)  # fmt: skip
def allowed_hosts_missing(both: ServicePair) -> Iterator[Found]:
    """Django runs without debug mode on one side, and no variable there says which hosts it serves.

    What it compares:
        Services that are Django by their variables or command: debug mode on one side alone, and a
        variable that ends in ALLOWED_HOSTS on the other.

    Why it matters:
        With debug mode Django accepts localhost without being told. Without it every request whose host is
        not listed gets 400 Bad Request.

    Example:
        local: `DJANGO_DEBUG=true`
        production: `DJANGO_DEBUG=false`, ALLOWED_HOSTS unset

    What to do:
        Set ALLOWED_HOSTS, and have the settings read it.

    When to ignore it:
        When the settings module lists the hosts itself.

    References:
        Incident allowedhosts-gasista-debug-false; Django, ALLOWED_HOSTS.
    """
    if not any(_is_django(service) for service in (both.left, both.right)):
        return
    left, right = _debugs(both.left), _debugs(both.right)
    if left is right:
        return
    strict = both.right if left else both.left
    if any(_HOSTS.search(name) and value != "" for name, value in strict.environment()):
        return
    switch = _switch(strict) or _switch(both.left if left else both.right)
    yield Found(
        f"`{both.name}` runs Django without debug mode on one side, and nothing there says which hosts "
        "it serves: requests get 400 Bad Request",
        "ALLOWED_HOSTS: shop.example.com where debug mode is off, read by the settings module",
        at=((both.name, ("environment", "ALLOWED_HOSTS")), (both.name, ("environment", switch))),
    )


def _is_django(service: Service) -> bool:
    return bool(_DJANGO.search(line(service))) or any(
        "DJANGO" in name.upper() or "django" in (text(value) or "")
        for name, value in service.environment()
    )


def _switch(service: Service) -> str:
    """The variable that turns debug mode on or off."""
    names = [name for name, _ in service.environment()]
    return next((name for name in names if _DEBUGS.search(name) or name in _MODE_NAMES), "")


def _debugs(service: Service) -> bool:
    for name, value in service.environment():
        if _DEBUGS.search(name):
            return truth(value) is True
    return any(
        mode(value) == "development" for name, value in service.environment() if name in _MODE_NAMES
    )


_BUNDLED = re.compile(r"^(?:NEXT_PUBLIC|VITE|REACT_APP|VUE_APP|GATSBY|EXPO_PUBLIC|NG_APP)_")


@pair(
    "EN023", "environment.public-variable-at-run-time", Severity.WARNING, paths=("environment.*", "build", "command", "entrypoint"), words=("next", "vite", "react", "vue", "gatsby", "expo", "ng"), silent=True,
    symptoms=(r"undefined", r"NEXT_PUBLIC|VITE_|REACT_APP", r"process\.env"), since="0.2",
)  # fmt: skip
def public_variable_at_run_time(both: ServicePair) -> Iterator[Found]:
    """A variable that is built into the browser's bundle is set when the container runs: too late.

    What it compares:
        NEXT_PUBLIC_…, VITE_…, REACT_APP_… and the like among a service's variables and its build
        arguments. An error where the other side has it at build time or runs the bundler itself.

    Why it matters:
        Bundlers put these values into the JavaScript when they build it. Set on the running container
        they change nothing: the page has the value of the build, or `undefined`.

    Example:
        local: `next dev` with `NEXT_PUBLIC_API_URL=http://localhost:8000`
        production: a built image with `NEXT_PUBLIC_API_URL=https://api.example` under `environment:`

    What to do:
        Pass it to the build: `build: {args: {NEXT_PUBLIC_API_URL: …}}` with an ARG in the Dockerfile; or
        have the server hand it out at run time.

    When to ignore it:
        When the image's entrypoint writes the values into the bundle, as some products do.

    References:
        Incidents next-public-build-time-t3env, next-public-frontend-api-url-arg.
    """
    late: list[str] = []
    severity = None
    for name in dict.fromkeys((*_bundled(both.right), *_bundled(both.left))):
        sides = [(service, _is_late(service, name)) for service in (both.left, both.right)]
        for (service, is_late), (other, other_is_late) in (sides, sides[::-1]):
            if is_late and (not other_is_late or _changes(service, other, name)):
                late.append(name)
                if not other_is_late and _knows_in_time(other, name):
                    severity = Severity.ERROR
                break
    if late:
        listed = ", ".join(f"`{name}`" for name in late[:3]) + (" and others" if late[3:] else "")
        yield Found(
            f"{listed} of `{both.name}` {'are' if late[1:] else 'is'} set when the container runs: the bundle was "
            "built before, and keeps what it was built with",
            f"build: {{args: {{{late[0]}: …}}}}, and `ARG {late[0]}` in the Dockerfile",
            at=tuple((both.name, ("environment", name)) for name in late),
            severity=severity,
        )


def _bundled(service: Service) -> list[str]:
    return [name for name, _ in service.environment() if _BUNDLED.match(name)]


def _is_late(service: Service, name: str) -> bool:
    return service.has_env(name) and not _knows_in_time(service, name)


def _knows_in_time(service: Service, name: str) -> bool:
    built = service.get("build", "args", name) is not ABSENT
    return built or (service.has_env(name) and bool(development_server(service)))


def _changes(one: Service, other: Service, name: str) -> bool:
    return bool(one.get("environment", name) != other.get("environment", name))
