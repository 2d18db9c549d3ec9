"""Copies of secrets: a value known to be one is one wherever it stands, also in another encoding."""

import base64
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, unquote

Span = tuple[int, int]

SHORTEST = 6
"""A secret of fewer characters may stand somewhere else by chance."""
_WORD = re.compile(r"[a-z]{1,11}|[A-Z]{1,11}|[A-Z][a-z]{1,10}|[\d.:-]{1,9}", re.ASCII)
"""So may a plain word or a number: the password `postgres` must not hide the image `postgres`."""
_RUN = re.compile(rf"[A-Za-z0-9]{{{SHORTEST},}}")


class Copies:
    """Looks for many secrets in many texts at once, by the first characters of their longest run."""

    def __init__(self, *values: Iterable[str]) -> None:
        wanted = {form for group in values for value in group for form in _forms(value)}
        self._starts: dict[str, list[str]] = {}
        self._hard: list[str] = []
        for secret in sorted(wanted, key=lambda text: (-len(text), text)):
            run = max(_RUN.findall(secret), key=len, default="")
            if run:
                self._starts.setdefault(run[:SHORTEST], []).append(secret)
            else:
                self._hard.append(secret)

    def spans(self, texts: Sequence[str]) -> dict[str, list[Span]]:
        """Where copies stand, by text; texts without one are left out."""
        if not self._starts and not self._hard:
            return {}
        joined = "\0".join(texts)
        starts = self._starts.keys() & _starts(joined)
        hard = [secret for secret in self._hard if secret in joined]
        possible = [s for start in starts for s in self._starts[start] if s in joined]
        if not possible and not hard:
            return {}
        wanted = [*possible, *hard]
        return {text: found for text in texts if (found := list(self._in(text, wanted)))}

    def _in(self, text: str, wanted: Sequence[str]) -> Iterable[Span]:
        if len(wanted) > len(text):
            wanted = [*self._hard, *(s for k in _starts(text) for s in self._starts.get(k, ()))]
        for secret in wanted:
            position = text.find(secret)
            while position >= 0:
                yield position, position + len(secret)
                position = text.find(secret, position + len(secret))


def _starts(text: str) -> set[str]:
    runs = set(_RUN.findall(text))
    return {run[i : i + SHORTEST] for run in runs for i in range(len(run) - SHORTEST + 1)}


def _forms(value: str) -> Iterable[str]:
    """The value as it stands, without its edges, and as URLs and base64 write it."""
    trimmed = value.strip()
    if len(trimmed) < SHORTEST or _WORD.fullmatch(trimmed):
        return
    yield trimmed
    yield from (
        form for form in (quote(trimmed, safe=""), unquote(trimmed)) if len(form) >= SHORTEST
    )
    # Of what precedes it in an encoded text only the three alignments matter; this is the plain one.
    yield (
        base64.b64encode(trimmed.encode("utf-8", "replace"))
        .decode()
        .rstrip("=")[: 4 * (len(trimmed) // 3)]
    )
