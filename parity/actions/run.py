"""`parity run`: a command beside the stack, or beside a fork of its own, with their addresses."""

import os
import shutil
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from parity import process
from parity.actions.exports import exports
from parity.actions.fork import end, fork
from parity.actions.session import Session
from parity.actions.watcher import Ward, watcher
from parity.engine import observe
from parity.engine.client import connect
from parity.errors import UsageError
from parity.model.progress import Progress, Step
from parity.model.state import Fork
from parity.state import leases, marks


def run(session: Session, command: Sequence[str]) -> int:
    """Run a command with the running stack's addresses; its exit code."""
    stack = session.identity.name
    if not any(c.state == "running" for c in observe.of_stack(stack)):
        raise UsageError(
            f"{stack} is not up", next_step="`parity up` starts it; or `parity run --fork`"
        )
    return process.attach(command, env=environment(stack, authority(session)), pass_on=True)


def run_in_fork(
    session: Session,
    command: Sequence[str],
    *,
    state: str = "",
    empty: bool = False,
    services: Collection[str] = (),
    progress: Progress,
) -> int:
    """Run a command with the addresses of a fork that is made for it and gone after it."""
    if shutil.which(command[0]) is None:  # a fork takes seconds, and would be for nothing
        raise UsageError(
            f"cannot start {command[0]}: it is no program here",
            next_step="is it installed, and on PATH?",
        )
    with forked(session, state=state, empty=empty, services=services, progress=progress) as made:
        return process.attach(
            command, env=environment(made.stack, identity(session, made)), pass_on=True
        )


@contextmanager
def forked(
    session: Session,
    *,
    state: str = "",
    empty: bool = False,
    services: Collection[str] = (),
    progress: Progress,
) -> Iterator[Fork]:
    """A fork for as long as the block lasts, and not longer if this process is killed."""
    name = f"r{uuid.uuid4().hex[:5]}"
    identity = session.identity
    ward = Ward(identity.worktree, identity.name, identity.project, forks=(name,))
    watcher().watch(ward)
    made = Fork(name, f"{identity.name}-{name}", identity.name, "")
    try:
        made = fork(
            session,
            name=name,
            state=state,
            empty=empty,
            services=services,
            lease=leases.mine(),
            progress=progress,
        )[0]
        yield made
    finally:
        end(connect(), session, made)
        watcher().forget(ward)
        progress(Step(name, "removed", "done"))


def environment(stack: str, told: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's variables and those of a stack or fork. The values hold passwords."""
    client = connect()
    try:
        found = exports(client, stack)
    finally:
        client.close()
    own = {name: value for name, value in os.environ.items() if name != "PARITY_ANSI"}
    return {**own, **found, **(told or {})}


def identity(session: Session, made: Fork) -> dict[str, str]:
    """Which fork it is, and what it began from."""
    states = marks.of_project(session.identity.project)
    state = next((one for one in states if one.id == made.state), None)
    told = {"PARITY_FORK": made.name, **authority(session)}
    if state is not None:
        told |= {"PARITY_STATE": state.name, "PARITY_STATE_DIGEST": state.digest}
    return told


def authority(session: Session) -> dict[str, str]:
    """Where the certificate is that the stack's local certificates are trusted by, if it has any."""
    file = session.files.authority / "authority.pem"
    return {"PARITY_AUTHORITY": str(file)} if file.is_file() else {}
