"""What follows from a change, by the same actions as the commands': up, check, reset, test, and Compose's rules."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from parity.actions.session import Session
from parity.actions.stand import stand
from parity.actions.up import UpResult
from parity.engine import observe
from parity.model.document import Document
from parity.model.finding import Report
from parity.model.progress import Progress
from parity.model.stack import Action, Container
from parity.stack import labels
from parity.stack.devcontainer import KEEPER
from parity.watch.rules import Rule

if TYPE_CHECKING:
    from docker import DockerClient

    from parity.actions.reset import ResetResult


def bring_up(
    session: Session,
    progress: Progress,
    enough: Callable[[], bool],
    early: Callable[[], None] | None = None,
) -> UpResult:
    """The stack as the definition says now; Superseded where `enough` says so while it waits.

    `early` is called when all containers run, before they are waited for.
    """
    from parity.actions.request import UpRequest
    from parity.actions.up import up

    if early is None:
        return up(session, UpRequest(enough=enough), progress)
    made = up(session, UpRequest(enough=enough, wait=False), progress)
    early()
    ready = up(session, UpRequest(enough=enough), progress)
    return replace(ready, plan=made.plan)


def look_again(session: Session, progress: Progress) -> Report:
    """What `parity check` says now."""
    from parity.actions.check import check

    return check(session, progress)


def follow_state(session: Session, progress: Progress) -> "ResetResult | None":
    """Bring the data to the start state that this branch declares, where the stack stands on another.

    A stack that stands on none has data of its own, which stays; so does one whose project has no
    state of its own choice.
    """
    from parity.actions.reset import reset
    from parity.actions.start_state import start_state

    on, project = stand(session).state, session.project
    if not on or not (project.state.default or project.states):
        return None
    wanted = start_state(session, "", progress)
    return None if wanted.id == on else reset(session, wanted.name, progress)


def present(session: Session) -> dict[str, tuple[Container, ...]]:
    """The stack's containers by service, whatever they do: one that has ended takes files as well."""
    found: dict[str, tuple[Container, ...]] = {}
    for one in observe.of_stack(session.identity.name):
        if one.role == "service":
            found[one.service] = (*found.get(one.service, ()), one)
    return found


def restart(
    client: "DockerClient",
    containers: Mapping[str, Sequence[Container]],
    services: Mapping[str, Document],
    names: Collection[str],
) -> tuple[str, ...]:
    """Restart services, and those that live in their network namespace, which a restart renews.

    A container in which an editor works goes on: its keeper ends the command and begins it again.
    """
    from parity.engine.execute import in_parallel

    owners = [name for name in names if name in containers]
    renewed = [name for name in owners if not any(map(_has_editor, containers[name]))]
    guests = [
        name
        for name, body in services.items()
        if str(body.get("network_mode", "")).removeprefix("service:") in renewed
        and name not in owners
        and any(one.state == "running" for one in containers.get(name, ()))
    ]
    for some in (owners, guests):
        in_parallel(lambda one: _again(client, one), [c for name in some for c in containers[name]])
    return (*owners, *guests)


def _has_editor(container: Container) -> bool:
    return labels.EDITOR in container.labels


def _again(client: "DockerClient", container: Container) -> None:
    from parity.engine.execute import run_hook, start

    if _has_editor(container) and container.state == "running":
        run_hook(client, container, {"command": [KEEPER, "restart"]})
    else:
        start(client, container)


def run_hooks(
    client: "DockerClient", rules: Iterable[Rule], containers: Mapping[str, Sequence[Container]]
) -> None:
    """What `sync+exec` rules run in the containers after their files have arrived."""
    from parity.engine.execute import run_hook

    for rule in rules:
        for container in containers.get(rule.service, ()):
            if rule.hook.get("command") and container.state == "running":
                run_hook(client, container, rule.hook)


def causes(result: UpResult) -> dict[str, str]:
    """Service -> what was done to it and why, in one line."""
    return {
        op.service: op.explained() for op in result.plan.operations if op.action is not Action.LEAVE
    }
