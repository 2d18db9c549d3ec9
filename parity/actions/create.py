"""Images, files and containers: everything that must be there before the first start."""

import json
from typing import TYPE_CHECKING

from parity import compose_cli
from parity.actions.devcontainer_image import base_of, ensure_image
from parity.actions.request import Taken, UpRequest
from parity.actions.resolve import Resolution
from parity.actions.session import Session
from parity.engine import observe
from parity.engine.client import refused
from parity.errors import DefinitionError, StackError, UsageError
from parity.model.progress import Progress, Step
from parity.model.reference import reference
from parity.model.stack import GATEWAY, Action, Plan
from parity.paths import ensure_state, write, write_if_changed
from parity.stack import labels, pods, render
from parity.stack.cluster import is_cluster

if TYPE_CHECKING:
    from docker import DockerClient

_SUBNET_TAKEN = ("pool overlaps", "overlaps with other one")


def write_files(session: Session, resolution: Resolution) -> None:
    """The document for Compose, and the 0600 files with the stand-ins' values."""
    files, document, vault = session.files, resolution.resolved.document, resolution.vault
    ensure_state(files.secret_files)
    files.folder.chmod(0o700)
    files.secret_files.chmod(0o700)
    for name in document.get("secrets") or {}:
        # 0444: a service's own user reads it in the container; the folder keeps others out here.
        write_if_changed(files.secret_files / name, vault.reveal(reference(name)), mode=0o444)
    for name, config in (document.get("configs") or {}).items():
        if "content" in config:
            text = vault.reveal(config["content"])
            write_if_changed(files.config_file(name), text, mode=0o444)
    document = render.with_config_files(document, files.config_file)
    values = vault.values(render.secrets_in(document))
    write_if_changed(files.environment, render.env_file(values), mode=0o600)
    write_if_changed(files.document, render.compose_yaml(document))


def fetch_images(
    client: "DockerClient",
    session: Session,
    resolution: Resolution,
    request: UpRequest,
    progress: Progress,
) -> None:
    """Have every image on the engine, by digest and for its processor."""
    from parity.engine.execute import in_parallel
    from parity.engine.images import check_architecture, ensure_gateway, present, pull
    from parity.engine.observe import version

    resolved = resolution.resolved
    gateway = str(resolved.services[GATEWAY]["image"])
    ensure_gateway(client, gateway, session.project.local.gateway_base, progress)
    pinned = {
        (base_of(service), str(service.get("platform") or ""))
        for service in resolved.services.values()
        if "@" in base_of(service)
    }
    missing = [
        (image, platform)
        for image, platform in sorted(pinned)
        if request.pull == "always" or not present(client, image, platform)
    ]
    if missing and request.pull == "never":
        raise UsageError(
            f"not on this engine: {', '.join(image for image, _ in missing)}",
            next_step="leave `--pull never` out, or pull them",
        )
    in_parallel(lambda one: pull(client, one[0], progress, platform=one[1]), missing, workers=4)
    architecture = str(version()["Arch"])
    for image, platform in pinned:
        check_architecture(client, image, architecture, platform)
    ensure_image(client, session, resolved.services, progress)


def build_images(session: Session, lock: int | None) -> None:
    """Build what parity.toml allows to be built here."""
    if session.project.local.build:
        _compose(session, ["build", *session.project.local.build], lock)


def create_containers(
    client: "DockerClient",
    session: Session,
    resolution: Resolution,
    decided: Plan,
    progress: Progress,
    lock: int | None,
) -> None:
    """Let Compose make networks, volumes and containers; nothing is started."""
    _remove_half_made(client, resolution, decided, progress)
    _remove_old_pods(client, resolution, decided, progress)
    changed = decided.services(Action.CREATE, Action.RECREATE)
    if changed:
        progress(Step("create", ", ".join(changed)))
    _refuse_foreign(resolution)
    # Never `-y`: it would answer Compose's question whether data may be lost. Unanswered, the
    # volume stays as it is.
    try:
        _compose(session, ["create", "--pull", "never", "--no-build", "--remove-orphans"], lock)
    except Taken:
        resolution.allocator.forget_subnets()
        resolution.allocator.save()
        raise


def _refuse_foreign(resolution: Resolution) -> None:
    """Compose goes by names: what has one of ours and is not ours must not fall into its hands."""
    stack = resolution.resolved.identity.name
    project = observe.containers(f"com.docker.compose.project={stack}")
    foreign = [c.name for c in project if c.labels.get(labels.STACK) != stack]
    wanted = {body["name"] for body in (resolution.resolved.document.get("volumes") or {}).values()}
    foreign += [
        volume["Name"]
        for volume in observe.get("/volumes").get("Volumes") or []
        if volume["Name"] in wanted and (volume.get("Labels") or {}).get(labels.STACK) != stack
    ]
    if foreign:
        raise UsageError(
            f"there is something called {stack} on this engine that is not parity's: "
            f"{', '.join(foreign)}",
            next_step="give this stack another name: `parity -p NAME up`",
        )


def _remove_half_made(
    client: "DockerClient", resolution: Resolution, decided: Plan, progress: Progress
) -> None:
    """Remove containers that never ran and that Compose would take for finished.

    On an old engine it makes a container and then connects it to its networks, one by one; killed in
    between, it later finds a container of the right definition and leaves it as it is.
    """
    from parity.engine.execute import remove_containers

    resolved = resolution.resolved
    again = decided.services(Action.RECREATE)
    half = [
        container
        for container in resolution.containers
        if container.state == "created"
        and container.service in again
        and container.hash == resolved.hashes[container.service]
    ]
    remove_containers(client, resolved.identity.name, half, progress)


def _remove_old_pods(
    client: "DockerClient", resolution: Resolution, decided: Plan, progress: Progress
) -> None:
    """Remove pods that are made anew, with their scratch space.

    Compose would keep those of their containers whose definition is the same.
    """
    from parity.engine.execute import remove_containers, remove_volumes_named

    resolved, stack = resolution.resolved, resolution.resolved.identity.name
    if not is_cluster(resolved.document):
        return
    anew = set(decided.services(Action.CREATE, Action.RECREATE))
    for pod in pods.gather(resolved.document):
        if anew & set(pod.members):
            old = [c for c in resolution.containers if c.service in pod.members]
            remove_containers(client, stack, old, progress)
            remove_volumes_named(client, stack, pods.scratch(resolved.document, pod))


def _compose(session: Session, arguments: list[str], lock: int | None) -> None:
    stack = ["--file", str(session.files.document), "--project-name", session.identity.name]
    done = compose_cli.act([*stack, *arguments], lock=lock)
    if done.ok:
        return
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    message = next(
        (line for line in reversed(lines) if "rror" in line), lines[-1] if lines else "no reason"
    )
    lower = message.lower()
    if any(sign in lower for sign in _SUBNET_TAKEN):
        raise Taken("a subnet is taken by another network")
    if arguments[0] == "build":
        raise DefinitionError(
            f"{', '.join(arguments[1:])} cannot be built: {message}",
            where=f"services.{arguments[1]}.build",
            detail="\n".join(line for line in lines[-8:] if "level=warning" not in line),
            next_step="mend the Dockerfile or the `build:` section, then `parity up` again",
        )
    if isinstance(taken := refused("\n".join(lines)), UsageError):
        raise taken  # a name that somebody else's container or network has
    observe.version()  # an engine that has gone is the reason, and says so itself
    raise StackError(
        f"Docker Compose could not {arguments[0]} the containers: {message}",
        where=str(session.files.document),
        detail="\n".join(lines[-8:]),
        next_step="`parity doctor` looks at Docker Compose and the engine; `parity up` again continues",
    )


def remember(session: Session, resolution: Resolution) -> None:
    """Keep the definitions that the containers are made from, to explain the next change."""
    services = {"services": resolution.resolved.services}
    write(session.files.applied, json.dumps(services, indent=1, sort_keys=True) + "\n", mode=0o600)
