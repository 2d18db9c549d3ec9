"""Fingerprints of secrets: slow and keyed, so that a snapshot tells equality and nothing else.

A fingerprint is `scrypt:KEYID:HEX`. The key is the project's and stands in no snapshot; its id tells
only whether two fingerprints were made with the same one.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping

from parity.model.hidden import Hidden
from parity.secrecy import shape

SCHEME = "scrypt"
COST = 2**12
"""N of scrypt with r = 8: 4 MiB and about 10 ms a value, for whoever guesses as well. With the least
entropy of a value that gets a fingerprint, and the key known, that is 300 000 years of one core."""
_BYTES = 16

Prints = Callable[[Iterable[str]], Mapping[str, str]]
"""Fingerprints of values, by value. A value may be left out."""


def key_id(key: str) -> str:
    """Eight hex digits that tell keys apart. Keys are long and random: nothing follows from it."""
    return hashlib.sha256(b"parity key id\0" + key.encode()).hexdigest()[:8]


def fingerprint(value: str, key: str) -> str:
    """`scrypt:KEYID:HEX` of one value, be it strong or not."""
    salt = hmac.digest(key.encode(), b"parity fingerprint of a secret", "sha256")
    made = hashlib.scrypt(
        value.encode("utf-8", "surrogatepass"),
        salt=salt, n=COST, r=8, p=1, maxmem=64 * 1024**2, dklen=_BYTES,
    )  # fmt: skip
    return f"{SCHEME}:{key_id(key)}:{made.hex()}"


def slow(key: str) -> Prints:
    """Fingerprints of all strong values."""
    return lambda values: _all(values, key)


def like(key: str, others: Iterable[Hidden]) -> Prints:
    """Fingerprints of those values only that could equal one of `others`: each costs 10 ms."""
    scheme = f"{SCHEME}:{key_id(key)}:"
    printed = [each for each in others if each.fingerprint.startswith(scheme)]
    shapes = {(each.kind, each.length) for each in printed}
    # A value may differ from the other side's in a newline or in base64 alone.
    edged = {each.length for each in printed if each.core}

    def possible(value: str) -> bool:
        length = len(value)
        return (shape.kind(value), length) in shapes or any(
            length <= other <= 2 * length + 4 for other in edged
        )

    return lambda values: _all(filter(possible, values), key)


def none() -> Prints:
    """No fingerprints: shapes have to do."""
    return lambda _: {}


def numbered() -> Prints:
    """Fingerprints for one comparison: `run:NUMBER`, in the order of first sight."""
    seen: dict[str, str] = {}

    def number(values: Iterable[str]) -> Mapping[str, str]:
        return {value: seen.setdefault(value, f"run:{len(seen) + 1}") for value in values}

    return number


def _all(values: Iterable[str], key: str) -> Mapping[str, str]:
    strong = [value for value in dict.fromkeys(values) if shape.strong(value)]
    if len(strong) < 3:  # noqa: PLR2004
        return {value: fingerprint(value, key) for value in strong}
    from concurrent.futures import ThreadPoolExecutor

    # scrypt runs without the interpreter's lock.
    with ThreadPoolExecutor(max_workers=4) as pool:
        return dict(zip(strong, pool.map(lambda v: fingerprint(v, key), strong), strict=True))
