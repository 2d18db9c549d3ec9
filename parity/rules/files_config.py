"""IF: configuration files that images bring."""

import re
from collections.abc import Iterator, Mapping

from parity.diff.kinds import form
from parity.diff.view import Service, ServicePair, Side
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.model.hidden import Concealed, Hidden
from parity.model.setting import Layer
from parity.rules import proxy_nginx as nginx
from parity.rules._image_files import CONFIG, image_files, image_settings
from parity.rules._servers import contents, lines, unquoted
from parity.rules.contract import Found, joint, pair
from parity.rules.environment_modes import mode

_READS = (Layer.DECLARED, Layer.FILESYSTEM)
_SHOWN = 6
_SECRETS = (Hidden, Concealed)
_OF_THE_SYSTEM = ("/etc/", "/usr/")
_OWN = re.compile(
    r"(?:log\w*[._-]?level|^level|verbosity|user|user[_.-]?name|e[_.-]?mail|from|db[_.-]?name|database|bucket|region"
    r"|namespace|instance|stage|environment|env|release|version)$",
    re.IGNORECASE,
)
"""Names of settings that each environment has its own of."""
_HOST = re.compile(r"^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?$", re.IGNORECASE)
_PHP_FILE = re.compile(r"/php[\w.]*/.*\.ini$|/php\.ini$|/php\.d/[^/]+\.ini$")
_PHP: Mapping[str, tuple[str, str]] = {
    "memory_limit": ("128M", "a request that needs more ends with a fatal error"),
    "upload_max_filesize": ("2M", "larger files are dropped from a request"),
    "post_max_size": ("8M", "a larger request arrives empty"),
    "max_execution_time": ("30", "longer requests are ended"),
    "max_input_vars": ("1000", "further fields of a form are dropped without a word"),
    "max_file_uploads": ("20", "further files are dropped without a word"),
    "date.timezone": ("UTC", "times are of another zone"),
    "short_open_tag": ("1", "pages with `<?` show their source"),
    "display_errors": ("1", "visitors see messages, or nobody does"),
    "session.gc_maxlifetime": ("1440", "sessions end at another time"),
    "opcache.validate_timestamps": ("1", "a changed file is not seen"),
    "allow_url_fopen": ("1", "files of other hosts cannot be opened"),
    "disable_functions": ("", "functions are missing"),
    "zend.assertions": ("1", "assertions are not looked at"),
}  # fmt: skip
"""Settings with what is in force without a php.ini, and what comes of another value."""
_ON = {"on": "1", "yes": "1", "true": "1", "off": "0", "no": "0", "false": "0"}
_STAGE = re.compile(
    r"(?:^|[^a-z])(staging|stage|preview|development|dev|qa|uat|sandbox|preprod|testing)(?:$|[^a-z])",
    re.IGNORECASE,
)
_WHOSE = re.compile(
    r"(?:client|app|project|tenant|environment|sdk|site|flags?)[_.-]?(?:id|key|name)$|environment$|^stage$|^env$"
    r"|(?:_|\.|^)(?:stage|env)$",
    re.IGNORECASE,
)
_MODES = ("NODE_ENV", "APP_ENV", "RAILS_ENV", "RACK_ENV", "ASPNETCORE_ENVIRONMENT", "DJANGO_ENV", "FLASK_ENV",
          "ENVIRONMENT", "ENV", "SPRING_PROFILES_ACTIVE", "STAGE", "DEPLOY_ENV")  # fmt: skip


@pair(
    "IF018",
    "files.configuration-differs",
    Severity.WARNING,
    reads=_READS,
    paths=("files.config.*",),
    since="0.3",
)
def configuration_differs(both: ServicePair) -> Iterator[Found]:
    """A configuration file in the image says something else on the other side.

    What it compares:
        Files at the places where servers and applications look for them, setting by setting; comments, order
        and white space mean nothing. All differences of a file are one finding. Files over which something is
        mounted are left out, and so are addresses and secrets, which each environment has its own of. For
        files of servers and the system, it is told as information.

    Why it matters:
        What is copied into an image is in force like a variable, and no definition shows it.

    Example:
        local: `/app/appsettings.json` with `Cache.Enabled: false`
        production: `Cache.Enabled: true`

    What to do:
        Build one image for both, and give it what differs in variables.

    When to ignore it:
        When each environment has an image of its own on purpose.

    References:
        The Twelve-Factor App, config. Incidents php-chialab-no-ini, flags-gitpod-client-id.
    """
    files: dict[str, list[Path]] = {}
    for path in both.changed:
        if path[:2] == CONFIG and path[3:] and _speaks(both, path):
            files.setdefault(str(path[2]), []).append(path)
    for file, paths in files.items():
        if not _hidden(both.left, file) and not _hidden(both.right, file):
            yield _differs(both, file, paths)


def _hidden(service: Service, file: str) -> bool:
    """Whether something is mounted over it."""
    return (*CONFIG, file) in _heads(service) and file not in image_files(service)


def _heads(service: Service) -> frozenset[Path]:
    return service.once(_files_of)


def _files_of(service: Service) -> frozenset[Path]:
    return frozenset(path[:3] for path in service.settings if path[:2] == CONFIG)


def _speaks(both: ServicePair, path: Path) -> bool:
    """Whether no better rule speaks of it, and each environment does not have its own by nature."""
    values = [side.settings.get(path, ABSENT) for side in (both.left, both.right)]
    if all(isinstance(value, _SECRETS) for value in values) or _address(*values):
        return False
    file, name = str(path[2]), str(path[-1])
    if ABSENT not in values and not file.startswith(_OF_THE_SYSTEM) and _OWN.search(name):
        return False
    if name == "content" and "/nginx/" in file:
        return ABSENT in values or bool(_directives(both, path))
    return not (_PHP_FILE.search(file) and name in _PHP)


def _directives(both: ServicePair, path: Path) -> list[str]:
    """The names of nginx's directives in which two files differ, and of which no rule of their own speaks."""
    sides = []
    for side in (both.left, both.right):
        text = side.settings.get(path, "")
        sides.append({(d.blocks, d.name, d.words) for d in nginx.directives(str(text))})
    names = {name for _, name, _ in sides[0] ^ sides[1]}
    return sorted(names - set(nginx.DEFAULTS) - {"proxy_set_header"})


def _only(both: ServicePair, file: str) -> str:
    """The side whose image alone has the file."""
    has = [(*CONFIG, file) in _heads(side) for side in (both.left, both.right)]
    return "" if all(has) else "left" if has[0] else "right"


def _differs(both: ServicePair, file: str, paths: list[Path]) -> Found:
    only = _only(both, file)
    names = [".".join(map(str, p[3:])) for p in paths[:_SHOWN]]
    if names == ["content"]:
        names = _directives(both, paths[0])[:_SHOWN] or ["its lines"]
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return Found(
        f"`{file}` is in the image on the {only} only: {', '.join(names)}{more}"
        if only
        else f"`{file}` in the image differs on the left and on the right side in {', '.join(names)}{more}",
        f"build both images with the same {file}, and give what must differ in variables",
        tuple((both.name, path) for path in paths[:_SHOWN]),
        Severity.INFO if file.startswith(_OF_THE_SYSTEM) else Severity.WARNING,
    )


def _address(one: object, two: object) -> bool:
    texts = (str(one), str(two))
    return ABSENT not in (one, two) and all(form(t) == "url" or bool(_HOST.match(t)) for t in texts)


@pair("IF019", "files.php-setting-differs", Severity.WARNING, reads=_READS,
      symptoms=(r"Allowed memory size", r"upload", r"Maximum execution time", r"413|UPLOAD_ERR", r"input variables",
                r"blank page"), since="0.3")  # fmt: skip
def php_setting_differs(both: ServicePair) -> Iterator[Found]:
    """PHP works with other limits on the other side.

    What it compares:
        `memory_limit`, `upload_max_filesize`, `post_max_size` and others of php.ini and the files beside it, in
        the image or mounted, with what PHP does without them: official images bring no php.ini.

    Why it matters:
        Without a php.ini the limit of memory is 128 MB and files above 2 MB are dropped. An image made for
        development has its own, production's may have none.

    Example:
        local: `memory_limit = 512M`
        production: no php.ini, so 128M

    What to do:
        Write the settings into a file of `conf.d`, and copy it into both images.

    When to ignore it:
        When a pool of php-fpm, or the program, sets them itself.

    References:
        PHP manual, list of php.ini directives. Incident php-chialab-no-ini.
    """
    told = [_php(side) for side in (both.left, both.right)]
    if not any(told) or not all(_has_php(side) for side in (both.left, both.right)):
        return
    for name, (default, effect) in _PHP.items():
        one, two = (_php_value(each.get(name, (default, ()))[0]) for each in told)
        if one != two:
            place = (told[1].get(name) or told[0][name])[1]
            words = [
                each[name][0] if name in each else f"{default or 'empty'} (PHP's own)"
                for each in told
            ]
            yield Found(
                f"PHP's {name} is {words[0]} on the left and {words[1]} on the right: {effect}",
                f"{name} = {words[1].partition(' ')[0]}, in a file of conf.d in both images",
                ((both.name, place),),
            )


def _php(service: Service) -> dict[str, tuple[str, Path]]:
    """What its files say, those that are read later counting."""
    found: dict[str, tuple[str, Path]] = {}
    rows = sorted(
        image_settings(service, _PHP_FILE.pattern),
        key=lambda s: ("/conf.d/" in str(s.path), str(s.path)),
    )
    served = any(re.search("/(?:fpm|apache2)/", str(row.path[2])) for row in rows)
    for row in rows:
        if not row.above and not (served and "/cli/" in str(row.path[2])):
            found[row.name] = (row.value, row.path)
    for text, path in contents(service, _PHP_FILE.pattern):
        for line in lines(text, ";"):
            name, equals, value = line.partition("=")
            if equals:
                found[name.strip()] = (unquoted(re.split(r"\s+;", value)[0]), path)
    return found


def _php_value(text: str) -> str:
    return _ON.get(text.lower(), text.lower())


def _has_php(service: Service) -> bool:
    return service.get("files", "runtimes", "php") is not ABSENT or bool(_php(service))


@joint("IF020", "files.configuration-of-another-stage", Severity.WARNING, reads=_READS, silent=True,
       words=("production", "prod", "live"), symptoms=(r"flag", r"wrong (?:data|environment|tenant)", r"staging"),
       since="0.3")  # fmt: skip
def configuration_of_another_stage(side: Side) -> Iterator[Found]:
    """A file in the image names another stage than the one that the service runs in.

    What it compares:
        Names of clients, projects and environments in configuration files of the image with the run mode that
        the service's variables say.

    Why it matters:
        Production asks for the flags, the tenant or the project of staging, and gets an answer: what is
        switched on there is on here, and nobody sees why.

    Example:
        local: `NODE_ENV=development`, `flags.clientId: shop-staging`
        production: `NODE_ENV=production` with the same file

    What to do:
        Take the name from a variable, and set it in each environment.

    When to ignore it:
        When production is meant to use that stage's service.

    References:
        Incident flags-gitpod-client-id.
    """
    for service in side.services.values():
        run = next((n for n in _MODES if mode(service.env(n) or "") == "production"), "")
        if not run:
            continue
        for each in image_settings(service, r"^/(?!etc/|usr/)"):
            stage = _STAGE.search(each.value)
            named = _WHOSE.search(".".join((*each.above[-1:], each.name)))
            if stage and named and len(each.value) < 100:  # noqa: PLR2004
                yield Found(
                    f"{run} is `{service.env(run)}`, and `{each.path[2]}` in its image says {each.name} "
                    f"`{each.value}`",
                    f"take {each.name} from a variable, set in each environment",
                    ((service.name, each.path), (service.name, ("environment", run))),
                )


@pair("IF021", "files.nginx-on-one-side", Severity.WARNING, reads=_READS, paths=("files.config.*",), silent=True,
      symptoms=(r"header", r"stream|server-sent|SSE", r"413|entity too large", r"redirect", r"50[24]"), since="0.3")  # fmt: skip
def nginx_on_one_side(both: ServicePair) -> Iterator[Found]:
    """One image has nginx in front of the application, the other answers by itself.

    What it compares:
        nginx configuration in both images that passes requests on (`proxy_pass`, `fastcgi_pass`, …).

    Why it matters:
        nginx drops headers with an underscore, collects streams, refuses bodies above 1 MiB, ends what takes
        longer than 60 s, and redirects to the port that it listens on, which clients may not reach.

    Example:
        local: `flask run` in the image
        production: nginx with `proxy_pass http://127.0.0.1:8000` in the same image

    What to do:
        Run production's image locally, which is what `parity up` does.

    When to ignore it:
        When tests go through production's image before every release.

    References:
        Incidents slash-mfserv-port-leak, sse-llamacpp-nginx-buffer, nginx-underscore-fastapi-secret.
    """
    passing = [_passing(side) for side in (both.left, both.right)]
    if bool(passing[0]) == bool(passing[1]):
        return
    if not all(map(_knows, (both.left, both.right))):
        return
    name, has = ("left", both.left) if passing[0] else ("right", both.right)
    told = [
        text for each, (value, text) in nginx.EFFECTS.items() if value in nginx.effective(has, each)
    ]
    body = ", ".join(nginx.effective(has, "client_max_body_size"))
    yield Found(
        f"the image has nginx in front of the application on the {name} only: {', '.join(told)}"
        f"{', ' if told else ''}bodies end at {'1 MiB' if body == '1048576' else f'{body} bytes'}",
        "run the same image on both sides",
        tuple((both.name, path) for path in passing[0] or passing[1]),
    )


def _knows(service: Service) -> bool:
    return any(path[0] == "files" for path in service.settings)


def _passing(service: Service) -> list[Path]:
    files = nginx.configurations(service)
    return [path for path, file in files.items() if any(d.name.endswith("_pass") for d in file)]
