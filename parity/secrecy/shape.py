"""What a secret's value looks like from outside: kind, length, oddities at its ends, strength."""

import base64
import binascii
import math
import re
from functools import lru_cache

from parity.model.hidden import Hidden

SHORTEST_PRINTED = 12
"""A value of fewer characters gets no fingerprint: it could be found by trying."""
LEAST_BITS = 50
"""Nor does one that is estimated at less than this."""

_KINDS = (
    ("pem", re.compile(r"\s*-----BEGIN [A-Z0-9 ]+-----.*", re.DOTALL)),
    ("jwt", re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")),
    ("digits", re.compile(r"[0-9]+")),
    ("hex", re.compile(r"[0-9a-f]+|[0-9A-F]+")),
    ("uuid", re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    ("alnum", re.compile(r"[0-9A-Za-z]+")),
    ("base64", re.compile(r"[0-9A-Za-z+/_-]+={0,2}")),
    ("printable", re.compile(r"[!-~]+")),
    ("text", re.compile(r"[\t\r\n -~]+")),
)
_EDGES = (
    ("byte order mark before", re.compile("^\ufeff")),
    ("space before", re.compile(r"^[ \t]+")),
    ("line break before", re.compile(r"^[\r\n]+")),
    ("carriage return after", re.compile(r"\r\n?$")),
    ("newline after", re.compile(r"(?<!\r)\n$")),
    ("space after", re.compile(r"[ \t]+$")),
    ("quotes around", re.compile(r"""^(["']).*\1$""", re.DOTALL)),
    ("zero-width character", re.compile("[\u200b-\u200f\u2060]|(?<!^)\ufeff")),
)
_WRITTEN_ENDS = (
    ("line ends written as \\\\n", re.compile(r"\\\\r?(?:\\\\)?n")),
    ("line ends written as \\n", re.compile(r"(?<!\\)(?:\\r)?\\n")),
)
"""Of PEM keys, which have several lines, and whose ends files of variables cannot hold."""
_ANY_WRITTEN_END = re.compile(r"(?:\\+r)?\\+n")
_BASE64_OF_TEXT = "base64 of a text"
_ENCODED = re.compile(r"(?:[A-Za-z0-9+/]{4}){2,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\s*")
_WORDS = re.compile(r"[a-z]{3,}|[A-Z][a-z]{2,}|[A-Z]{3,}|\d+")
_ALPHABETS = (
    (re.compile(r"[a-z]"), 26),
    (re.compile(r"[A-Z]"), 26),
    (re.compile(r"[0-9]"), 10),
    (re.compile(r"[^a-zA-Z0-9]"), 12),
)
_VOWELS = re.compile(r"[aeiouy]", re.IGNORECASE)
_COMMON = re.compile(
    r"pass(?:word|wd)?|secret|admin|root|user|test|demo|example|change|default|local|dev|prod|guest"
    r"|qwert|letmein|welcome|postgres|mysql|redis|rabbit|django|insecure|database|master",
    re.IGNORECASE,
)


def hidden(value: str, *, fingerprint: str = "", core: str = "", name: str = "") -> Hidden:
    """The record that stands for a value."""
    return Hidden(kind(value), len(value), fingerprint, edges(value), name, core)


@lru_cache(maxsize=4096)
def kind(value: str) -> str:
    """What the value between its edges is made of."""
    inner = _trimmed(value)
    return next((name for name, pattern in _KINDS if pattern.fullmatch(inner)), "unicode")


@lru_cache(maxsize=4096)
def edges(value: str) -> tuple[str, ...]:
    """What is odd about the value and cannot be seen, none of it part of the secret itself."""
    found = [name for name, pattern in _EDGES if pattern.search(value)]
    if "-----" in value:
        found = [name for name in found if name != "newline after"]  # PEM files end so
        found += [name for name, pattern in _WRITTEN_ENDS if pattern.search(value)][:1]
    if _decoded(_trimmed(value)):
        found.append(_BASE64_OF_TEXT)
    return tuple(found)


def core(value: str) -> str:
    """The value without what `edges` names."""
    inner = _trimmed(value)
    if "-----" in inner:
        return _ANY_WRITTEN_END.sub("\n", inner).strip()
    return _decoded(inner) or inner


def strong(value: str) -> bool:
    """Whether a slow fingerprint of the value gives nothing away, should it ever be made public."""
    inner = core(value)
    return len(inner) >= SHORTEST_PRINTED and bits(inner) >= LEAST_BITS


def bits(value: str) -> float:
    """Entropy, estimated from below: words count little, repetition counts once."""
    wordless = without_words(value)
    alphabet = sum(size for pattern, size in _ALPHABETS if pattern.search(wordless))
    distinct = len(set(wordless))
    # Each new character counts in full, each repeated one as a choice among those seen.
    return distinct * math.log2(max(alphabet, 2)) + (len(wordless) - distinct) * math.log2(
        max(distinct, 1)
    )


def without_words(value: str) -> str:
    """The value with what can be guessed cut short: known words, pronounceable runs, numbers."""
    return _WORDS.sub(_shrink, _COMMON.sub("~", value))


def shannon(value: str) -> float:
    """Bits a character, by the frequency of its characters."""
    counts = [value.count(character) / len(value) for character in set(value)]
    return -sum(share * math.log2(share) for share in counts)


def _shrink(found: re.Match[str]) -> str:
    """A pronounceable run is a word and a run of digits a number: they count as two characters."""
    text = found[0]
    if text.isdigit():
        return text[:6] if len(text) > 4 and len(set(text)) > 3 else text[:2]  # noqa: PLR2004
    vowels = len(_VOWELS.findall(text)) / len(text)
    return text[:2] if 0.2 <= vowels <= 0.67 else text  # noqa: PLR2004


def _trimmed(value: str) -> str:
    text = value.strip("\ufeff \t\r\n")
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text


def _decoded(text: str) -> str:
    """The text that is written in base64 here; empty for what is not."""
    if len(text) < 8 or text.isalpha() or not _ENCODED.fullmatch(text):  # noqa: PLR2004
        return ""
    try:
        plain = base64.b64decode(text.strip(), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return plain if plain.rstrip("\r\n").isprintable() else ""
