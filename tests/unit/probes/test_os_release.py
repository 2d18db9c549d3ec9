"""The distribution and its C library."""

import pytest

from parity.probes.contract import File
from parity.probes.os_release import read, wants

DEBIAN = b"""PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
ID=debian
"""
ALPINE = b'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\n# a comment=1\n'


def file(data=b"x"):
    return File(0o644, len(data), data=data)


def test_what_it_asks_for_is_bounded():
    asked = wants({})
    assert asked.read == ("/etc/os-release", "/usr/lib/os-release")
    assert all(path.startswith("/lib") for path in asked.look)


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (
            {"/etc/os-release": file(DEBIAN), "/lib64/ld-linux-x86-64.so.2": file()},
            {"os": {"id": "debian", "version": "12"}, "libc": "glibc"},
        ),
        (
            {"/usr/lib/os-release": file(ALPINE), "/lib/ld-musl-aarch64.so.1": file()},
            {"os": {"id": "alpine", "version": "3.20.3"}, "libc": "musl"},
        ),
        (
            {"/lib/ld-musl-x86_64.so.1": file(), "/lib64/ld-linux-x86-64.so.2": file()},
            {"libc": "musl"},  # gcompat beside it
        ),
        ({"/etc/os-release": file(b"ID=arch\n")}, {"os": {"id": "arch"}}),
        ({}, {}),
        ({"/etc/os-release": file(b"\xff\x00\x1b[31m=\n===\n")}, {}),
    ],
)
def test_reading(files, wanted):
    assert read({}, files).values == wanted
