"""What a test wants of a fork, as its markers say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

SCOPES = ("function", "module", "session")


@dataclass(frozen=True)
class Wish:
    """`state` is a start state's name, empty for the project's usual one; `services` empty for all."""

    state: str = ""
    services: tuple[str, ...] = ()
    scope: str = "function"


def wish(marks: Iterable[tuple[tuple[Any, ...], Mapping[str, Any]]], state: str = "") -> Wish:
    """Of the markers' arguments, the outermost first: an inner one wins. ValueError for what is wrong.

    `state` is the one where no marker names one.
    """
    found: dict[str, Any] = {"state": state}
    known = [field.name for field in fields(Wish)]
    for positional, named in marks:
        if positional:
            raise ValueError(f"its arguments have names: {', '.join(f'{n}=…' for n in known)}")
        for name in named:
            if name not in known:
                raise ValueError(f"it takes no `{name}`; there are: {', '.join(known)}")
        found |= named
    if found.get("scope", "function") not in SCOPES:
        raise ValueError(f"scope is one of {', '.join(SCOPES)}, not {found['scope']!r}")
    services = found.get("services") or ()
    if isinstance(services, str):
        raise ValueError(f"services is a list: services=[{services!r}]")  # noqa: TRY004 - as the others
    return Wish(str(found["state"] or ""), tuple(services), found.get("scope", "function"))
