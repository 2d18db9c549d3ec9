"""The program that an image starts: `entry.crlf`, `entry.machine`, `entry.interpreter`, `entry.executable`.

Read where the entrypoint or command names it by its whole path.
Source: execve(2); System V ABI, ELF header.
"""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants

LAYER = Layer.FILESYSTEM

_ELF = b"\x7fELF"
_MACHINES = {0x3E: "amd64", 0xB7: "arm64", 0x28: "arm", 0x03: "386", 0xF3: "riscv64", 0x15: "ppc64le", 0x16: "s390x"}  # fmt: skip
_MACHINE = slice(18, 20)
_UNKNOWN = "ELF machine"
_LITTLE = b"\x01"
_EXECUTABLE = 0o111


def wants(config: Mapping[str, Any]) -> Wants:
    """The first bytes of the program."""
    program = _program(config)
    return Wants(head=(program,) if program else ())


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """Nothing where it has no whole path, or is a folder."""
    program = _program(config)
    file = files.get(program)
    if not program or (file is not None and file.folder):
        return Facts()
    if file is None:
        return Facts({"entry": {"missing": program}})
    found: dict[str, Any] = {"executable": bool(file.mode & _EXECUTABLE)}
    if built := machine(file.data):
        found["machine"] = built
    elif file.data.startswith(b"#!"):
        line = file.data.partition(b"\n")[0]
        found["interpreter"] = line[2:].strip().decode(errors="replace")
        found["crlf"] = line.endswith(b"\r")
    return Facts({"entry": found})


def machine(data: bytes) -> str:
    """The processor that a program was built for; empty where it is no program of that kind."""
    if not data.startswith(_ELF):
        return ""
    number = int.from_bytes(data[_MACHINE], "little" if data[5:6] == _LITTLE else "big")
    return _MACHINES.get(number, f"{_UNKNOWN} {number}")


def _program(config: Mapping[str, Any]) -> str:
    words = [*(config.get("entrypoint") or ()), *(config.get("command") or ())]
    return words[0] if words and words[0].startswith("/") else ""
