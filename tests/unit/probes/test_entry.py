"""The program that an image starts."""

import pytest

from parity.probes.contract import File
from parity.probes.entry import read, wants

ENTRY = {"entrypoint": ["/start"], "command": ["serve"]}


def elf(machine, order="little"):
    head = b"\x7fELF\x02" + (b"\x01" if order == "little" else b"\x02") + bytes(12)
    return head + machine.to_bytes(2, order) + bytes(40)


def entry(data, mode=0o755):
    return read(ENTRY, {"/start": File(mode, len(data), data=data)}).values


@pytest.mark.parametrize(
    ("config", "path"),
    [
        (ENTRY, ("/start",)),
        ({"command": ["/bin/app", "-v"]}, ("/bin/app",)),
        ({"entrypoint": ["node"], "command": ["/srv/x.js"]}, ()),
        ({}, ()),
    ],
)
def test_only_a_program_named_by_its_path_is_looked_at(config, path):
    assert wants(config).head == path
    assert path or read(config, {}).values == {}


@pytest.mark.parametrize(
    ("data", "machine"),
    [(elf(0x3E), "amd64"), (elf(0xB7), "arm64"), (elf(0x16, "big"), "s390x"), (elf(0x9999), "ELF machine 39321")],
)  # fmt: skip
def test_a_binary_says_its_processor(data, machine):
    assert entry(data) == {"entry": {"executable": True, "machine": machine}}


@pytest.mark.parametrize(
    ("data", "interpreter", "crlf"),
    [
        (b"#!/bin/sh\nset -e\n", "/bin/sh", False),
        (b"#!/usr/bin/env bash\r\nset -e\r\n", "/usr/bin/env bash", True),
        (b"#! /bin/sh -e", "/bin/sh -e", False),
    ],
)
def test_a_script_says_its_interpreter_and_its_line_ends(data, interpreter, crlf):
    told = {"executable": True, "interpreter": interpreter, "crlf": crlf}
    assert entry(data) == {"entry": told}


def test_one_that_nobody_may_execute_and_one_that_is_not_there():
    assert entry(b"echo", 0o644) == {"entry": {"executable": False}}
    assert read(ENTRY, {}).values == {"entry": {"missing": "/start"}}
    assert read(ENTRY, {"/start": File(0o755, 0, folder=True)}).values == {}


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"#!", b"\xff" * 4096])
def test_rubbish_says_nothing_wrong(data):
    assert "crlf" not in entry(data).get("entry", {}) or entry(data)["entry"]["crlf"] is False
