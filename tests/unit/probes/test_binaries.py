"""Programs for another processor."""

import pytest

from parity.probes.binaries import read, wants
from parity.probes.contract import File, Files

CONFIG = {"platform": "linux/arm64/v8", "working_dir": "/app/"}


def program(machine):
    data = b"\x7fELF\x02\x01\x01".ljust(18, b"\0") + bytes([machine, 0])
    return File(0o755, len(data), data=data)


AMD64, ARM64, ARM = program(0x3E), program(0xB7), program(0x28)


def test_what_is_for_another_one_is_listed():
    files = {
        "/app/native.node": AMD64,
        "/usr/local/bin/tool": AMD64,
        "/usr/bin/own": ARM64,
        "/usr/bin/older": ARM,
        "/app/prebuilds/linux-x64/a.node": AMD64,
        "/app/lib/x86_64-linux-gnu/a.so": AMD64,
        "/app/bpf.o": program(0xF7),
        "/app/readme": File(0o644, 1, data=b"text"),
    }
    assert read(CONFIG, files).values == {"foreign": ["/app/native.node", "/usr/local/bin/tool"]}


def test_names_with_letters_around_are_no_processors():
    files = {"/app/charm": AMD64, "/app/x64check": AMD64, "/app/army.so": AMD64}
    assert len(read(CONFIG, files).values["foreign"]) == 3


def test_only_these_are_asked_for():
    (pattern, test), *_ = wants(CONFIG).odd
    assert "/app/**" in dict(wants(CONFIG).odd)
    assert test("/usr/bin/x", AMD64)
    assert not test("/usr/bin/x", ARM64)


def test_no_more_than_a_few_are_told():
    assert len(read(CONFIG, {f"/app/{n}": AMD64 for n in range(90)}).values["foreign"]) == 20


@pytest.mark.parametrize("config", [{}, {"platform": ""}, {"platform": "linux"}])
def test_without_a_platform_nothing_is_foreign(config):
    assert wants(config).odd == ()
    assert read(config, {"/usr/bin/x": AMD64}).values == {}


def test_what_was_cut_is_unread_unless_some_were_found():
    files = Files({"/app/x": ARM64})
    files.cut = {"": "too large"}
    assert read(CONFIG, files).unread == {"foreign": "too large"}
    files["/app/y"] = AMD64
    assert read(CONFIG, files).unread == {}
