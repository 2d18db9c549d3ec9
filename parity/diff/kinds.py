"""In what way two values differ: what breaks programs first is told apart from plain values."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from parity.model.difference import Kind
from parity.model.document import ABSENT, Path
from parity.model.hidden import Concealed, Hidden

_BOOLEANS = frozenset({"true", "false", "yes", "no", "on", "off"})
_TRUE = frozenset({"true", "yes", "on", "1"})
_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
_AMOUNT = re.compile(r"^([+-]?\d+(?:\.\d+)?)\s*([A-Za-zµ%]{1,5})$")
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NO_WIDTH = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")


_TYPED = frozenset({"environment", "build", "labels", "sysctls"})
"""Fields whose texts programs parse; elsewhere a text is what the field's name says."""


def kind_of(path: Path, left: Any, right: Any) -> Kind:
    """The kind of a difference between two normalised values of one setting that are not equal."""
    if left is ABSENT:
        return Kind.ONLY_RIGHT
    if right is ABSENT:
        return Kind.ONLY_LEFT
    if isinstance(left, Hidden) or isinstance(right, Hidden) or _but_for_secrets(left, right):
        return Kind.SECRET
    if isinstance(left, str | Concealed) and isinstance(right, str | Concealed):
        return _of_texts(str(left), str(right), typed=bool(path) and path[0] in _TYPED)
    return Kind.VALUE


def _but_for_secrets(left: Any, right: Any) -> bool:
    """Whether two texts, or argument vectors, are alike but for the secrets in them."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        pairs = list(zip(left, right, strict=False))
        alike = all(one == two or _but_for_secrets(one, two) for one, two in pairs)
        return alike and len(left) == len(right) != 0
    if isinstance(left, Hidden) and isinstance(right, Hidden):
        return True
    return isinstance(left, Concealed) and isinstance(right, Concealed) and left.text == right.text


def _of_texts(left: str, right: str, *, typed: bool) -> Kind:
    if plain(left) == plain(right):
        return Kind.INVISIBLE
    if not typed:
        return Kind.VALUE
    if form(left) != form(right):
        # `yes` and `1` are both read as booleans somewhere, and not everywhere.
        both = {left.lower(), right.lower()}
        return Kind.FORMAT if both <= _BOOLEANS | {"0", "1"} else Kind.TYPE
    return Kind.FORMAT if _says_the_same(left, right) else Kind.VALUE


def _says_the_same(left: str, right: str) -> bool:
    """Whether two texts of one form differ in how they say it: case, another yes, a scheme."""
    if left.casefold() == right.casefold():
        return True
    if form(left) == "boolean":
        return (left.lower() in _TRUE) == (right.lower() in _TRUE)
    return form(left) == "url" and _scheme(left) != _scheme(right)


_FORMS = (
    ("empty", re.compile(r"^$")),
    ("boolean", re.compile(r"^(?:true|false|yes|no|on|off)$", re.IGNORECASE)),
    ("number", _NUMBER),
    ("amount", _AMOUNT),
    ("url", _URL),
    ("json", re.compile(r"^[\[{].*[\]}]$", re.DOTALL)),
)


@lru_cache(maxsize=4096)
def form(text: str) -> str:
    """What a text looks like to the program that reads it: `empty`, `boolean`, `number`, `amount`
    (a number with a unit), `url`, `json` or `text`.
    """
    return next((name for name, pattern in _FORMS if pattern.match(text)), "text")


def plain(text: str) -> str:
    """The text without what the eye does not see."""
    if not text.isascii():
        text = _NO_WIDTH.sub("", unicodedata.normalize("NFKC", text))
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return text.replace("\r\n", "\n").replace("\\n", "\n").replace('\\"', '"')


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower()
