"""Files of an image, read without running anything: works for images without a shell, too.

A container is made, never started, asked through the archive API and removed. What is in an image is
nobody's promise: every read is bounded, and a link leads nowhere but into the image.
"""

import base64
import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.engine.execute import in_parallel
from parity.engine.image_walk import walk
from parity.probes.contract import HUGE, LARGEST, File, Files, Wants

if TYPE_CHECKING:
    from docker import DockerClient

_HEAD = 4096
_LINK, _FOLDER = 1 << 27, 1 << 31
"""In the engine's words: Go's fs.FileMode."""
_HOPS = 8
_RING = "too many links"
"""The engine's word for links that lead to each other."""
_MOST_FILES = 5000
_MARGIN = 1 << 20
"""Headers and padding of an archive."""


def read_files(client: "DockerClient", image: str, wants: Wants, marks: Mapping[str, str]) -> Files:
    """What is at these paths and patterns; those that are not there are left out. EngineError where it cannot be asked.

    `marks` are the labels of the container.
    """
    api: Any = client.api
    body = {"Image": image, "Entrypoint": ["/parity-never-runs"], "Cmd": [], "Labels": dict(marks)}
    with translated():
        container = api.create_container_from_config(body)["Id"]
    try:
        asked = [(path, LARGEST) for path in wants.read]
        asked += [(path, HUGE) for path in wants.large]
        asked += [(path, _HEAD) for path in wants.head]
        asked += [(path, 0) for path in wants.look]
        found = in_parallel(lambda one: _file(api, container, *one), asked)
        files = walk(api, container, wants)
    finally:
        with translated():
            api.remove_container(container, v=True, force=True)
    known = ((path, file) for (path, _), file in zip(asked, found, strict=True) if file)
    files.update(known)
    return files


def _file(api: Any, container: str, path: str, most: int) -> File | None:
    """One path; None where nothing is."""
    target = ""
    for _ in range(_HOPS):
        answer = _ask(api, container, target or path)
        if answer is None:
            return None
        with answer:
            told = json.loads(base64.b64decode(answer.headers["X-Docker-Container-Path-Stat"]))
            if not told["mode"] & _LINK:
                return replace(_content(answer, told, most), target=target)
        target = str(told["linkTarget"])
    return None  # links in a ring


def _ask(api: Any, container: str, path: str) -> Any:
    with translated():
        url = api._url("/containers/{0}/archive", container)  # noqa: SLF001 - the SDK's own method cannot be cut short
        answer = api._get(url, params={"path": path}, stream=True)  # noqa: SLF001
        if answer.status_code in (400, 404) or (not answer.ok and _RING in answer.text):
            answer.close()
            return None
        api._raise_for_status(answer)  # noqa: SLF001
    return answer


def _content(answer: Any, told: Mapping[str, Any], most: int) -> File:
    mode, folder = int(told["mode"]), bool(told["mode"] & _FOLDER)
    empty = File(mode & 0o7777, int(told["size"]), folder=folder)
    if not most or (folder and most != LARGEST):
        return empty
    data, whole = _bounded(answer.iter_content(1 << 16), most + _MARGIN)
    files, all_ = _unpacked(data, most)
    partial = not (whole and all_)
    if folder:
        return replace(empty, files={n.partition("/")[2]: d for n, d in files}, partial=partial)
    content = next((d for _, d in files), b"")
    return replace(empty, data=content, partial=len(content) < empty.size)


def _bounded(chunks: Iterable[bytes], most: int) -> tuple[bytes, bool]:
    """The first bytes of a stream, and whether they are all."""
    buffer = io.BytesIO()
    for chunk in chunks:
        buffer.write(chunk)
        if buffer.tell() > most:
            return buffer.getvalue()[:most], False
    return buffer.getvalue(), True


def _unpacked(data: bytes, most: int) -> tuple[list[tuple[str, bytes]], bool]:
    """Plain files by their names in the archive, as far as it goes, and whether it went to its end."""
    found: list[tuple[str, bytes]] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for entry in _plain(archive):
                if len(found) >= _MOST_FILES:
                    return found, False
                file = archive.extractfile(entry)
                found.append((entry.name, file.read(most) if file else b""))
    except (tarfile.TarError, EOFError, OSError, ValueError):
        return found, False
    return found, True


def _plain(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    return (entry for entry in archive if entry.isfile())
