"""Volumes made of files: ConfigMaps, Secrets, the pod's own fields, and several projected into one."""

from dataclasses import dataclass, field

from parity.model.document import ABSENT
from parity.sources.k8s.fields import field as pod_field
from parity.sources.k8s.fields import resource
from parity.sources.k8s.library import Entry, Holder
from parity.sources.k8s.pod import Pod
from parity.sources.ledger import Node

_DEFAULT_MODE = 0o644
_MOST = 0o777


@dataclass(frozen=True)
class File:
    """One file: `id` is its config or secret in the document; `text` a config's content."""

    id: str
    secret: bool
    mode: int
    node: Node
    text: str = ""


@dataclass
class Files:
    """Files by their paths within the volume."""

    files: dict[str, File] = field(default_factory=dict)


def config_files(pod: Pod, node: Node, name: str = "name", default: int = _DEFAULT_MODE) -> Files:
    """The files of a ConfigMap."""
    holder = pod.library.config(pod.namespace, node.at(name).text())
    return _held(pod, node, holder, f"ConfigMap {node.at(name).text()}", default)


def secret_files(
    pod: Pod, node: Node, name: str = "secretName", default: int = _DEFAULT_MODE
) -> Files:
    """The files of a Secret: each is a secret of the document."""
    holder = pod.library.secret(pod.namespace, node.at(name).text())
    return _held(pod, node, holder, f"Secret {node.at(name).text()}", default)


def downward_files(pod: Pod, node: Node, default: int = _DEFAULT_MODE) -> Files:
    """Files with fields of the pod; those known only at run time are lost."""
    found = Files()
    default = _mode(node.at("defaultMode"), default)
    for item in node.at("items").each():
        path = _path(item)
        mode = _mode(item.at("mode"), default)
        ref = item.at("fieldRef")
        if ref:
            ref.at("apiVersion").structure()
            text = pod_field(pod, ref.at("fieldPath").text())
        else:
            text = resource(pod, pod.main, item.at("resourceFieldRef"))
        if text is None:
            item.lose("known only once the pod runs: the file is missing here")
        else:
            name = f"{pod.name}.{path.replace('/', '.')}"
            found.files[path] = File(name, False, mode, item, text)
    return found


def projected_files(pod: Pod, node: Node) -> Files:
    """The files of several sources in one folder; the later of two of one path wins."""
    found = Files()
    default = _mode(node.at("defaultMode"), _DEFAULT_MODE)
    for source in node.at("sources").each():
        if source.at("configMap"):
            part = config_files(pod, source.at("configMap"), default=default)
        elif source.at("secret"):
            part = secret_files(pod, source.at("secret"), "name", default)
        elif source.at("downwardAPI"):
            part = downward_files(pod, source.at("downwardAPI"), default)
        else:
            source.lose("a token or bundle that only a cluster issues")
            continue
        found.files |= part.files
    return found


def _held(pod: Pod, node: Node, holder: Holder | None, title: str, default: int) -> Files:
    found = Files()
    default = _mode(node.at("defaultMode"), default)
    items = list(node.at("items").each())
    if holder is None or (not holder.complete and not items):
        node.lose(f"{title} is not in what was read: its files are not known here")
        for item in items:
            _path(item)
        return found
    if items:
        for item in items:
            _item(pod, found, node, item, holder, default)
    else:
        for key, entry in holder.entries.items():
            _add(found, key, key, entry, holder, default, node)
    node.at("optional").lose_unread("what it refers to is there")
    return found


def _item(pod: Pod, found: Files, node: Node, item: Node, holder: Holder, default: int) -> None:
    key, path, mode = item.at("key").text(), _path(item), _mode(item.at("mode"), default)
    entry = pod.library.entry(holder, key)
    if entry is not None:
        _add(found, path, key, entry, holder, mode, item)
    elif node.at("optional").flag():
        item.lose(f"{holder.title} has no such key, which it may lack")
    else:
        raise item.at("key").error(
            f"the volume takes the key `{key}` that {holder.title} does not have",
            f"it has: {', '.join(list(holder.entries)[:10]) or 'none'}",
        )


def _add(
    found: Files, path: str, key: str, entry: Entry, holder: Holder, mode: int, node: Node
) -> None:
    place = entry.node or node
    if entry.text is None:
        place.lose("no text: a Compose document cannot hold its bytes")
        return
    place.take()
    name = f"{holder.name}.{key}"
    text = "" if holder.secret else entry.text
    found.files[path] = File(name, holder.secret, mode, place, text)


def _path(item: Node) -> str:
    path = item.at("path").text()
    if not path or path.startswith("/") or ".." in path.split("/"):
        raise item.error(f"`{path}` is no relative path of a file")
    return path


def _mode(node: Node, default: int) -> int:
    if node.value is ABSENT:
        return default
    mode = node.number(default)
    if not 0 <= mode <= _MOST:
        raise node.error(f"{mode} are no permissions: `0644` is octal, 420 decimal")
    return mode
