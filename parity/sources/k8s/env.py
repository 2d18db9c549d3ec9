"""A container's environment: `envFrom`, then `env`, each later setting winning."""

from collections import ChainMap

from parity.sources.k8s.expand import expanded
from parity.sources.k8s.fields import field, resource
from parity.sources.k8s.library import Entry, Holder
from parity.sources.k8s.pod import Container, Pod
from parity.sources.ledger import Node

_WINS = "a later setting of the same variable wins"
_RUN_TIME = "known only once the pod runs"


def environment(pod: Pod, container: Container) -> None:
    """Write the container's environment and keep it for `$(…)` in its command."""
    _Reader(pod, container).run()


class _Reader:
    def __init__(self, pod: Pod, container: Container) -> None:
        self.pod = pod
        self.container = container
        self.found: dict[str, tuple[str, Node | None]] = {}

    def run(self) -> None:
        for source in self.container.node.at("envFrom").each():
            self.whole(source)
        for row in self.container.node.at("env").each():
            self.single(row)
        for name, (value, node) in self.found.items():
            self.container.service.put(("environment", name), value, node)

    def set(self, name: str, value: str, node: Node | None) -> None:
        earlier = self.found.pop(name, None)
        if earlier is not None and earlier[1] is not None:
            earlier[1].lose(_WINS)
        if node is not None:
            node.take()
        self.found[name] = (value, node)
        self.container.variables[name] = value

    def whole(self, source: Node) -> None:
        prefix = source.at("prefix").text()
        for kind in ("configMapRef", "secretRef"):
            ref = source.at(kind).table()
            if not ref:
                continue
            holder = self.holder(ref, secret=kind == "secretRef")
            if holder is None or not holder.complete:
                said = ref.at("optional").flag()
                reason = "its keys are not known here" + (", and it may be missing" if said else "")
                source.lose(f"{_title(ref, kind)} is not in what was read: {reason}")
            for key, entry in (holder.entries if holder else {}).items():
                self.take(prefix + key, entry, source)
            ref.at("optional").lose_unread("what it refers to is there")

    def single(self, row: Node) -> None:
        name = row.at("name").text()
        if not name or "=" in name or "\0" in name:
            raise row.error(f"`{name}` is no name of a variable")
        if row.at("valueFrom"):
            row.at("value").lose("`valueFrom` says it")
            self.referred(name, row.at("valueFrom").table())
        else:
            known = ChainMap(self.container.variables, self.pod.links)
            self.set(name, expanded(row.at("value"), known, self.pod.draft), _written(row))

    def referred(self, name: str, source: Node) -> None:
        if source.at("fieldRef"):
            self.of_pod(name, source.at("fieldRef"))
        elif source.at("resourceFieldRef"):
            ref = source.at("resourceFieldRef")
            value = resource(self.pod, self.container, ref)
            self.known_or_lost(
                name, value, ref, "the container has no such limit: it is the node's"
            )
        elif source.at("configMapKeyRef") or source.at("secretKeyRef"):
            kind = "configMapKeyRef" if source.at("configMapKeyRef") else "secretKeyRef"
            self.keyed(name, source.at(kind).table(), secret=kind == "secretKeyRef")
        else:
            self.drop(name, source, "parity does not know this origin of a value")

    def of_pod(self, name: str, ref: Node) -> None:
        ref.at("apiVersion").structure()
        value = field(self.pod, ref.at("fieldPath").text())
        self.known_or_lost(name, value, ref, _RUN_TIME)

    def known_or_lost(self, name: str, value: str | None, node: Node, reason: str) -> None:
        if value is None:
            self.drop(name, node, reason)
        else:
            self.set(name, value, node)

    def drop(self, name: str, node: Node, reason: str) -> None:
        node.lose(f"the variable {name} is unset here: {reason}")

    def keyed(self, name: str, ref: Node, *, secret: bool) -> None:
        key = ref.at("key").text()
        holder = self.holder(ref, secret=secret)
        optional = ref.at("optional").flag()
        entry = self.pod.library.entry(holder, key) if holder else None
        if holder is None:
            reason = f"ConfigMap {ref.at('name').text()} is not in what was read"
            if not optional:
                self.pod.draft.unset[name] = None
            self.drop(name, ref, f"{reason}; it may be missing" if optional else reason)
        elif entry is not None:
            self.take(name, entry, ref)
            ref.at("optional").lose("what it refers to is there")
        elif optional:
            ref.lose(f"{holder.title} has no key {key!r}, which it may lack")
        else:
            raise ref.at("key").error(
                f"the variable {name} refers to the key `{key}` that {holder.title} does not have",
                f"it has: {', '.join(list(holder.entries)[:10]) or 'none'}",
            )

    def holder(self, ref: Node, *, secret: bool) -> Holder | None:
        name = ref.at("name").text()
        library, namespace = self.pod.library, self.pod.namespace
        return library.secret(namespace, name) if secret else library.config(namespace, name)

    def take(self, name: str, entry: Entry, ref: Node) -> None:
        if "=" in name or "\0" in name or not name:
            (entry.node or ref).lose("its key cannot be the name of a variable")
        elif entry.text is None:
            (entry.node or ref).lose("no text: it cannot be a variable's value")
        else:
            self.set(name, entry.text, entry.node or ref)


def _written(row: Node) -> Node:
    return row.at("value") or row.at("name")


def _title(ref: Node, kind: str) -> str:
    return f"{'Secret' if kind == 'secretRef' else 'ConfigMap'} {ref.at('name').text()}"
