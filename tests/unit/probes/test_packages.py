"""Packages, from the databases of dpkg and apk."""

import pytest

from parity.probes.contract import File
from parity.probes.packages import read

DPKG = b"""Package: openssl
Status: install ok installed
Architecture: amd64
Version: 3.0.15-1~deb12u1
Description: Secure Sockets Layer toolkit
 Package: not-one
 Version: 9

Package: gone
Status: deinstall ok config-files
Version: 1.0

Package: held
Status: hold ok installed
Version: 1:2.0
"""
DISTROLESS = b"Package: tzdata\nVersion: 2026a-0+deb12u1\nArchitecture: all\n"
APK = b"""C:Q1abc=
P:musl
V:1.2.5-r0
A:x86_64

P:openssl
V:3.3.2-r1
"""


def file(data=b"", **more):
    return File(0o644, len(data), data=data, **more)


def test_dpkg_tells_what_is_installed():
    found = read({}, {"/var/lib/dpkg/status": file(DPKG)})
    assert found.values == {"packages": {"openssl": "3.0.15-1~deb12u1", "held": "1:2.0"}}
    assert found.unread == {}


def test_distroless_has_a_file_for_each():
    folder = file(folder=True, files={"tzdata": DISTROLESS, "tzdata.md5sums": b"0 usr/x\n"})
    found = read({}, {"/var/lib/dpkg/status.d": folder})
    assert found.values == {"packages": {"tzdata": "2026a-0+deb12u1"}}


def test_apk():
    found = read({}, {"/lib/apk/db/installed": file(APK)})
    assert found.values == {"packages": {"musl": "1.2.5-r0", "openssl": "3.3.2-r1"}}


def test_an_image_without_any_has_none():
    assert read({}, {}).values == {}


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"/var/lib/rpm/rpmdb.sqlite": file(b"SQLite")}, "rpm's database"),
        ({"/var/lib/dpkg/status": file(DPKG, partial=True)}, "larger than any"),
        (
            {"/lib/apk/db/installed": file(b"\n\n".join(b"P:p%d\nV:1" % n for n in range(20_001)))},
            "more than 20000",
        ),
    ],
)
def test_what_cannot_be_read_is_told_and_no_difference(files, why):
    found = read({}, files)
    assert found.values == {}
    assert why in found.unread["packages"]


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 1000, b"Package:\n\nVersion: 1\n", b"\xff\xfe: x\n\n:::\n"]
)
def test_rubbish_is_no_package(data):
    for path in ("/var/lib/dpkg/status", "/lib/apk/db/installed"):
        assert read({}, {path: file(data)}).values == {}
