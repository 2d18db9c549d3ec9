"""Forms of configuration files: a text as a tree of settings. Never raises, but NotReadable.

Well-known forms are read by the libraries for them; what servers have of their own is lines of a name
and a value, or is kept as its lines (`content`), since their order and nesting mean something.
Source: php.ini directives; PostgreSQL, setting parameters; redis.conf; RabbitMQ, configuration;
java.util.Properties; limits.conf(5); nsswitch.conf(5).
"""

import hashlib
import io
import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from parity.probes.contract import plain

Tree = dict[str, Any]

_LONGEST_VALUE = 1000
_MOST, _DEEPEST = 2000, 12
_MOST_MERGED = 30
"""Parts that a YAML file merges: each level of them can multiply the one before."""
_LONGEST_LINE = 4000


_COMMENT = re.compile(r"\s+[;#].*$")


class NotReadable(ValueError):  # noqa: N818 - it says what is so
    """A text is not of the form that it should have."""


def lines(text: str) -> Tree:
    """Those that say something, without their indentation."""
    told = (" ".join(line.split())[:_LONGEST_LINE] for line in text.splitlines())
    kept = [plain(line, _LONGEST_LINE) for line in told if line and not line.startswith("#")]
    return {"content": "\n".join(kept) + "\n"} if kept else {}


def php(text: str) -> Tree:
    """`name = value`; a section means nothing, but a pool's name."""
    return _sections(_said(text, ";#"), meaning=lambda name: name not in _PHP_SECTIONS)


_PHP_SECTIONS = frozenset(
    {"PHP", "Date", "Session", "opcache", "mbstring", "curl", "openssl", "CLI Server"}
)


def ini(text: str) -> Tree:
    """Sections of `name = value` or of a name alone."""
    return _sections(line for line in _said(text, ";#") if not line.startswith("!"))


def openssl(text: str) -> Tree:
    """What sets up the library; what its tools make requests and authorities of is left out."""
    wanted = ("system_default", "default_sect", "ssl_", "provider", "openssl_init", "openssl_conf")
    return {n: v for n, v in ini(text).items() if n.startswith(wanted) or n == ".include"}


def _sections(told: Iterable[str], meaning: Callable[[str], bool] = bool) -> Tree:
    found: Tree = {}
    place = found
    for line in told:
        if line.startswith("["):
            name = plain(line.strip("[] "))
            place = found.setdefault(name, {}) if meaning(name) else found
            if not isinstance(place, dict):
                place = found
        else:
            name, equals, value = line.partition("=")
            value = re.split(r"\s*[;#]", value, maxsplit=1)[0]
            _add(place, name.strip(), _unquoted(value) if equals else "on")
    return {name: value for name, value in found.items() if value != {}}


def postgres(text: str) -> Tree:
    """`name = value`, or without the sign; quotes and a comment behind it are none of it."""
    found: Tree = {}
    for line in _said(text, "#"):
        if match := re.match(r"([A-Za-z_][\w.]*)\s*=?\s*('(?:[^']|'')*'|[^#]*)", line):
            _add(found, match[1].lower(), _unquoted(match[2]), last=True)
    return found


def redis(text: str) -> Tree:
    """`name value …`; what is said again is said in addition."""
    found: Tree = {}
    for line in _said(text, "#"):
        name, _, value = line.partition(" ")
        try:
            words = shlex.split(value)
        except ValueError:  # an open quote
            words = value.split()
        _add(found, name.lower(), " ".join(words))
    return found


def assignments(text: str) -> Tree:
    """`name = value`."""
    found: Tree = {}
    for line in _said(text, "#"):
        name, equals, value = line.partition("=")
        if equals:
            _add(found, name.strip(), value.strip())
    return found


def properties(text: str) -> Tree:
    """`name=value`, `name: value`, `name value`; a line that ends in a backslash goes on."""
    found: Tree = {}
    for line in _said(re.sub(r"\\\r?\n[ \t]*", "", text), "#!"):
        match = re.match(r"((?:\\.|[^\\=:\s])+)\s*[=:\s]?\s*(.*)", line)
        if match:
            _add(found, re.sub(r"\\(.)", r"\1", match[1]), match[2], last=True)
    return found


def limits(text: str) -> Tree:
    """`domain type item value`."""
    found: Tree = {}
    for words in (line.split() for line in _said(text, "#")):
        if len(words) == 4:  # noqa: PLR2004
            _add(found, " ".join(words[:3]), words[3], last=True)
    return found


def colons(text: str) -> Tree:
    """`name: words`."""
    found: Tree = {}
    for line in _said(text, "#"):
        name, colon, value = line.partition(":")
        if colon:
            _add(found, name.strip(), " ".join(value.split()), last=True)
    return found


def dotenv(text: str) -> Tree:
    """Variables, references in them left as they are."""
    from dotenv import dotenv_values

    found: Tree = {}
    for name, value in dotenv_values(stream=io.StringIO(text), interpolate=False).items():
        _add(found, name, value or "")
    return found


def as_json(text: str) -> Tree:
    """A table, or none."""
    try:
        return _tree(json.loads(text.removeprefix("\ufeff")))
    except (ValueError, RecursionError) as error:
        raise NotReadable("it is not JSON") from error


def toml(text: str) -> Tree:
    """A table."""
    import tomllib

    try:
        return _tree(tomllib.loads(text))
    except (ValueError, RecursionError) as error:
        raise NotReadable("it is not TOML") from error


def yaml(text: str) -> Tree:
    """One table, or several by their number."""
    import yaml as library

    loader = getattr(library, "CSafeLoader", library.SafeLoader)
    try:
        if "<<" in text:
            told = (isinstance(e, library.AliasEvent) for e in library.parse(text, loader))
            if sum(told) > _MOST_MERGED:
                raise NotReadable("it is made of more parts than any that is written by hand")
        documents = [each for each in library.load_all(text, loader) if each is not None]
    except (library.YAMLError, ValueError, RecursionError, TypeError) as error:
        raise NotReadable("it is not YAML") from error
    if len(documents) == 1:
        return _tree(documents[0])
    return _tree({f"document {number}": each for number, each in enumerate(documents, 1)})


def _tree(value: Any) -> Tree:
    """A table with names and values of bounded length; NotReadable where it is too large."""
    left = [_MOST]
    made = _node(value, left, 0)
    return made if isinstance(made, dict) else {}


def _node(value: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > _DEEPEST:
        raise NotReadable("it has more settings than any that is written by hand")
    if isinstance(value, Mapping):
        rows = {plain(str(name)): _node(each, left, depth + 1) for name, each in value.items()}
        return {
            name: each for name, each in rows.items() if name and each is not None and each != {}
        }
    if isinstance(value, list):
        if any(isinstance(each, Mapping | list) for each in value):
            return _node({str(n): each for n, each in enumerate(value)}, left, depth)
        return [str(_leaf(each)) for each in value[:_MOST]]
    return _leaf(value)


def _leaf(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < 1 << 53:
        return value
    try:
        return _value(str(value))
    except ValueError:  # a number of more digits than Python writes
        return "a number"


def _said(text: str, comments: str) -> Iterator[str]:
    for line in text.splitlines():
        bare = line.strip()
        if bare and bare[0] not in comments:
            yield bare[:_LONGEST_LINE]


def _add(found: Tree, name: str, value: str, *, last: bool = False) -> None:
    """One setting; one that is there already becomes a list, unless the last one counts."""
    if len(found) > _MOST:
        raise NotReadable("it has more settings than any that is written by hand")
    name, value = plain(name), _value(value)
    known = found.get(name)
    if not name or isinstance(known, dict):
        return
    if known is None or last:
        found[name] = value
    elif len(known) < _MOST if isinstance(known, list) else known != value:
        found[name] = [*(known if isinstance(known, list) else [known]), value]


def _value(text: str) -> str:
    if len(text) > _LONGEST_VALUE:
        told = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
        return f"{len(text)} characters, sha256 {told}"
    return plain(text, _LONGEST_VALUE)


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
