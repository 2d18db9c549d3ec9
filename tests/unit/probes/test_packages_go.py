"""Go's modules, as its linker writes them."""

import pytest

from parity.probes.contract import File
from parity.probes.packages_go import MARK, read

MODULES = (
    "path\texample.org/shop\nmod\texample.org/shop\t(devel)\t\n"
    "dep\tgithub.com/lib/pq\tv1.10.9\th1:x=\n"
    "dep\tgithub.com/old/fork\tv1.0.0\n=>\tgithub.com/new/fork\tv1.2.0\th1:y=\n"
    "dep\tgolang.org/x/net\tv0.19.0\th1:z=\nbuild\t-compiler=gc\n"
)


def length(number):
    found = b""
    while number > 127:
        found, number = found + bytes([number & 127 | 128]), number >> 7
    return found + bytes([number])


def built(version="go1.21.5", modules=MODULES, flags=2):
    told = b"\x30w" * 8 + modules.encode() + b"\xf92" * 8
    head = (b"\x08" + bytes([flags])).ljust(32 - len(MARK), b"\0")
    return (
        head + length(len(version)) + version.encode() + length(len(told)) + told + b"\0more" * 20
    )


def program(data):
    return File(0o755, 9, marks={MARK: data})


def test_modules_and_what_replaced_them():
    assert read({}, {"/app": program(built())}).values == {
        "go": {
            "version": "1.21.5",
            "github.com/lib/pq": "v1.10.9",
            "github.com/old/fork": "github.com/new/fork v1.2.0",
            "golang.org/x/net": "v0.19.0",
        }
    }


def test_several_programs_are_told_together():
    found = read({}, {"/a": program(built(modules="")), "/b": program(built("go1.22.0", ""))})
    assert found.values == {"go": {"version": "1.21.5, 1.22.0"}}


@pytest.mark.parametrize(
    "data", [b"", b"\x08", built(flags=0), b"\x08\x02" + b"\xff" * 99, built()[:21]]
)
def test_rubbish_tells_nothing(data):
    assert set(read({}, {"/a": program(data)}).values.get("go", {})) <= {"version"}
