"""Python's packages, from what installers leave."""

import pytest

from parity.probes.contract import File, Files
from parity.probes.packages_python import read, wants

SITE = "/usr/local/lib/python3.12/site-packages"


def file(data=b""):
    return File(0o644, len(data), data=data)


def test_names_are_normalised_and_versions_told():
    told = b"Metadata-Version: 2.1\nName: Zope.Interface_x\nVersion: 6.1\n\nName: other\n"
    files = {
        f"{SITE}/Zope.Interface_x-6.1.dist-info/METADATA": file(told),
        f"{SITE}/old.egg-info/PKG-INFO": file(b"Name: old\nVersion: 1.0\n"),
        "/usr/lib/python3/dist-packages/six-1.16.0.egg-info": file(b"Name: six\nVersion: 1.16.0\n"),
        f"{SITE}/setuptools/_vendor/wheel-0.1.dist-info/METADATA": file(
            b"Name: wheel\nVersion: 1\n"
        ),
        "/app/METADATA": file(b"Name: none\nVersion: 1\n"),
    }
    assert read({}, files).values == {
        "python": {"zope-interface-x": "6.1", "old": "1.0", "six": "1.16.0"}
    }


def test_the_same_in_two_places_is_told_with_both():
    files = {
        f"{place}/x-1.dist-info/METADATA": file(b"Name: x\nVersion: %s\n" % version)
        for place, version in ((SITE, b"1"), ("/opt/venv/lib/python3.12/site-packages", b"2"))
    }
    assert read({}, files).values == {"python": {"x": "1, 2"}}


@pytest.mark.parametrize(
    "data", [b"", b"\0\xff" * 900, b"Name\nVersion: \n", b"Name: \x1b\nVersion: 1\n"]
)
def test_rubbish_is_no_package(data):
    assert read({}, {f"{SITE}/x.dist-info/METADATA": file(data)}).values == {}


def test_what_was_cut_is_unread():
    files = Files()
    files.cut = {wants({}).walk[0]: "more than 5000 files"}
    assert read({}, files).unread == {"python": "more than 5000 files"}
