"""The steps that build a declared state: in a service's container, or on this machine beside it."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from parity import process
from parity.actions.run import environment
from parity.actions.session import Session
from parity.engine import observe
from parity.errors import StackError
from parity.model.progress import Progress, Step
from parity.model.project import StepTable
from parity.stack.secrets import Vault
from parity.state.stream import Stream

if TYPE_CHECKING:
    from docker import DockerClient

_A_DAY = 24 * 3600.0
_CHUNK = 1 << 20
_KEPT = 64 * 1024
"""Bytes of the output that are kept: the end of it, which says why."""
_LINES = 20
_LONGEST = 60


def take(
    client: "DockerClient",
    session: Session,
    stack: str,
    step: StepTable,
    name: str,
    progress: Progress,
) -> None:
    """Do one step in a stack that runs; StackError with the end of its output where it fails.

    `name` says which step of which state it is, for messages.
    """
    file = session.paths.root / step.input if step.input else None
    progress(Step(name, shown(step)))
    if step.run:
        code, said = _here(session, stack, step, file)
    else:
        code, said = _inside(client, _container(stack, step, name), argv(step.exec), file)
    if code != 0:
        vault = Vault(session.paths.secrets, session.identity.name, session.project.secrets)
        raise StackError(
            f"{name} ended with {code}: {shown(step)}",
            where=step.service,
            detail="\n".join(vault.mask(said).strip().splitlines()[-_LINES:]),
            next_step="mend the step in parity.toml, or what it runs; `parity reset --keep` leaves "
            "the fork it ran in",
        )


def argv(command: str | tuple[str, ...]) -> list[str]:
    """The words of a command; a text is for the shell."""
    return ["sh", "-c", command] if isinstance(command, str) else list(command)


def shown(step: StepTable) -> str:
    """A step in one short line."""
    command = step.run or step.exec
    text = " ".join((command if isinstance(command, str) else " ".join(command)).split())
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    where = "here" if step.run else f"in {step.service}"
    return f"{where}: {short}" + (f" < {step.input}" if step.input else "")


def _container(stack: str, step: StepTable, name: str) -> str:
    """The first of the service's containers; it must run."""
    found = [
        c for c in observe.of_stack(stack) if c.service == step.service and c.role == "service"
    ]
    running = next((c for c in found if c.state == "running"), None)
    if running is None:
        state = found[0].state if found else "not there"
        raise StackError(
            f"{name} is for {step.service}, which is {state}",
            where=step.service,
            next_step="a job that has ended runs nothing: name a service that keeps running",
        )
    return running.id


def _here(session: Session, stack: str, step: StepTable, file: Path | None) -> tuple[int, str]:
    with (file or Path("/dev/null")).open("rb") as feed:
        done = process.run(
            argv(step.run),
            env=environment(stack),
            cwd=session.paths.root,
            timeout=_A_DAY,
            feed=feed.fileno(),
        )
    return done.returncode, f"{done.stdout}\n{done.stderr}"


def _inside(
    client: "DockerClient", container: str, command: list[str], file: Path | None
) -> tuple[int, str]:
    """Exit code and the end of the output. The input goes in while the output is read."""
    said: list[bytes] = []
    with Stream(client, container, command) as stream:
        reader = threading.Thread(target=_read, args=(stream, said), daemon=True)
        reader.start()
        try:
            if file is not None:
                with file.open("rb") as data:
                    while chunk := data.read(_CHUNK):
                        stream.write(chunk)
            stream.close_write()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it ended without reading all: its exit code says whether that was right
        reader.join()
        code = stream.finish()
        text = b"".join(said)[-_KEPT:] + b"\n" + stream.said[-_KEPT:]
    return code, text.decode(errors="replace")


def _read(stream: Stream, said: list[bytes]) -> None:
    kept = b""
    while data := stream.read():
        kept = (kept + data)[-_KEPT:]
    said.append(kept)
