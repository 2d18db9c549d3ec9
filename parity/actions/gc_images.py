"""Images that parity has built and no container uses any more: the gateway's of other versions, and
editors' tools.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from parity.engine import observe
from parity.engine.client import translated
from parity.stack import labels

if TYPE_CHECKING:
    from docker import DockerClient

_FRESH = 7 * 24 * 3600.0
"""Seconds for which an image stays though nothing uses it: another project may go back to it, and
without a network it could not be built again.
"""


@dataclass(frozen=True)
class OldImage:
    """An image of ours; `name` is its tag, or its id where another build has taken that."""

    id: str
    name: str


def old_images(today: str) -> tuple[OldImage, ...]:
    """Those that no container uses, running or not; the gateway's image `today` is not among them."""
    used = {str(row.get("ImageID", "")) for row in observe.get("/containers/json?all=1") or ()}
    found = {one.id: one for label in (labels.IMAGE, labels.EDITOR) for one in _of(label, used)}
    return tuple(one for one in found.values() if one.name != today)


def _of(label: str, used: set[str]) -> Iterator[OldImage]:
    wanted = quote(f'{{"label": ["{label}"]}}')
    for row in observe.get(f"/images/json?filters={wanted}") or ():
        age = time.time() - float(row.get("Created") or 0)
        if str(row["Id"]) not in used and age > _FRESH:
            yield OldImage(str(row["Id"]), _name(row))


def _name(row: Mapping[str, Any]) -> str:
    tags = [tag for tag in row.get("RepoTags") or () if tag != "<none>:<none>"]
    return str(tags[0] if tags else row["Id"])


def remove(client: "DockerClient", image: OldImage) -> None:
    """Remove one; somebody may use it by now, and then it stays."""
    from docker.errors import APIError

    api: Any = client.api
    with translated():
        try:
            api.remove_image(image.name)
        except APIError as error:
            if error.status_code not in (404, 409):
                raise
