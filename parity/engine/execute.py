"""Carry out: start along the dependencies, stop, remove. Decides nothing; checks every label."""

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, TypeVar

from parity.engine.client import refused, translated
from parity.engine.readdress import give_up
from parity.errors import ParityError, StackError
from parity.model.progress import Progress, Step
from parity.model.stack import Container
from parity.stack import labels

if TYPE_CHECKING:
    from docker import DockerClient

_WORKERS = 16
_REPLACEMENT = re.compile(r"^[0-9a-f]{12}_(.+)$")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def start_all(
    graph: Mapping[str, Mapping[str, str]],
    begin: Callable[[str], None],
    ready: Callable[[str, Callable[[], bool]], None],
    *,
    wants_ready: Callable[[str], bool],
) -> None:
    """Start every service of `graph` once what it waits for is there, as parallel as that allows.

    `begin(service)` starts its containers; `ready(service, stop)` blocks until they are ready and
    is called for services with `wants_ready`. The first failure ends the rest and is raised.
    """
    begun = {name: threading.Event() for name in graph}
    complete = {name: threading.Event() for name in graph}
    failed = threading.Event()
    errors: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for other, condition in graph[name].items():
                _await(begun[other] if condition == "service_started" else complete[other], failed)
            if not failed.is_set():
                begin(name)
                begun[name].set()
                if wants_ready(name):
                    ready(name, failed.is_set)
                complete[name].set()
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread
            if not failed.is_set():
                errors.append(error)
            failed.set()

    try:
        in_parallel(work, list(graph), workers=len(graph))
    finally:
        failed.set()
    if errors:
        raise errors[0]


def _await(event: threading.Event, failed: threading.Event) -> None:
    while not event.wait(0.05):
        if failed.is_set():
            return


def start(client: "DockerClient", container: Container) -> None:
    """Start one container, whatever it is doing now."""
    from docker.errors import APIError

    with translated():
        try:
            if container.state == "paused":
                client.api.unpause(container.id)
            elif container.state == "running":
                client.api.restart(container.id)
            else:
                _start(client, container.id)
        except APIError as error:
            found = refused(str(error.explanation or error))
            raise StackError(
                f"{container.service} cannot start: {found.message}",
                where=container.service,
                next_step=found.next_step,
            ) from error


def _start(client: "DockerClient", container: str) -> None:
    """Start a container; once more where the address that it was to keep is another one's now."""
    from docker.errors import APIError

    try:
        client.api.start(container)
    except APIError as error:
        taken = "address already in use" in str(error.explanation or error).lower()
        if not taken or not give_up(client, container):
            raise
        client.api.start(container)


def run_hook(client: "DockerClient", container: Container, hook: Mapping[str, Any]) -> None:
    """Run one `post_start` hook of a service in its container."""
    api: Any = client.api
    with translated():
        made = api.exec_create(
            container.id,
            hook["command"],
            user=hook.get("user") or "",
            privileged=bool(hook.get("privileged")),
            workdir=hook.get("working_dir"),
            environment=hook.get("environment") or None,
        )
        said = api.exec_start(made["Id"]).decode(errors="replace").strip()
        code = api.exec_inspect(made["Id"])["ExitCode"]
    if code != 0:
        raise StackError(
            f"a post_start hook of {container.service} ended with {code}",
            where=container.service,
            detail=said[-500:],
            next_step="mend the hook in the definition, then `parity up` again",
        )


def remove_containers(
    client: "DockerClient", stack: str, containers: Sequence[Container], progress: Progress
) -> None:
    """Stop and remove containers of a stack, services before the gateway."""
    gateways = [container for container in containers if container.role == "gateway"]
    services = [container for container in containers if container.role != "gateway"]
    for some in (services, gateways):
        in_parallel(lambda c: _remove_container(client, stack, c, progress), some)


def half_replaced(containers: Sequence[Container]) -> dict[str, Container]:
    """By their final name, containers that a killed Compose left under a temporary one."""
    matches = [(_REPLACEMENT.match(container.name), container) for container in containers]
    return {match[1]: container for match, container in matches if match}


def finish_replacements(
    client: "DockerClient", stack: str, containers: Sequence[Container], progress: Progress
) -> None:
    """Finish or undo what a killed Compose left half done.

    It makes a replacement as `<id>_<name>`, removes the old container and then gives the new one
    its name: where the old one is still there the new one goes, else it gets the name.
    """
    taken = {container.name for container in containers}
    for name, container in half_replaced(containers).items():
        if name in taken:
            _remove_container(client, stack, container, progress)
        else:
            with translated():
                client.api.rename(container.id, name)


def _remove_container(
    client: "DockerClient", stack: str, container: Container, progress: Progress
) -> None:
    from docker.errors import APIError, NotFound

    api: Any = client.api
    with translated():
        try:
            found = api.inspect_container(container.id)
            if (found["Config"].get("Labels") or {}).get(labels.STACK) != stack:
                return
            if found["State"].get("Paused"):
                api.unpause(container.id)
            if found["State"]["Running"]:
                api.stop(container.id, timeout=found["Config"].get("StopTimeout") or 10)
            api.remove_container(container.id, v=True, force=True)
        except NotFound:
            return
        except APIError as error:
            if "already in progress" not in str(error.explanation or error):
                raise
    progress(Step(container.service or container.name, "removed", "done"))


def remove_networks(client: "DockerClient", stack: str) -> tuple[str, ...]:
    """Remove a stack's networks; returns their names."""
    return _remove_kind(client, "network", client.networks.list, stack)


def remove_volumes(client: "DockerClient", stack: str) -> tuple[str, ...]:
    """Remove a stack's volumes with what is in them; returns their names."""
    return _remove_kind(client, "volume", client.volumes.list, stack)


def remove_volumes_named(client: "DockerClient", stack: str, names: Sequence[str]) -> None:
    """Remove some of a stack's volumes; one that is not there, or not the stack's, is left."""
    from docker.errors import NotFound

    for name in names:
        with translated():
            try:
                volume = client.volumes.get(name)
                if (volume.attrs.get("Labels") or {}).get(labels.STACK) == stack:
                    volume.remove()
            except NotFound:
                continue


def _remove_kind(
    client: "DockerClient", kind: str, listing: Callable[..., Iterable[Any]], stack: str
) -> tuple[str, ...]:
    """All are tried; those that containers of others use are told at the end."""
    from docker.errors import APIError, NotFound

    removed, used = [], {}
    with translated():
        for item in listing(filters={"label": f"{labels.STACK}={stack}"}):
            if (item.attrs.get("Labels") or {}).get(labels.STACK) != stack:
                continue
            try:
                item.remove()
            except NotFound:
                continue
            except APIError:
                users = client.containers.list(all=True, filters={kind: item.name})
                if not users:
                    raise
                used[str(item.name)] = [str(user.name) for user in users]
                continue
            removed.append(str(item.name))
    if used:
        raise _in_use(kind, used)
    return tuple(removed)


def _in_use(kind: str, used: Mapping[str, Sequence[str]]) -> StackError:
    others = " ".join(sorted({name for names in used.values() for name in names}))
    what = "; ".join(f"{name} by {', '.join(names)}" for name, names in used.items())
    return StackError(
        f"containers that are not of this stack use a {kind} of it: {what}",
        next_step=f"`docker rm -f {others}`, then the same command again",
    )


def in_parallel(
    work: Callable[[_Item], _Result], items: Sequence[_Item], *, workers: int = _WORKERS
) -> list[_Result]:
    """The results in the items' order. All are tried; an expected error is raised before a bug.

    An interrupt waits for none of them: a registry may take minutes to answer.
    """
    if not items:
        return []
    pool = ThreadPoolExecutor(max_workers=min(workers, len(items)))
    try:
        futures = [pool.submit(work, item) for item in items]
        wait(futures)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    errors = [error for error in (future.exception() for future in futures) if error is not None]
    if errors:
        raise next((error for error in errors if isinstance(error, ParityError)), errors[0])
    return [future.result() for future in futures]
