"""Java's libraries, by the names of archives."""

import io
import random
import zipfile

import pytest

from parity.probes.contract import File
from parity.probes.packages_java import read, wants

INSIDE = wants({}).ends[0][1]


def archive(*names, filler=0):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, random.Random(1).randbytes(filler))
    return buffer.getvalue()


def test_libraries_beside_and_inside():
    data = INSIDE(archive("BOOT-INF/lib/spring-core-6.1.2.jar", "BOOT-INF/classes/A.class"))
    files = {
        "/app/app.jar": File(0o644, 9, data=data),
        "/opt/tomcat/lib/jackson-core-2.15.0-rc1.jar": File(0o644, 1),
        "/app/x-1.0.class": File(0o644, 1),
    }
    assert read({}, files).values == {
        "java": {"spring-core": "6.1.2", "jackson-core": "2.15.0-rc1"}
    }


def test_the_end_of_an_archive_is_enough():
    whole = archive("lib/a-1.jar", "lib/b-2.jar", filler=500_000)
    assert INSIDE(whole[-100_000:]) == b"a-1.jar\nb-2.jar"


@pytest.mark.parametrize(
    "data", [b"", b"PK\x05\x06" + b"\xff" * 18, archive("a-1.jar")[:-3], b"\0" * 99]
)
def test_rubbish_has_nothing_inside(data):
    assert INSIDE(data) == b""
