"""ConfigMaps and Secrets of a definition, and the references that stand for secrets."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from parity.model.reference import reference
from parity.sources.k8s.draft import Draft
from parity.sources.k8s.objects import Object
from parity.sources.k8s.sealed import Sealed, sealed
from parity.sources.ledger import Node

_HASH = re.compile(r"-[bcdfghkmt2456789]{10}$")
"""What kustomize appends to generated names: it changes with the content."""
_NOT_READ = {
    "helm.sh/release.v1": "Helm's record of a release",
    "kubernetes.io/service-account-token": "made by the cluster",
    "bootstrap.kubernetes.io/token": "made by the cluster",
}


@dataclass(frozen=True)
class Entry:
    """One key of a ConfigMap or Secret. `text` is a secret's reference; None where it is no text."""

    text: str | None
    node: Node | None = None


@dataclass
class Holder:
    """A ConfigMap or Secret: its entries by key. `complete` says whether all keys are known."""

    name: str
    title: str
    secret: bool
    entries: dict[str, Entry] = field(default_factory=dict)
    complete: bool = True
    object: Object | None = None


class Library:
    """What containers take settings and files from."""

    def __init__(self, objects: Iterable[Object], draft: Draft) -> None:
        self._draft = draft
        self._holders: dict[tuple[str, str, str], Holder] = {}
        known = list(objects)
        names = _Names(known)
        for thing in known:
            if thing.kind == "ConfigMap":
                self._keep(thing, _config(thing, names))
            elif thing.kind == "Secret":
                self._keep(thing, self._secret(thing, names))
        for thing in known:
            found = sealed(thing)
            if found is not None:
                self._unseal(thing, found, names)

    def config(self, namespace: str, name: str) -> Holder | None:
        """The ConfigMap of that name."""
        return self._holders.get(("ConfigMap", namespace, name))

    def secret(self, namespace: str, name: str) -> Holder:
        """The Secret of that name; one with no known keys where it is elsewhere."""
        key = ("Secret", namespace, name)
        if key not in self._holders:
            self._holders[key] = Holder(plain_name(name), f"Secret/{name}", True, complete=False)
        return self._holders[key]

    def entry(self, holder: Holder, key: str) -> Entry | None:
        """One entry; a reference without a value where a Secret's keys are not all known."""
        if holder.secret and key not in holder.entries and not holder.complete:
            holder.entries[key] = Entry(reference(f"{holder.name}.{key}"))
        return holder.entries.get(key)

    def holders(self) -> Iterator[Holder]:
        """All of them."""
        yield from self._holders.values()

    def _keep(self, thing: Object, holder: Holder) -> None:
        self._holders[thing.kind, thing.namespace, thing.name] = holder

    def _secret(self, thing: Object, names: "_Names") -> Holder:
        holder = Holder(names.of(thing), thing.title, True, object=thing)
        kind = thing.at("type").value
        if kind == "Opaque":
            thing.root.structure("type")
        if isinstance(kind, str) and kind in _NOT_READ:
            thing.at("data").lose(_NOT_READ[kind], "(secret)")
            holder.complete = False
            return holder
        for field_name, read in (("data", _decoded), ("stringData", Node.text)):
            for key, node in thing.at(field_name).entries():
                name = f"{holder.name}.{key}"
                earlier = holder.entries.get(key)
                if earlier is not None and earlier.node is not None:
                    earlier.node.lose("`stringData` has the same key and wins", "(secret)")
                self._draft.values[name] = read(node)
                holder.entries[key] = Entry(reference(name), node)
        return holder

    def _unseal(self, thing: Object, found: Sealed, names: "_Names") -> None:
        key = ("Secret", thing.namespace, found.name)
        holder = self._holders.get(key)
        if holder is None:
            name = names.plain("Secret", thing.namespace, found.name)
            holder = self._holders[key] = Holder(name, thing.title, True, object=thing)
        holder.complete = holder.complete and found.complete
        for entry in found.keys:
            holder.entries.setdefault(entry, Entry(reference(f"{holder.name}.{entry}")))


def plain_name(name: str) -> str:
    """The name without the hash that kustomize appends."""
    return _HASH.sub("", name)


class _Names:
    """One name in the document for each ConfigMap and Secret."""

    def __init__(self, objects: Iterable[Object]) -> None:
        self._taken: dict[tuple[str, str], tuple[str, str]] = {}
        self._names: dict[tuple[str, str, str], str] = {}
        for thing in objects:
            if thing.kind in ("ConfigMap", "Secret"):
                self.plain(thing.kind, thing.namespace, thing.name)

    def of(self, thing: Object) -> str:
        return self.plain(thing.kind, thing.namespace, thing.name)

    def plain(self, kind: str, namespace: str, name: str) -> str:
        found = self._names.get((kind, namespace, name))
        if found is not None:
            return found
        for candidate in (plain_name(name), name, f"{namespace or 'default'}.{name}"):
            if self._taken.setdefault((kind, candidate), (namespace, name)) == (namespace, name):
                break
        self._names[kind, namespace, name] = candidate
        return candidate


def _config(thing: Object, names: _Names) -> Holder:
    holder = Holder(names.of(thing), thing.title, False, object=thing)
    for key, node in thing.at("data").entries():
        if node.value is not None and not isinstance(node.value, str):
            raise node.error(f"`{key}` must be a text", "put it in quotes")
        holder.entries[key] = Entry(node.value or "", node)
    for key, node in thing.at("binaryData").entries():
        holder.entries[key] = Entry(_text(_bytes(node)), node)
    return holder


def _bytes(node: Node) -> bytes:
    if not isinstance(node.value, str | None):
        raise node.error(f"{node.title} must be a text in base64")
    try:
        return base64.b64decode("".join((node.value or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise node.error(
            f"{node.title} is not base64", "plain text of a Secret goes under `stringData`"
        ) from error


def _decoded(node: Node) -> str:
    raw = _bytes(node)
    node.take()
    text = _text(raw)
    # A keystore stays as it is written: its fingerprint tells two of them apart just as well.
    return str(node.value) if text is None else text


def _text(raw: bytes) -> str | None:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
