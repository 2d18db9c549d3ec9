"""Loop devices: which one is over a file, and a free one put over it."""

import contextlib
import fcntl
import os
import stat
import struct
import subprocess
from pathlib import Path

MAJOR, _CONTROL = 7, (10, 237)
_GET_STATUS64, _ADD = 0x4C05, 0x4C80
_STATUS64 = struct.Struct("<QQQQQIIII64s64s32s2Q")
_FIRST, _LAST = 7700, 7999
"""Our own numbers: nobody else's device has them by chance, least of all after a reboot."""


def node(number: int) -> str:
    """A block device of that number, in this container alone."""
    return _made(f"/dev/loop{number}", stat.S_IFBLK, (MAJOR, number))


def backing(number: int) -> tuple[int, int] | None:
    """(device, inode) of the file a loop device is over; None where it is over none."""
    try:
        handle = os.open(node(number), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        data = fcntl.ioctl(handle, _GET_STATUS64, bytes(_STATUS64.size))
    except OSError:
        return None
    finally:
        os.close(handle)
    device, inode = _STATUS64.unpack(data)[:2]
    # The kernel's wide encoding of a device number is not the C library's.
    return os.makedev((device >> 8) & 0xFFF, (device & 0xFF) | ((device >> 12) & 0xFFF00)), inode


def over(file: Path) -> int | None:
    """The number of the loop device over a file."""
    found = file.stat()
    for number in _numbers():
        if backing(number) == (found.st_dev, found.st_ino):
            return number
    return None


def attach(file: Path) -> int:
    """Put a loop device over a file; its number."""
    control = _made("/dev/loop-control", stat.S_IFCHR, _CONTROL)
    handle = os.open(control, os.O_RDWR | os.O_CLOEXEC)
    try:
        for number in range(_FIRST, _LAST):
            with contextlib.suppress(FileExistsError):
                fcntl.ioctl(handle, _ADD, number)
            if backing(number) is None and _set(number, file):
                return number
    finally:
        os.close(handle)
    raise OSError("every loop device of the engine's machine is taken")


def resize(number: int) -> None:
    """Have a loop device see that its file has grown."""
    _losetup("--set-capacity", node(number))


def detach(number: int) -> None:
    """Take a loop device off its file, as soon as nobody has it mounted."""
    _losetup("--detach", node(number))


def _set(number: int, file: Path) -> bool:
    for options in (["--direct-io=on"], []):
        # Past the page cache of the file below, where it can: each page would be in memory twice.
        with contextlib.suppress(OSError):
            _losetup(*options, node(number), str(file))
        if backing(number) is not None:
            break
    found = file.stat()
    return backing(number) == (found.st_dev, found.st_ino)


def _losetup(*arguments: str) -> None:
    done = subprocess.run(["losetup", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(done.stderr.strip() or f"losetup ended with {done.returncode}")


def _numbers() -> list[int]:
    names = (path.name.removeprefix("loop") for path in Path("/sys/block").glob("loop*"))
    return sorted(int(name) for name in names if name.isdigit())


def _made(path: str, kind: int, number: tuple[int, int]) -> str:
    with contextlib.suppress(FileExistsError):
        os.mknod(path, kind | 0o600, os.makedev(*number))
    return path
