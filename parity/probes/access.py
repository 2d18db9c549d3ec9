"""What the image's user may do: `folders.PATH.owner`, `.mode`, `.writable`, and `unreadable`, a list of paths.

Folders are those that the image works in and keeps data in. Files are looked at below the first, and where
applications usually are. For root, all is readable.
Source: path_resolution(7), permissions; passwd(5), group(5).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants, cut, plain

LAYER = Layer.FILESYSTEM

_PASSWD, _GROUP = "/etc/passwd", "/etc/group"
_USUAL = ("/app", "/srv", "/usr/src", "/var/www", "/opt")
_DATA = frozenset(
    {"log", "logs", "tmp", "temp", "data", "cache", "uploads", "upload", "storage", "media", "run"}
)
_DEEPEST, _SHOWN = 6, 20
_READ, _WRITE, _ENTER = 4, 2, 1
_FIELDS = 4


@dataclass(frozen=True)
class _User:
    number: int
    groups: frozenset[int]

    def may(self, file: File, wish: int) -> bool:
        """Whether the modes allow it."""
        shift = 6 if file.owner == self.number else 3 if file.group in self.groups else 0
        return self.number == 0 or (file.mode >> shift) & wish == wish


def wants(config: Mapping[str, Any]) -> Wants:
    """Users, the folders, and files that are not for everybody."""
    below = tuple(f"{folder}/**" for folder in _below(config))
    return Wants(
        read=(_PASSWD, _GROUP),
        names=tuple(_folders(config)),
        odd=tuple((each, test) for each in below for test in (_private, _holds_data)),
    )


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """Nothing for a user that the image does not know."""
    user = _user(str(config.get("user") or "0"), files)
    if user is None:
        return Facts()
    told = {path: _told(files[path], user) for path in _kept(config, files)}
    lost = sorted(plain(path) for path in _unreadable(config, files, user))[:_SHOWN]
    missed = cut(files, *_folders(config), *(f"{folder}/**" for folder in _below(config)))
    values = {"folders": {} if missed else told, "unreadable": lost}
    unread = {name: missed for name, value in values.items() if missed and not value}
    return Facts({name: value for name, value in values.items() if value}, unread)


def _told(folder: File, user: _User) -> dict[str, Any]:
    return {
        "owner": f"{folder.owner}:{folder.group}",
        "mode": f"{folder.mode:04o}",
        "writable": user.may(folder, _WRITE | _ENTER),
    }


def _folders(config: Mapping[str, Any]) -> Iterator[str]:
    for path in (config.get("working_dir"), *(config.get("volumes") or ())):
        if str(path or "").strip("/"):
            yield "/" + str(path).strip("/")


def _below(config: Mapping[str, Any]) -> tuple[str, ...]:
    own = "/" + str(config.get("working_dir") or "").strip("/")
    usual = [each for each in _USUAL if not f"{own}/".startswith(f"{each}/")]
    return (*([own] if own != "/" else []), *usual)


def _kept(config: Mapping[str, Any], files: Mapping[str, File]) -> list[str]:
    """The folders that are told: those of the config, then those that are called as if data went there."""
    own = [path for path in _folders(config) if path in files and files[path].folder]
    data = [p for p, file in files.items() if _holds_data(p, file) and _under(p, _below(config))]
    found = dict.fromkeys((*own, *sorted(data, key=lambda p: (p.count("/"), p))))
    return [path for path in list(found)[:_SHOWN] if plain(path) == path]


def _unreadable(config: Mapping[str, Any], files: Mapping[str, File], user: _User) -> Iterator[str]:
    for path, file in files.items():
        wish = _READ | _ENTER if file.folder else _READ
        known = file.owner >= 0 and not file.target and _under(path, _below(config))
        if known and not user.may(file, wish):
            yield path


def _under(path: str, folders: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def _private(_: str, file: File) -> bool:
    """Whether not everybody may read it: who may is asked later."""
    wish = _READ | _ENTER if file.folder else _READ
    return not file.target and file.mode & wish != wish


def _holds_data(path: str, file: File) -> bool:
    return file.folder and path.rpartition("/")[2] in _DATA and path.count("/") <= _DEEPEST


def _user(text: str, files: Mapping[str, File]) -> _User | None:
    """`app`, `1001`, `app:www`, `1001:0`."""
    name, _, group = text.partition(":")
    users, groups = _rows(files, _PASSWD), _rows(files, _GROUP)
    row = next((r for r in users if name == r[0]), None) or next(
        (r for r in users if name == r[2]), None
    )
    number = _number(row[2] if row else name)
    if number is None:
        return None
    known = {_number(r[2]) for r in groups if group in (r[0], r[2])} | {_number(group)}
    if not group:
        told = [r for r in groups if row and len(r) >= _FIELDS and row[0] in r[3].split(",")]
        known = {_number(row[3] if row else "0"), *(_number(r[2]) for r in told)}
    return _User(number, frozenset(each for each in known if each is not None))


def _rows(files: Mapping[str, File], path: str) -> list[list[str]]:
    text = files[path].data.decode(errors="replace") if path in files else ""
    least = _FIELDS if path == _PASSWD else _FIELDS - 1
    rows = [line.split(":") for line in text.splitlines()]
    return [row for row in rows if len(row) >= least]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else None  # noqa: PLR2004
