"""Boot a copy of a service's data, let it recover, stop it cleanly; or look at what is wrong with it."""

import re
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.engine.recreate import Attrs
from parity.errors import StackError
from parity.model.progress import Progress, Step
from parity.state.copied import Copy, booted
from parity.state.engines import recognised
from parity.state.engines.contract import NOT_CHECKED, Check, DataEngine

if TYPE_CHECKING:
    from docker import DockerClient


_READY_SECONDS, _STOP_SECONDS = 1800.0, 900.0
_SOONEST, _LATEST, _SHARE, _TELL = 0.1, 2.0, 3.0, 10.0
_LOG_LINES, _FEW, _LONG = 12, 3, 300
_TELLING = re.compile(r"PANIC|FATAL|ERROR|Fatal|corrupt|damaged|Bad|Unexpected|Wrong|invalid")


def settle(
    client: "DockerClient",
    attrs: Attrs,
    mounts: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    progress: Progress,
) -> None:
    """Bring the data on `mounts` to what a clean stop leaves; StackError with the log where it fails.

    `attrs` is the origin's inspect record, `mounts` are mounts of the Engine API that take the place
    of its volumes, `labels` say whose the container is. A service without a known data engine, or
    one that had stopped cleanly, is left as it is.
    """
    engine = recognised(attrs)
    if engine is None or stopped_cleanly(engine, attrs):
        return
    with booted(client, engine, attrs, mounts, labels) as copy:
        why = _ready(copy, progress)
        if why:
            raise _failure(copy, f"does not recover from a copy of its data: {why}")
        last = engine.before_stop(attrs)
        if last:
            copy.ask(last)
        _stop(copy, progress)
    progress(Step(copy.service, f"settled: {engine.title} recovered and stopped cleanly", "done"))


def stopped_cleanly(engine: DataEngine, attrs: Attrs) -> bool:
    """Whether the origin itself had ended by its own will."""
    state = attrs["State"]
    return state.get("Status") == "exited" and state.get("ExitCode") in engine.exits


def examine(
    client: "DockerClient",
    attrs: Attrs,
    mounts: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    progress: Progress,
) -> tuple[str, ...]:
    """What is wrong with the data on `mounts`; empty where its engine finds nothing.

    The mounts must be a copy that is thrown away: looking writes. What could not be looked at is
    told to `progress` as a warning, and is no problem.
    """
    engine = recognised(attrs)
    if engine is None:
        return ()
    with booted(client, engine, attrs, mounts, labels, engine.strict) as copy:
        why = _ready(copy, progress)
        if why:
            return (f"{engine.title} does not start from it: {why}{_evidence(copy)}",)
        return tuple(
            text for check in engine.checks(attrs) for text in _check(copy, check, progress)
        )


def _check(copy: Copy, check: Check, progress: Progress) -> list[str]:
    progress(Step(copy.service, f"checking: {check.says}"))
    code, said = copy.ask(check.command)
    if code == 0:
        return []
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if code == NOT_CHECKED:
        why = "; ".join(lines[-_FEW:]) or "no reason given"
        progress(Step(copy.service, f"not checked by {copy.engine.title}: {why}", "warning"))
        return []
    return lines or [f"the check of {copy.engine.title} ended with {code}"]


def _ready(copy: Copy, progress: Progress) -> str:
    """Wait until it answers; else why there is nothing to wait for."""
    command = copy.engine.ready(copy.attrs)
    begun = told = time.monotonic()
    while True:
        asked = time.monotonic()
        code, said = copy.ask(command)
        now = time.monotonic()
        state = copy.state()
        if not state["Running"]:
            return _ended(state)
        if code == 0:
            return ""
        if now - begun > _READY_SECONDS:
            return f"not ready after {now - begun:.0f} s ({said.strip()[-_LONG:]})"
        if now - told > _TELL:
            told = now
            progress(Step(copy.service, f"recovering on a copy, {now - begun:.0f} s"))
        # Asking takes processor time from the server that is starting.
        time.sleep(min(_LATEST, max(_SOONEST, (now - asked) * _SHARE)))


def _stop(copy: Copy, progress: Progress) -> None:
    """Ask it to end, wait until it has, and see that it wrote everything down."""
    with translated():
        copy.client.api.kill(copy.id, copy.engine.stop_signal)
    begun = told = time.monotonic()
    while (state := copy.state())["Running"]:
        now = time.monotonic()
        if now - begun > _STOP_SECONDS:
            raise _failure(copy, f"did not stop within {_STOP_SECONDS:.0f} s")
        if now - told > _TELL:
            told = now
            progress(Step(copy.service, f"writing everything down, {now - begun:.0f} s"))
        time.sleep(_SOONEST)
    why = _ended(state) if state["ExitCode"] not in copy.engine.exits else _unclean(copy)
    if why or state.get("OOMKilled"):
        raise _failure(copy, f"did not stop cleanly: {why or _ended(state)}")


def _unclean(copy: Copy) -> str:
    """What the data itself says against the stop; empty where it says nothing."""
    path = copy.engine.sealed(copy.attrs)
    content = copy.file(path) if path else None
    return copy.engine.unclean(content) if content is not None else ""


def _ended(state: Mapping[str, Any]) -> str:
    if state.get("OOMKilled"):
        return "killed by the kernel: out of memory within its limit"
    return f"it ended with code {state['ExitCode']}"


def _evidence(copy: Copy) -> str:
    """The lines of its log that say most, in one."""
    lines = copy.log()
    telling = [line for line in lines if _TELLING.search(line)][-_FEW:] or lines[-_FEW:]
    return "".join(f"; {line.strip()[:_LONG]}" for line in telling)


def _failure(copy: Copy, why: str) -> StackError:
    lines = copy.log()[-_LOG_LINES:]
    return StackError(
        f"{copy.service} {why}",
        where=copy.service,
        detail="\n".join(["log:", *(f"  {line}" for line in lines)] if lines else ["log: (empty)"]),
        next_step=f"`parity logs {copy.service}` shows how the service itself is; "
        "save again when it is well",
    )
