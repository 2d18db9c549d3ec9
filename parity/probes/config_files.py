"""Configuration files at the places where servers and applications look for them: `config.PATH.NAME…`.

A file's path is one part. nginx's, HAProxy's and Apache's are `content`, their lines without comments.
Below the folder that the image works in: what Spring, ASP.NET, node-config and dotenv read.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes import config_formats as forms
from parity.probes.contract import File, Wants, cut, plain

LAYER = Layer.FILESYSTEM

Form = Callable[[str], forms.Tree]

_PLACES: tuple[tuple[Form, tuple[str, ...]], ...] = (
    (forms.lines, (
        "/etc/nginx/nginx.conf", "/etc/nginx/conf.d/*.conf", "/etc/nginx/sites-enabled/*",
        "/etc/nginx/sites-available/*", "/etc/nginx/templates/*.template", "/etc/nginx/http.d/*.conf",
        "/usr/local/openresty/nginx/conf/*.conf", "/opt/bitnami/nginx/conf/**/*.conf",
        "/etc/haproxy/haproxy.cfg", "/usr/local/etc/haproxy/haproxy.cfg",
        "/etc/apache2/*.conf", "/etc/apache2/sites-enabled/*", "/etc/apache2/sites-available/*",
        "/usr/local/apache2/conf/httpd.conf", "/etc/httpd/conf/httpd.conf", "/etc/httpd/conf.d/*.conf",
    )),
    (forms.php, (
        "/usr/local/etc/php/php.ini", "/usr/local/etc/php/conf.d/*.ini", "/etc/php/**/*.ini",
        "/etc/php*/php.ini", "/etc/php*/conf.d/*.ini", "/etc/php.ini", "/etc/php.d/*.ini",
        "/usr/local/etc/php-fpm.d/*.conf", "/etc/php/**/pool.d/*.conf", "/etc/php-fpm.d/*.conf",
    )),
    (forms.ini, (
        "/etc/my.cnf", "/etc/my.cnf.d/*.cnf", "/etc/mysql/**/*.cnf",
    )),
    (forms.openssl, ("/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf")),
    (forms.postgres, (
        "/etc/postgresql/**/postgresql.conf", "/etc/postgresql/**/conf.d/*.conf",
        "/usr/share/postgresql/postgresql.conf.sample",
    )),
    (forms.redis, (
        "/etc/redis.conf", "/etc/redis/*.conf", "/usr/local/etc/redis/*.conf", "/etc/valkey/*.conf",
    )),
    (forms.assignments, ("/etc/rabbitmq/rabbitmq.conf", "/etc/rabbitmq/conf.d/*.conf")),
    (forms.limits, ("/etc/security/limits.conf", "/etc/security/limits.d/*.conf")),
    (forms.colons, ("/etc/nsswitch.conf",)),
)  # fmt: skip
_BELOW: tuple[tuple[Form, tuple[str, ...]], ...] = (
    (forms.properties, ("application*.properties", "config/application*.properties")),
    (forms.yaml, (
        "application*.yml", "application*.yaml", "config/application*.yml", "config.yml", "config.yaml",
        "config/config.yml", "config/default.yml", "config/production.yml",
    )),
    (forms.as_json, ("appsettings*.json", "config.json", "config/*.json")),
    (forms.toml, ("config.toml", "config/*.toml")),
    (forms.dotenv, (".env", ".env.*")),
)  # fmt: skip
_NOT_IN_FORCE = ("/sites-available/", "/mods-available/", ".sample/", ".example", ".dist")
_LARGEST, _MOST = 200_000, 60
_KIND = "config"


def wants(config: Mapping[str, Any]) -> Wants:
    """All of these places."""
    return Wants(walk=tuple(pattern for _, patterns in _forms(config) for pattern in patterns))


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """Those that are in force; unread where one is not of its form, or not all could be looked at."""
    import fnmatch

    found: dict[str, forms.Tree] = {}
    for path, file in sorted(_in_force(files)):
        form = next(
            (f for f, each in _forms(config) if _fits(path, each, fnmatch.fnmatchcase)), None
        )
        if form is None or len(found) >= _MOST or not 0 < len(file.data) <= _LARGEST:
            continue
        try:
            tree = form(file.data.decode(errors="replace"))
        except forms.NotReadable as why:
            tree = {"unreadable": str(why)}
        if tree:
            found[path] = tree
    missed = cut(files, *wants(config).walk)
    if missed:
        return Facts({}, {_KIND: missed})
    return Facts({_KIND: found} if found else {})


def _in_force(files: Mapping[str, File]) -> Iterator[tuple[str, File]]:
    """Files by the path under which they are read; what a link leads to is read there."""
    for path, file in files.items():
        last = files.get(file.target, file) if file.target else file
        if plain(path) == path and not last.folder and not any(w in path for w in _NOT_IN_FORCE):
            yield path, last


def _fits(path: str, patterns: tuple[str, ...], match: Callable[[str, str], bool]) -> bool:
    return any(match(path, each.replace("**/", "*")) for each in patterns)


def _forms(config: Mapping[str, Any]) -> tuple[tuple[Form, tuple[str, ...]], ...]:
    folder = "/" + str(config.get("working_dir") or "").strip("/")
    if folder == "/":
        return _PLACES
    below = ((form, tuple(f"{folder}/{each}" for each in names)) for form, names in _BELOW)
    return (*_PLACES, *below)
