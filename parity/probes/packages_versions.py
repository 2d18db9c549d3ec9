"""What probes of packages share: versions by name, bounded, as facts."""

from collections.abc import Iterable

from parity.model.facts import Facts
from parity.probes.contract import plain

MOST = 20_000
"""Packages of one kind in one image."""
_VERSIONS = 4
"""Versions of one package that are told."""


def versions(kind: str, found: Iterable[tuple[str, str]], missed: str = "") -> Facts:
    """`KIND.NAME` is the version, or several in one text; unread where some are `missed`, or too many."""
    known: dict[str, set[str]] = {}
    for name, version in found:
        if plain(name) and plain(version):
            known.setdefault(plain(name), set()).add(plain(version))
        if len(known) > MOST:
            missed = f"more than {MOST}: no image is known to have as many"
            break
    if missed:
        return Facts({}, {kind: missed})
    told = {name: ", ".join(sorted(each)[:_VERSIONS]) for name, each in sorted(known.items())}
    return Facts({kind: told} if told else {})
