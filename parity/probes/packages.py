"""The distribution's packages: `packages.NAME` is the version.

Read from the package managers' own databases: dpkg's status file (in images of `distroless` a folder of
them), apk's, and rpm's where it is SQLite; of its older ones it is only told that there is one.
Source: dpkg(1), deb-control(5); apk package format, installed database.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes import packages_rpm
from parity.probes.contract import File, Wants
from parity.probes.packages_versions import versions

LAYER = Layer.FILESYSTEM

_DPKG, _DISTROLESS, _APK = "/var/lib/dpkg/status", "/var/lib/dpkg/status.d", "/lib/apk/db/installed"
_RPM = ("/var/lib/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite")
_OLD_RPM = (
    "/var/lib/rpm/Packages",
    "/var/lib/rpm/Packages.db",
    "/usr/lib/sysimage/rpm/Packages.db",
)
_LARGE = "the database is larger than any that is known"


def wants(config: Mapping[str, Any]) -> Wants:
    """The databases."""
    del config
    return Wants(read=(_DPKG, _DISTROLESS, _APK), large=_RPM, look=_OLD_RPM)


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """The packages that are installed; `packages` is unread where a database was cut or is an old rpm's."""
    del config
    databases = (*_RPM, _DPKG, _DISTROLESS, _APK)
    missed = ""
    found = {path: packages_rpm.packages(files[path].data) for path in _RPM if path in files}
    if any(files[path].partial for path in databases if path in files):
        missed = _LARGE
    elif None in found.values() or (not found and any(path in files for path in _OLD_RPM)):
        missed = "rpm's database cannot be read without rpm"
    texts = _texts(files)
    told = (*(pair for each in found.values() for pair in each or ()), *texts)
    return versions("packages", told, missed)


def _texts(files: Mapping[str, File]) -> Iterator[tuple[str, str]]:
    for path, parse in ((_DPKG, _dpkg), (_APK, _apk)):
        if path in files:
            yield from parse(files[path].data.decode(errors="replace"))
    folder = files.get(_DISTROLESS)
    for name, data in folder.files.items() if folder else ():
        if not name.endswith(".md5sums"):
            yield from _dpkg(data.decode(errors="replace"))


def _dpkg(text: str) -> Iterator[tuple[str, str]]:
    """Paragraphs of fields; one without a status (distroless) is installed."""
    for paragraph in text.split("\n\n"):
        fields = {}
        for line in paragraph.splitlines():
            name, colon, value = line.partition(":")
            if colon and not line[:1].isspace():
                fields[name] = value.strip()
        installed = fields.get("Status", "install ok installed").endswith(" installed")
        if installed and fields.get("Package") and fields.get("Version"):
            yield fields["Package"], fields["Version"]


def _apk(text: str) -> Iterator[tuple[str, str]]:
    for paragraph in text.split("\n\n"):
        fields = {line[0]: line[2:] for line in paragraph.splitlines() if line[1:2] == ":"}
        if fields.get("P") and fields.get("V"):
            yield fields["P"], fields["V"]
