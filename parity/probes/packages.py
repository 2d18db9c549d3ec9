"""The distribution's packages: `packages.NAME` is the version.

Read from the package managers' own databases: dpkg's status file (in images of `distroless` a folder of
them) and apk's. Of rpm it is only told that there is one.
Source: dpkg(1), deb-control(5); apk package format, installed database.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants

LAYER = Layer.FILESYSTEM

_DPKG, _DISTROLESS, _APK = "/var/lib/dpkg/status", "/var/lib/dpkg/status.d", "/lib/apk/db/installed"
_RPM = ("/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages", "/usr/lib/sysimage/rpm/rpmdb.sqlite")
_MOST = 20_000


def wants(config: Mapping[str, Any]) -> Wants:
    """The databases."""
    del config
    return Wants(read=(_DPKG, _DISTROLESS, _APK), look=_RPM)


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """The packages that are installed; `packages` is unread where a database was cut or is rpm's."""
    del config
    unread = {}
    found: dict[str, str] = {}
    for path, parse in ((_DPKG, _dpkg), (_APK, _apk)):
        if path in files:
            found.update(parse(files[path].data.decode(errors="replace")))
    folder = files.get(_DISTROLESS)
    for name, data in folder.files.items() if folder else ():
        if not name.endswith(".md5sums"):
            found.update(_dpkg(data.decode(errors="replace")))
    if any(files[path].partial for path in (_DPKG, _DISTROLESS, _APK) if path in files):
        unread["packages"] = "the database is larger than any that is known"
    elif len(found) > _MOST:
        unread["packages"] = f"more than {_MOST}: no distribution has as many in one image"
    elif any(path in files for path in _RPM):
        unread["packages"] = "rpm's database cannot be read without rpm"
    if unread:
        return Facts({}, unread)
    return Facts({"packages": found} if found else {})


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
