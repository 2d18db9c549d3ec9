"""What runs programs: `runtimes.python`, `.node`, `.npm`, `.php`, `.ruby`, `.java`, `.dotnet`, `.openssl`;
and `icu`, the version of the library that sorts and formats.

From files that installations bring, else from the distribution's packages; nothing is run.
Source: Python/C API, patchlevel.h; Node.js, node_version.h; PHP, php_version.h; Ruby, RbConfig; JEP 223 and
the release file of the JDK; .NET, shared frameworks; ICU and OpenSSL, names of their libraries.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes import packages, packages_node
from parity.probes.contract import File, Wants, cut, plain
from parity.probes.packages_versions import versions

LAYER = Layer.FILESYSTEM

_CONTENTS: Mapping[str, tuple[str, str]] = {
    "python": ("**/include/python3.*/patchlevel.h", r'#define\s+PY_VERSION\s+"([^"]+)"'),
    "php": ("**/include/php/**/php_version.h", r'#define\s+PHP_VERSION\s+"([^"]+)"'),
    "ruby": ("**/lib/ruby/*/*/rbconfig.rb", r'CONFIG\["RUBY_PROGRAM_VERSION"\]\s*=\s*"([^"]+)"'),
    "java": ("**/release", r'JAVA_VERSION="([^"]+)"'),
}
_NODE = "**/include/node/node_version.h"
_NPM = ("**/lib/node_modules/npm/package.json", "/usr/share/nodejs/npm/package.json")
_NAMES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "python": (
        ("/usr/bin/python3.*", "/usr/local/bin/python3.*", "/opt/*/bin/python3.*"),
        r"python(3\.\d+)$",
    ),
    "dotnet": (("**/shared/Microsoft.NETCore.App/*",), r"NETCore\.App/(\d[\w.-]*)$"),
    "openssl": (("**/libssl.so.*",), r"libssl\.so\.(\d+(?:\.\d+){0,2})$"),
    "icu": (("**/libicuuc.so.*",), r"libicuuc\.so\.(\d+)$"),
}
_PACKAGES = (
    (r"nodejs(?:-current)?", "node"), ("npm", "npm"), (r"python3(?:\.\d+)?", "python"),
    (r"php\d*(?:\.\d+)?(?:-cli|-fpm)?", "php"), (r"ruby(?:\d\.\d)?", "ruby"),
    (r"openjdk-?\d+(?:-jre|-jdk)?(?:-headless|-base)?", "java"), ("openssl|openssl-libs", "openssl"),
)  # fmt: skip
_PLAIN_VERSION = re.compile(r"^(?:\d+:)?(\d+(?:\.\d+)*)")


def wants(config: Mapping[str, Any]) -> Wants:
    """Headers and the like, and names of libraries."""
    del config
    contents = (*(pattern for pattern, _ in _CONTENTS.values()), _NODE, *_NPM)
    return Wants(walk=contents, names=tuple(p for each, _ in _NAMES.values() for p in each))


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """The most exact that is known of each."""
    if missed := cut(files):
        return Facts({}, {"runtimes": missed, "icu": missed})
    known = {**dict(_of_names(files)), **_of_packages(config, files), **dict(_of_contents(files))}
    icu = known.pop("icu", "")
    found = versions("runtimes", known.items())
    return Facts({**found.values, **({"icu": icu} if icu else {})})


def _of_contents(files: Mapping[str, File]) -> Iterator[tuple[str, str]]:
    for path, file in files.items():
        text = file.data.decode(errors="replace")
        for name, (pattern, form) in _CONTENTS.items():
            if path.endswith(pattern.rpartition("/")[2]) and (match := re.search(form, text)):
                yield name, plain(match[1])
        if path.endswith("/node_version.h"):
            parts = [re.search(rf"NODE_{part}_VERSION (\d+)", text) for part in _PARTS]
            yield "node", ".".join(match[1] for match in parts if match)
        elif path.endswith(("/lib/node_modules/npm/package.json", _NPM[1])):
            yield "npm", packages_node.version(file.data)


_PARTS = ("MAJOR", "MINOR", "PATCH")


def _of_names(files: Mapping[str, File]) -> Iterator[tuple[str, str]]:
    for name, (_, form) in _NAMES.items():
        found = {match[1] for match in map(re.compile(form).search, files) if match}
        if found:
            yield name, ", ".join(sorted(found)[:4])


def _of_packages(config: Mapping[str, Any], files: Mapping[str, File]) -> dict[str, str]:
    known = packages.read(config, files).values.get("packages", {})
    return {
        name: match[1]
        for form, name in _PACKAGES
        for package, version in known.items()
        if re.fullmatch(form, package) and (match := _PLAIN_VERSION.match(version))
    }
