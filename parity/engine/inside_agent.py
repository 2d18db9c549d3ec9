"""Looks around from inside a container's namespaces. It runs in a helper: standard library only.

Its one argument says what to look at, its one line of output is what it saw. It reads, bounded in
bytes and files; what it starts is `sort`, without rights and for seconds.
"""

import hashlib
import json
import os
import signal
import stat
import sys
import time
from typing import Any

_TEXT = 1 << 20
"""Most bytes of one file."""
_FILES, _BYTES = 500, 64 << 20
"""Most files of one folder that are hashed, and most bytes of them."""
_SECONDS = 5
_NOBODY = 65534
_SORTED = "a\nB\nc\nA\nb\nC\n\u00e9\nz\n"
_ARCHIVE = "/usr/lib/locale/locale-archive"


def main(argument: str) -> str:
    """What was seen, as JSON."""
    asked = json.loads(argument)
    files = {path: text(path) for path in asked["files"]}
    variables = environment(asked["environ"])
    if asked["root"] != "/":
        os.chroot(asked["root"])
        os.chdir("/")
    found = {
        "files": {path: told for path, told in files.items() if told is not None},
        "inside": {path: told for path in asked["inside"] if (told := text(path)) is not None},
        "places": {path: place(path) for path in asked["places"]},
        "trees": {path: tree(path) for path in asked["trees"]},
        "offsets": offsets(variables.get("TZ")),
        "locale": available(locale_of(variables)),
        "sort": ordered(variables, asked["user"], asked["group"]),
        "disk": disk(),
        "now": time.time(),
    }
    return json.dumps(found)


def text(path: str) -> str | None:
    """A plain file's content; None for what is none, or may not be read."""
    data = content(path, _TEXT)
    return None if data is None else data.decode(errors="replace")


def content(path: str, most: int) -> bytes | None:
    """The first bytes of a plain file. A pipe or a device is not waited for."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return None
        chunks, size = [], 0
        while size < most and (chunk := os.read(file, min(1 << 16, most - size))):
            chunks.append(chunk)
            size += len(chunk)
    except OSError:
        return None
    finally:
        os.close(file)
    return b"".join(chunks)


def environment(path: str) -> dict[str, str]:
    """A process's variables."""
    entries = (text(path) or "").split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def place(path: str) -> dict[str, Any]:
    """Who owns a place, and whether its file system takes `a` and `A` for one."""
    try:
        told = os.stat(path)
    except OSError:
        return {}
    found = {"uid": told.st_uid, "gid": told.st_gid, "mode": stat.S_IMODE(told.st_mode)}
    return {**found, "folder": stat.S_ISDIR(told.st_mode), "one-case": one_case(path)}


def one_case(path: str) -> bool | None:
    """Whether an entry of a folder is there by its name in the other case, too; None where none can be."""
    try:
        with os.scandir(path) as entries:
            for _, entry in zip(range(_FILES), entries, strict=False):
                other = entry.name.swapcase()
                if other != entry.name:
                    return same(f"{path}/{entry.name}", f"{path}/{other}")
    except OSError:
        return None
    return None


def same(one: str, two: str) -> bool:
    """Whether two names are of one file."""
    try:
        return os.path.samestat(os.lstat(one), os.lstat(two))
    except OSError:
        return False


def tree(root: str) -> dict[str, Any]:
    """Digests of the plain files below a folder, by their names there; `whole` where that are all."""
    found: dict[str, str] = {}
    left = _BYTES
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            data = None if os.path.islink(path) else content(path, left + 1)
            if data is None:
                continue
            left -= len(data)
            if left < 0 or len(found) >= _FILES:
                return {"files": found, "whole": False}
            found[os.path.relpath(path, root)] = hashlib.sha256(data).hexdigest()
    return {"files": found, "whole": True}


def disk() -> int:
    """How full the disk is that the root lies on, in percent."""
    told = os.statvfs("/")
    return 100 - 100 * told.f_bavail // told.f_blocks if told.f_blocks else 0


def offsets(zone: str | None) -> list[int]:
    """Seconds east of Greenwich in January and in July, as the C library works them out here."""
    os.environ.pop("TZ", None)
    if zone is not None:
        os.environ["TZ"] = zone
    time.tzset()
    year = time.gmtime().tm_year
    months = (time.mktime((year, month, 1, 12, 0, 0, 0, 0, -1)) for month in (1, 7))
    return [time.localtime(moment).tm_gmtoff for moment in months]


def locale_of(variables: dict[str, str]) -> str:
    """The locale that texts are in."""
    return next((v for n in ("LC_ALL", "LC_CTYPE", "LANG") if (v := variables.get(n))), "")


def available(name: str) -> dict[str, Any]:
    """Whether the C library here has a locale; musl has every one, and only one."""
    base, _, codeset = name.partition(".")
    codeset, _, rest = codeset.partition("@")
    plain = codeset.lower().replace("-", "").replace("_", "")
    names = {name, f"{base}.{plain}" + (f"@{rest}" if rest else "") if codeset else name}
    there = base in ("", "C", "POSIX") or any(os.path.isdir(f"/usr/lib/locale/{n}") for n in names)
    if not there and any(n.startswith("ld-musl") for n in listed("/lib")):
        there = True
    if not there:
        archive = content(_ARCHIVE, _BYTES * 4) or b""
        there = any(n.encode(errors="replace") + b"\0" in archive for n in names)
    return {"name": name, "available": there}


def listed(folder: str) -> list[str]:
    """Names in a folder."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def ordered(variables: dict[str, str], user: int, group: int) -> str:
    """How the container's own `sort` orders a few letters; empty where it has none."""
    given = {n: v for n, v in variables.items() if n == "LANG" or n.startswith("LC_")}
    program = next((p for p in ("/usr/bin/sort", "/bin/sort") if os.access(p, os.X_OK)), "")
    if not program:
        return ""
    output = run([program], given, _SORTED.encode(), user or _NOBODY, group or _NOBODY)
    return " ".join(output.decode(errors="replace").split())


def run(words: list[str], variables: dict[str, str], said: bytes, user: int, group: int) -> bytes:
    """The first bytes a program prints, as somebody without rights; empty where it takes too long."""
    inward, theirs = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(group)
            os.setuid(user)
            os.dup2(inward[0], 0)
            os.dup2(theirs[1], 1)
            os.dup2(theirs[1], 2)
            os.closerange(3, 64)
            signal.alarm(_SECONDS)  # kept through exec; so it ends, whatever it does
            os.execve(words[0], words, variables)  # noqa: S606 - there is no shell, nor one wanted
        finally:
            os._exit(127)
    for end in (inward[0], theirs[1]):
        os.close(end)
    os.write(inward[1], said)
    os.close(inward[1])
    output = b""
    while len(output) < 1 << 12 and (chunk := os.read(theirs[0], 1 << 12)):
        output += chunk
    os.close(theirs[0])
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return output if status in (0, signal.SIGKILL) else b""


if __name__ == "__main__":
    with open(1, "w", closefd=False) as answer:
        answer.write(main(sys.argv[1]) + "\n")
