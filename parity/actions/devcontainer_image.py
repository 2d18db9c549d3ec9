"""Build the image that an editor works in: production's by digest, the project's tools, and the keeper."""

import contextlib
import io
import json
import re
import tarfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from parity.actions.session import Session
from parity.engine.client import translated
from parity.engine.images import present
from parity.errors import ConfigError, StackError
from parity.model.document import Document
from parity.model.progress import Progress, Step
from parity.stack import labels
from parity.stack.devcontainer import KEEPER, RECIPE, Layer, layer

if TYPE_CHECKING:
    from docker import DockerClient

_CONTROL = "/var/lib/parity-service"
_BUILT = "Dockerfile.parity"
_WIDTH = 100
_KEPT = 8000
_FORMER = 3
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def base_of(service: Document) -> str:
    """Production's image of a service: below the editor's tools where it has those."""
    return str((service.get("labels") or {}).get(labels.EDITOR) or service.get("image", ""))


def ensure_image(
    client: "DockerClient", session: Session, services: Mapping[str, Document], progress: Progress
) -> None:
    """Build the editor's image unless the engine has it; production's is there already."""
    table = session.project.devcontainer
    service = services.get(table.service) if table else None
    if table is None or service is None or base_of(service) == service["image"]:
        return
    tag = str(service["image"])
    if present(client, tag):
        return
    made = layer(session.paths.devcontainer, base=base_of(service), user=table.user, run=table.run)
    progress(Step(table.service, f"building the editor's tools on {made.base}"))
    api: Any = client.api
    with translated():
        config = api.inspect_image(made.base)["Config"]
        marks = {labels.PROJECT: session.identity.project, labels.EDITOR: made.base}
        stream = api.build(
            fileobj=archive(made, recipe(made, config)),
            custom_context=True,
            dockerfile=_BUILT,
            tag=tag,
            buildargs={"PRODUCTION": made.base},
            labels=marks,
            rm=True,
            forcerm=True,
            decode=True,
        )
        _follow(stream, table.service, progress)
        _refuse_other_base(api, tag, made.base)
        _drop_former(client, tag)
    progress(Step(table.service, "the editor's tools are built", "done"))


def _follow(stream: Any, service: str, progress: Progress) -> None:
    said = ""
    for row in stream:
        text = _COLOUR.sub("", str(row.get("stream") or row.get("error") or ""))
        said = (said + text)[-_KEPT:]
        if row.get("error"):
            lines = [line for line in said.splitlines() if line.strip()]
            raise StackError(
                "the editor's tools cannot be built on production's image",
                where=service,
                detail="\n".join(lines[-15:]),
                next_step=f"mend .devcontainer/{RECIPE}, or go on without: `parity devcontainer stop`",
            )
        if text.startswith("Step "):
            step = text.strip()
            progress(Step(service, step if len(step) <= _WIDTH else f"{step[: _WIDTH - 1]}…"))


def _drop_former(client: "DockerClient", tag: str) -> None:
    """Of images that edits of the recipe left, the newest stay: going back to one is quick."""
    from docker.errors import APIError

    repository = tag.rpartition(":")[0]
    found = client.images.list(repository, filters={"label": labels.EDITOR})
    for image in sorted(found, key=lambda one: str(one.attrs.get("Created")))[:-_FORMER]:
        with contextlib.suppress(APIError):  # a container of another worktree uses it
            client.images.remove(str(image.id))


def _refuse_other_base(api: Any, tag: str, base: str) -> None:
    """What the recipe made begins with production's own layers; else its name says what is not so."""
    below = api.inspect_image(base)["RootFS"]["Layers"]
    if api.inspect_image(tag)["RootFS"]["Layers"][: len(below)] != below:
        api.remove_image(tag)
        raise ConfigError(
            "the editor's image does not stand on production's",
            where=f".devcontainer/{RECIPE}",
            next_step="let its last stage begin with: FROM ${PRODUCTION}",
        )


def recipe(made: Layer, config: Mapping[str, Any]) -> str:
    """The project's recipe, closed by what every editor's container needs, and by production's own
    user, folder and command.
    """
    text = next(data for name, data in made.files if name == RECIPE).decode(errors="replace")
    entrypoint = [KEEPER, "run" if made.run else "hold", *(config.get("Entrypoint") or ())]
    lines = [
        text.rstrip(),
        "USER root",
        f"COPY .parity-service {KEEPER}",
        f"RUN {_account(made)}",
        f"USER {config.get('User') or 'root'}",
        f"WORKDIR {config.get('WorkingDir') or '/'}",
        f"ENTRYPOINT {json.dumps(entrypoint)}",
        f"CMD {json.dumps(config.get('Cmd') or [])}",
    ]
    return "\n".join(lines) + "\n"


def _account(made: Layer) -> str:
    """Shell for the editor's account: written down by hand, since every image has another program
    for it or none.
    """
    user, uid, gid = made.user, made.uid, made.gid
    home = f"/home/{user}"
    return (
        f"chmod 0755 {KEEPER} && mkdir -p {_CONTROL} && chmod 0777 {_CONTROL}"
        f" && (cut -d: -f3 /etc/group | grep -qx {gid} || echo '{user}:x:{gid}:' >> /etc/group)"
        f" && shell=/bin/sh && if [ -x /bin/bash ]; then shell=/bin/bash; fi"
        f" && if ! cut -d: -f1 /etc/passwd | grep -qx {user}; then"
        f' echo "{user}:x:{uid}:{gid}::{home}:$shell" >> /etc/passwd'
        f" && mkdir -p {home} && chown {uid}:{gid} {home}; fi"
    )


def archive(made: Layer, text: str) -> io.BytesIO:
    """The build's context."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data in (
            *made.files,
            (".parity-service", made.keeper),
            (_BUILT, text.encode()),
        ):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o755
            tar.addfile(info, io.BytesIO(data))
    buffer.seek(0)
    return buffer
