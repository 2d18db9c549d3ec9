"""What is mounted where in a container: `volumeMounts`."""

import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from parity.model.document import ABSENT
from parity.sources.k8s.expand import expanded
from parity.sources.k8s.files import File
from parity.sources.k8s.pod import Container, Pod
from parity.sources.k8s.volumes import Volume, volumes
from parity.sources.ledger import Node

_PROPAGATION = {"HostToContainer": "rslave", "Bidirectional": "rshared", "None": ""}
_SHM = "/dev/shm"  # noqa: S108 - where programs look for shared memory


def mounts(pod: Pod) -> None:
    """Write the volumes of all containers of a pod."""
    known = volumes(pod)
    users: Counter[str] = Counter()
    rows = []
    for container in pod.containers:
        names = set()
        for node in container.node.at("volumeMounts").each():
            name = node.table().at("name").text()
            if name not in known:
                raise node.at("name").error(
                    f"the container `{container.name}` mounts the volume `{name}`, "
                    "which the pod does not define",
                    f"it defines: {', '.join(known) or 'none'}",
                )
            names.add(name)
            rows.append((container, node, known[name]))
        users.update(names)
        container.node.at("volumeDevices").lose("a raw block device of the cluster")
    for container, node, volume in rows:
        _Mount(container, node, volume, shared=users[volume.name] > 1).write()
    for name, volume in known.items():
        if not users[name]:
            volume.node.lose("no container mounts it")


class _Mount:
    def __init__(self, container: Container, node: Node, volume: Volume, *, shared: bool) -> None:
        self.service = container.service
        self.node = node
        self.volume = volume
        self.shared = shared
        self.path = node.at("mountPath").text()
        if not self.path or "\0" in self.path:
            raise node.error("a mount without a path")
        self.path = posixpath.normpath(f"/{self.path.lstrip('/')}")
        self.below = self._below(container.variables)
        node.at("recursiveReadOnly").lose("mounts below it are as they are")

    def write(self) -> None:
        if self.volume.files is not None:
            self.files(self.volume.files.files)
        elif self.volume.memory and not self.shared and not self.below:
            self.memory()
        else:
            self.mount()

    def _below(self, known: Mapping[str, str]) -> str:
        expression = self.node.at("subPathExpr")
        if not expression:
            return self.node.at("subPath").text().strip("/")
        text = expanded(expression, known, self.service.draft)
        if "$(" in text:
            self.node.at("subPathExpr").lose("a variable in it is known only once the pod runs")
            text = re.sub(r"\$\([^)]*\)", "_", text)
        return text.strip("/")

    def mount(self) -> None:
        volume = self.volume
        row: dict[str, Any] = {"type": "volume", "source": volume.source, "target": self.path}
        if volume.host:
            source = posixpath.join(volume.host, self.below) if self.below else volume.host
            row = {"type": "bind", "source": source, "target": self.path}
            row["bind"] = {"create_host_path": True} if volume.create else {}
        else:
            row["volume"] = {"subpath": self.below} if self.below else {}
            self.named()
        if self.node.at("readOnly").flag() or volume.read_only:
            row["read_only"] = True
        self.propagation(row)
        self.service.add(("volumes",), row, self.node)

    def named(self) -> None:
        path = ("volumes", self.volume.source)
        body = dict(self.volume.document or {})
        if self.volume.memory:  # shared by containers, which a tmpfs of one is not
            size = f"size={self.volume.size}" if self.volume.size else ""
            options = {"type": "tmpfs", "device": "tmpfs", **({"o": size} if size else {})}
            body = {"driver_opts": options, **body}
        if self.service.draft.get(path) is ABSENT or body:
            self.service.draft.put(path, body, self.volume.node)

    def propagation(self, row: dict[str, Any]) -> None:
        node = self.node.at("mountPropagation")
        said = node.text("None")
        if said not in _PROPAGATION:
            raise node.error(f"`{said}` is no mount propagation")
        if _PROPAGATION[said] and row["type"] == "bind":
            row["bind"]["propagation"] = _PROPAGATION[said]
        elif node:
            node.lose("mounts made later in it are seen inside only where it is the host's")

    def memory(self) -> None:
        size = self.volume.size
        if self.node.at("readOnly"):
            self.node.at("readOnly").lose("memory that nobody may write")
        self.node.at("mountPropagation").lose("mounts made later in it are not seen elsewhere")
        if self.path == _SHM:
            if size:
                self.service.put(("shm_size",), str(size), self.volume.node)
            else:
                self.volume.node.lose("up to half of the node's memory as /dev/shm")
            return
        text = f"{self.path}:size={size}" if size else self.path
        self.service.add(("tmpfs",), text, self.volume.node)

    def files(self, files: Mapping[str, File]) -> None:
        if self.node.at("readOnly"):
            self.node.at("readOnly").structure()  # files of ConfigMaps and Secrets always are
        self.node.at("mountPropagation").lose("mounts made later in it are not seen elsewhere")
        chosen = self.chosen(files)
        if not chosen:
            self.node.lose("none of the volume's files is known here")
        for target, file in chosen.items():
            self.file(target, file)

    def chosen(self, files: Mapping[str, File]) -> dict[str, File]:
        if not self.below:
            return {posixpath.join(self.path, path): file for path, file in files.items()}
        if self.below in files:
            return {self.path: files[self.below]}
        folder = f"{self.below}/"
        return {
            posixpath.join(self.path, path.removeprefix(folder)): file
            for path, file in files.items()
            if path.startswith(folder)
        }

    def file(self, target: str, file: File) -> None:
        row = {"source": file.id, "target": target, "mode": f"0{file.mode:03o}"}
        if file.secret:
            body: dict[str, Any] = {"name": file.id, "external": True}
        else:
            body = {"content": file.text}
        kind = "secrets" if file.secret else "configs"
        self.service.draft.put((kind, file.id), body, file.node)
        if not file.secret:
            self.service.draft.put((kind, file.id, "content"), file.text, file.node)
        self.service.add((kind,), row, self.node)
