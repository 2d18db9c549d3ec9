"""Look around inside a running container, without starting anything of one's own in it.

A helper joins the namespaces of its processes and its network. So it works for images without a
shell, too, and whatever takes too long ends with the helper.
"""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from parity.engine.helper import run_helper
from parity.engine.image_files import read_files
from parity.errors import EngineError, ParityError
from parity.probes.contract import File
from parity.probes.contract import Wants as ImageWants
from parity.probes.inside.contract import Seen, Wants
from parity.probes.inside.mounts import volumes

if TYPE_CHECKING:
    from docker import DockerClient

_CAPABILITIES = ["SYS_PTRACE", "SYS_CHROOT", "DAC_READ_SEARCH", "SETUID", "SETGID", "KILL"]
"""To see another user's process and what it has mounted, and to give rights up."""


def look(
    client: "DockerClient",
    image: str,
    record: Mapping[str, Any],
    expected: Mapping[str, str],
    wants: Wants,
    marks: Mapping[str, str],
) -> Seen:
    """What is inside the container of this inspect record; EngineError where it cannot be looked at.

    `image` is the helper's; `expected` are the variables that definition and image give.
    """
    if not (record.get("State") or {}).get("Running"):
        raise EngineError("it does not run")
    if (record.get("State") or {}).get("Paused"):
        raise EngineError("it is paused")
    mode = str((record.get("HostConfig") or {}).get("PidMode") or "")
    if mode.startswith("container:"):
        raise EngineError("its processes are another container's")
    first = int(record["State"]["Pid"]) if mode == "host" else 1
    paths = [path.replace("/proc/1/", f"/proc/{first}/", 1) for path in wants.files]
    asked = {
        "environ": f"/proc/{first}/environ",
        "root": f"/proc/{first}/root",
        "inside": wants.inside,
        "places": wants.places,
        "trees": wants.trees,
        **_user(record),
    }
    container = str(record["Id"])
    host = {
        "PidMode": mode or f"container:{container}",
        "NetworkMode": f"container:{container}",
        "CapAdd": _CAPABILITIES,
    }
    found = ask(client, image, paths, asked, host, marks)
    back = dict(zip(paths, wants.files, strict=True))
    return Seen(
        record,
        expected,
        {back.get(path, path): text for path, text in found["files"].items()},
        found["inside"],
        found["places"],
        found["trees"],
        tuple(found["offsets"]),
        found["locale"],
        found["sort"],
        _images(client, record, found["trees"], marks),
    )


def ask(
    client: "DockerClient",
    image: str,
    paths: Sequence[str],
    asked: Mapping[str, Any],
    host: Mapping[str, Any],
    marks: Mapping[str, str],
) -> dict[str, Any]:
    """The agent's answer: inside_agent.py. `paths` are files below /proc and /sys."""
    whole = {"environ": "/proc/self/environ", "root": "/", "inside": [], "places": [], "trees": []}
    argument = json.dumps({**whole, "user": 0, "group": 0, **asked, "files": list(paths)})
    source = files("parity.engine").joinpath("inside_agent.py").read_text(encoding="utf-8")
    words = ["python3", "-I", "-S", "-B", "-c", source, argument]
    output = run_helper(client, image, words, host, marks)
    try:
        found: dict[str, Any] = json.loads(output)
    except ValueError as error:
        raise EngineError("what a helper saw cannot be read") from error
    return found


def _user(record: Mapping[str, Any]) -> dict[str, int]:
    """As whom `sort` is run: numbers where the container's user is one, nobody otherwise."""
    user, _, group = str((record.get("Config") or {}).get("User") or "").partition(":")
    return {
        "user": int(user) if user.isascii() and user.isdigit() else 0,
        "group": int(group) if group.isascii() and group.isdigit() else 0,
    }


def _images(
    client: "DockerClient",
    record: Mapping[str, Any],
    trees: Mapping[str, Any],
    marks: Mapping[str, str],
) -> dict[str, dict[str, str]]:
    """Digests of the files that the image has where volumes with files lie."""
    places = [path for path in volumes(record) if (trees.get(path) or {}).get("files")]
    if not places:
        return {}
    try:
        found = read_files(client, str(record["Image"]), ImageWants(read=tuple(places)), marks)
    except ParityError:
        return {}  # the image was removed since
    return {path: _digests(file) for path, file in found.items() if file.folder}


def _digests(folder: File) -> dict[str, str]:
    from hashlib import sha256

    return {name: sha256(data).hexdigest() for name, data in folder.files.items()}
