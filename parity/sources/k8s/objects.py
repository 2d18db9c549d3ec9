"""Objects of a definition: what a document holds, and why it is refused where it holds none."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from parity.errors import DefinitionError
from parity.model.document import Path
from parity.model.setting import Origin
from parity.sources.k8s.refuse import not_an_object, template_in
from parity.sources.ledger import Ledger, Node
from parity.sources.yaml_tree import Tree

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,252}")
"""Roles have colons in theirs."""
_KINDS = {
    ("serving.knative.dev", "Service"): "KnativeService",
    ("run.googleapis.com", "Job"): "CloudRunJob",
}
"""Kinds that have the same name as one of Kubernetes' own."""
_VALUES = frozenset({"data", "stringData"})
_STRUCTURE = {
    "apiVersion": "the version of the notation",
    "kind": "which translation applies",
    "status": "what the cluster observed",
}
_METADATA = {
    "name": "the object's identity",
    "generateName": "the object's identity",
    "namespace": "the object's identity",
    "uid": "of the live object",
    "resourceVersion": "of the live object",
    "generation": "of the live object",
    "creationTimestamp": "of the live object",
    "deletionTimestamp": "of the live object",
    "deletionGracePeriodSeconds": "of the live object",
    "selfLink": "of the live object",
    "managedFields": "who wrote which field",
    "ownerReferences": "the cluster's book-keeping",
    "finalizers": "the cluster's book-keeping",
}
_ANNOTATIONS = {
    "kubectl.kubernetes.io/last-applied-configuration": "a copy of the object",
    "deployment.kubernetes.io/revision": "of the live object",
    "deployment.kubernetes.io/desired-replicas": "of the live object",
    "deployment.kubernetes.io/max-replicas": "of the live object",
    "autoscaling.alpha.kubernetes.io/conditions": "of the live object",
    "pv.kubernetes.io/bind-completed": "of the live object",
    "pv.kubernetes.io/bound-by-controller": "of the live object",
}
"""These fields say nothing of how the software runs; each with its reason."""


@dataclass(frozen=True, eq=False)
class Object:
    """One object. `namespace` is empty where the definition names none."""

    api: str
    kind: str
    name: str
    namespace: str
    ledger: Ledger

    @property
    def root(self) -> Node:
        """All of it."""
        return self.ledger.root

    def at(self, *parts: str | int) -> Node:
        """A place in it."""
        return self.root.at(*parts)

    @property
    def title(self) -> str:
        """`Deployment/web`."""
        return f"{self.kind}/{self.name}"

    @property
    def owned(self) -> bool:
        """Whether a controller made it from another object (a ReplicaSet of a Deployment)."""
        owners = self.at("metadata", "ownerReferences")
        return any(owner.at("controller").value is True for owner in owners.each())

    def structure(self) -> None:
        """Mark what is identity and book-keeping."""
        self.root.structure(*_STRUCTURE)
        self.at("metadata").structure(*_METADATA)
        self.at("metadata", "annotations").structure(*_ANNOTATIONS)


def objects(
    tree: Tree, namespace: str = "", origin: Callable[[Any, Path], Origin] | None = None
) -> Iterator[Object]:
    """The objects of one document, those of a List one by one; raises DefinitionError.

    `namespace` is that of objects that name none. `origin` replaces the document's own positions.
    """
    data = tree.data
    if isinstance(data, dict) and str(data.get("kind", "")).endswith("List") and _is_list(data):
        for index, item in enumerate(data["items"] or ()):
            yield _object(tree, item, ("items", index), namespace, origin)
    else:
        yield _object(tree, data, (), namespace, origin)


def _is_list(data: Mapping[str, Any]) -> bool:
    return "items" in data and (data["items"] is None or isinstance(data["items"], list))


def _object(
    tree: Tree,
    data: Any,
    path: Path,
    namespace: str,
    origin: Callable[[Any, Path], Origin] | None,
) -> Object:
    where = str(tree.origin(path))
    reason = not_an_object(data)
    if reason:
        raise DefinitionError(reason[0], where=where, next_step=reason[1])
    metadata = data.get("metadata") or {}
    name = metadata.get("name") or str(metadata.get("generateName") or "").rstrip("-")
    if not isinstance(name, str) or not name:
        raise DefinitionError(
            "an object without metadata.name", where=where, next_step="give it a name, in quotes"
        )
    if not _NAME.fullmatch(name) and "{{" not in name:
        raise DefinitionError(
            f"`{name[:60]}` is no name of an object", where=where, next_step="mend the definition"
        )
    written = template_in(data)
    if written is not None:
        raise DefinitionError(
            "a template: `{{` stands in it",
            where=str(tree.origin((*path, *written))),
            next_step="render it (`helm template`) and name the output",
        )

    def place(below: Path) -> Origin:
        return origin(data, below) if origin else tree.origin((*path, *below))

    hidden = _VALUES if data["kind"] == "Secret" else frozenset()
    ledger = Ledger(data, name=f"{data['kind']}/{name}", origin=place, hidden=hidden)
    own = metadata.get("namespace")
    found = own if isinstance(own, str) and own else namespace
    group = data["apiVersion"].partition("/")[0]
    kind = _KINDS.get((group, data["kind"]), data["kind"])
    return Object(data["apiVersion"], kind, name, found, ledger)
