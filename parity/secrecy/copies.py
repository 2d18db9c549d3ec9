"""Copies of secrets: a value known to be one is one wherever it stands, also in another encoding."""

import base64
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, unquote

from parity.secrecy import shape

Span = tuple[int, int]

SHORTEST = 6
"""A secret of fewer characters may stand somewhere else by chance."""
_LEAST_BITS = 26
"""So may words and small numbers: the password `postgres` must not hide the image `postgres`, nor
`shop_prod` the database of that name."""
_FEW = 20
_GRAM = 4
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]+")
"""What stands in a URL as it is (RFC 3986, section 2.3)."""
_RUN = re.compile(rf"[A-Za-z0-9]{{{_GRAM},}}")


class Copies:
    """Looks for many secrets in many texts at once: by groups of four characters they share."""

    def __init__(self, values: Iterable[str]) -> None:
        self._wanted = sorted({form for value in values for form in _forms(value)})
        self._grams: dict[str, frozenset[str]] = {}

    def spans(self, texts: Sequence[str]) -> dict[str, list[Span]]:
        """Where copies stand, by text; texts without one are left out."""
        if not self._wanted:
            return {}
        joined = "\0".join(texts)
        present = _grams([joined])
        # Most fail the first group: then the others need not be cut out.
        likely = (s for s in self._wanted if (g := _first(s)) in present or not g)
        possible = [s for s in likely if self._of(s) <= present and s in joined]
        if not possible:
            return {}
        return {text: found for text in texts if (found := list(self._in(text, possible)))}

    def _of(self, secret: str) -> frozenset[str]:
        if secret not in self._grams:
            self._grams[secret] = _grams([secret])
        return self._grams[secret]

    def _in(self, text: str, possible: Sequence[str]) -> Iterable[Span]:
        if len(possible) > _FEW:
            present = _grams([text])
            possible = [secret for secret in possible if self._of(secret) <= present]
        for secret in possible:
            position = text.find(secret)
            while position >= 0:
                yield position, position + len(secret)
                position = text.find(secret, position + len(secret))


def _first(text: str) -> str:
    """One of its groups; empty where it has none."""
    run = _RUN.search(text)
    return run[0][:_GRAM] if run else ""


def _grams(texts: Iterable[str]) -> frozenset[str]:
    runs = {run for text in texts for run in _RUN.findall(text)}
    return frozenset(run[i : i + _GRAM] for run in runs for i in range(len(run) - _GRAM + 1))


def _forms(value: str) -> Iterable[str]:
    """The value as it stands, without its edges, and as URLs and base64 write it."""
    trimmed = value.strip()
    if len(trimmed) < SHORTEST or shape.bits(trimmed) < _LEAST_BITS:
        return
    yield trimmed
    if not _UNRESERVED.fullmatch(trimmed):
        yield quote(trimmed, safe="")
    if "%" in trimmed and len(decoded := unquote(trimmed)) >= SHORTEST:
        yield decoded
    # Of what precedes it in an encoded text only the three alignments matter; this is the plain one.
    yield (
        base64.b64encode(trimmed.encode("utf-8", "replace"))
        .decode()
        .rstrip("=")[: 4 * (len(trimmed) // 3)]
    )
