"""Secrets whose values are elsewhere: sealed, or fetched by an operator. Their keys are known."""

from dataclasses import dataclass

from parity.sources.k8s.objects import Object

_ELSEWHERE = "the value is in a vault: its name is known, its value is not"


@dataclass(frozen=True)
class Sealed:
    """The Secret that will exist, and the keys it will have."""

    name: str
    keys: tuple[str, ...]
    complete: bool


def sealed(thing: Object) -> Sealed | None:
    """The Secret that an object stands for, or None."""
    read = {"SealedSecret": _sealed, "ExternalSecret": _external}.get(thing.kind)
    return read(thing) if read else None


def _sealed(thing: Object) -> Sealed:
    spec = thing.at("spec")
    template = spec.at("template", "metadata", "name")
    keys = [key for key, _ in spec.at("encryptedData").entries()]
    spec.at("encryptedData").lose(_ELSEWHERE, ", ".join(keys))
    return Sealed(template.text(thing.name), tuple(keys), True)


def _external(thing: Object) -> Sealed:
    spec = thing.at("spec")
    keys = [row.at("secretKey").text() for row in spec.at("data").each()]
    keys += [key for key, _ in spec.at("target", "template", "data").entries()]
    fetched_whole = bool(spec.at("dataFrom"))
    spec.at("data").lose(_ELSEWHERE)
    return Sealed(
        spec.at("target", "name").text(thing.name), tuple(dict.fromkeys(keys)), not fetched_whole
    )
