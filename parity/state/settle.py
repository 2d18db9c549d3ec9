"""Boot a copy of a service's data, let it recover, stop it cleanly; or look at what is wrong with it.

The copy runs alone: no network, no port, nothing of the origin mounted for writing, its name and
labels not the service's. It is gone when the call returns.
"""

import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parity.engine import recreate
from parity.engine.client import translated
from parity.errors import StackError
from parity.model.progress import Progress, Step
from parity.stack import labels as ours
from parity.state.engines import reading, recognised
from parity.state.engines.contract import NOT_CHECKED, Command, DataEngine

if TYPE_CHECKING:
    from docker import DockerClient

Attrs = Mapping[str, Any]

ROLE = "settle"
"""Role of a container that runs on a copy."""
_READY_SECONDS, _STOP_SECONDS = 1800.0, 900.0
_SOONEST, _LATEST, _SHARE, _TELL = 0.1, 2.0, 3.0, 10.0
_LOG_LINES, _SHORT = 12, 3
_TELLING = re.compile(r"PANIC|FATAL|ERROR|Fatal|corrupt|damaged|Bad|Unexpected|Wrong|invalid")
_SECRET = re.compile(r"PASS|SECRET|TOKEN|KEY|AUTH|CREDENTIAL", re.IGNORECASE)
_HARMLESS = 4
"""Values shorter than this are not hidden: they would tear the text apart."""


@dataclass(frozen=True)
class Copy:
    """A running copy. `service` names it in messages."""

    client: "DockerClient"
    id: str
    service: str
    attrs: Attrs
    engine: DataEngine


def settle(
    client: "DockerClient",
    attrs: Attrs,
    mounts: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    progress: Progress,
) -> None:
    """Bring the data on `mounts` to what a clean stop leaves; StackError with the log where it fails.

    `attrs` is the origin's inspect record, `mounts` are mounts of the Engine API that take the place
    of its volumes, `labels` say whose the container is. A service without a known data engine is
    left as it is.
    """
    engine = recognised(attrs)
    if engine is None:
        return
    with _copy(client, engine, attrs, mounts, labels, ()) as copy:
        why = _ready(copy, progress)
        if why:
            raise _failure(copy, f"does not recover from a copy of its data: {why}")
        last = engine.before_stop(attrs)
        if last:
            _ask(copy, last)
        _stop(copy, progress)
    progress(Step(copy.service, f"settled: {engine.title} recovered and stopped cleanly", "done"))


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
    with _copy(client, engine, attrs, mounts, labels, engine.strict) as copy:
        why = _ready(copy, progress)
        if why:
            return (f"{engine.title} does not start from it: {why}{_evidence(copy)}",)
        return tuple(
            text for check in engine.checks(attrs) for text in _check(copy, check, progress)
        )


def _check(copy: Copy, check: Any, progress: Progress) -> list[str]:
    progress(Step(copy.service, f"checking: {check.says}"))
    code, said = _ask(copy, check.command)
    if code == 0:
        return []
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if code == NOT_CHECKED:
        why = "; ".join(lines[-_SHORT:]) or "no reason given"
        progress(Step(copy.service, f"not checked by {copy.engine.title}: {why}", "warning"))
        return []
    return lines or [f"the check of {copy.engine.title} ended with {code}"]


@contextmanager
def _copy(
    client: "DockerClient",
    engine: DataEngine,
    attrs: Attrs,
    mounts: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    more: Sequence[str],
) -> Iterator[Copy]:
    from docker.errors import NotFound

    service = _service(attrs)
    name = f"parity-{ROLE}-{uuid.uuid4().hex[:12]}"
    made = body(attrs, engine, mounts, labels, more)
    found = recreate.create(client, name, made)
    try:
        copy = Copy(client, found, service, attrs, engine)
        _start(copy)
        yield copy
    finally:
        with translated(), suppress(NotFound):
            client.api.remove_container(found, v=True, force=True)


def body(
    attrs: Attrs,
    engine: DataEngine,
    mounts: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    more: Sequence[str] = (),
) -> dict[str, Any]:
    """The engine's `create` body for the copy; `more` are further arguments of the server."""
    config = attrs["Config"]
    changed: dict[str, Any] = {
        "Labels": {ours.ROLE: ROLE, **labels},
        "Healthcheck": {"Test": ["NONE"]},
        "StopSignal": engine.stop_signal,
        "ExposedPorts": None,
    }
    words = (*engine.arguments(attrs), *more)
    if words and engine.takes_arguments(attrs):
        changed["Cmd"] = [*(config.get("Cmd") or ()), *words]
    made = recreate.body(attrs, recreate.Changes(config=changed, host=_alone(attrs)))
    made["HostConfig"] |= _mounted(made["HostConfig"], mounts)
    # Engines without it in `inspect` of a joined namespace would give the copy a name of its own.
    made["Hostname"] = config.get("Hostname") or attrs["Id"][:12]
    return made


def _alone(attrs: Attrs) -> dict[str, Any]:
    """Settings of a container that reaches nobody and that nobody reaches."""
    host = attrs["HostConfig"]
    name = attrs["Config"].get("Hostname") or attrs["Id"][:12]
    # Without a network the engine writes no address for its own name, which some servers ask for.
    extra = [*(host.get("ExtraHosts") or ()), f"{name}:127.0.0.1"]
    shared = {
        key: "" for key in ("IpcMode", "PidMode", "UTSMode") if ":" in str(host.get(key) or "")
    }
    return {
        "NetworkMode": "none",
        "PortBindings": None,
        "PublishAllPorts": False,
        "RestartPolicy": {"Name": "no"},
        "AutoRemove": False,
        "ExtraHosts": extra,
        # Its last words are read from here when it fails.
        "LogConfig": {"Type": "json-file", "Config": {}},
        **shared,
    }


def _mounted(host: Mapping[str, Any], mounts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The given mounts, and of the origin's the files of the host alone, read-only.

    None of the origin's volumes: the copy would write to live data.
    """
    taken = {mount["Target"] for mount in mounts}
    kept = [
        {**mount, "ReadOnly": True} if mount.get("Type") == "bind" else mount
        for mount in host.get("Mounts") or ()
        if mount.get("Type") in ("bind", "tmpfs") and mount.get("Target") not in taken
    ]
    binds = [
        _read_only(bind) for bind in host.get("Binds") or () if bind.split(":")[1] not in taken
    ]
    return {"Binds": binds or None, "Mounts": [*kept, *map(dict, mounts)]}


def _read_only(bind: str) -> str:
    source, target, *options = bind.split(":")
    words = [word for word in ",".join(options).split(",") if word and word not in ("rw", "ro")]
    return ":".join((source, target, ",".join(["ro", *words])))


def _start(copy: Copy) -> None:
    from docker.errors import APIError

    with translated():
        try:
            copy.client.api.start(copy.id)
        except APIError as error:
            text = hidden(str(error.explanation or error), copy.attrs)
            raise StackError(
                f"{copy.service}: a container on a copy of its data cannot start: {text}",
                where=copy.service,
                next_step="`parity doctor` looks at the engine",
            ) from error


def _ready(copy: Copy, progress: Progress) -> str:
    """Wait until it answers; why there is nothing to wait for, else."""
    command = copy.engine.ready(copy.attrs)
    begun = told = time.monotonic()
    while True:
        asked = time.monotonic()
        code, said = _ask(copy, command)
        now = time.monotonic()
        state = _state(copy)
        if not state["Running"]:
            return _ended(state)
        if code == 0:
            return ""
        if now - begun > _READY_SECONDS:
            return f"not ready after {now - begun:.0f} s ({said.strip()[-200:]})"
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
    while (state := _state(copy))["Running"]:
        now = time.monotonic()
        if now - begun > _STOP_SECONDS:
            raise _failure(copy, f"did not stop within {_STOP_SECONDS:.0f} s")
        if now - told > _TELL:
            told = now
            progress(Step(copy.service, f"writing everything down, {now - begun:.0f} s"))
        time.sleep(_SOONEST)
    if state["ExitCode"] not in copy.engine.exits or state.get("OOMKilled"):
        raise _failure(copy, f"did not stop cleanly: {_ended(state)}")
    why = _sealed(copy)
    if why:
        raise _failure(copy, f"did not stop cleanly: {why}")


def _sealed(copy: Copy) -> str:
    """What the data itself says against the stop; empty where it says nothing."""
    path = copy.engine.sealed(copy.attrs)
    content = _file(copy, path) if path else None
    return copy.engine.unclean(content) if content is not None else ""


def _file(copy: Copy, path: str) -> bytes | None:
    import io
    import tarfile

    from docker.errors import NotFound

    with translated():
        try:
            stream, _ = copy.client.api.get_archive(copy.id, path)
            packed = b"".join(stream)
        except NotFound:
            return None
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = [member for member in archive if member.isfile()]
        file = archive.extractfile(members[0]) if members else None
        return file.read() if file else None


def _ask(copy: Copy, command: Command) -> tuple[int, str]:
    """(exit code, what it said, without secrets)."""
    from docker.errors import APIError

    api: Any = copy.client.api
    with translated():
        try:
            made = api.exec_create(
                copy.id, list(command.argv), environment=dict(command.environment) or None
            )
            # As a stream: a check of a large table is silent for longer than a request may be.
            said = b"".join(api.exec_start(made["Id"], stream=True))
            code = api.exec_inspect(made["Id"])["ExitCode"]
        except APIError as error:
            # It ended between two questions; the next look at its state tells.
            return 1, str(error.explanation or error)
    return int(code or 0), hidden(said.decode(errors="replace"), copy.attrs, command)


def _state(copy: Copy) -> dict[str, Any]:
    from docker.errors import NotFound

    with translated():
        try:
            state: dict[str, Any] = copy.client.api.inspect_container(copy.id)["State"]
        except NotFound as error:
            raise StackError(
                f"{copy.service}: the container on a copy of its data was removed by somebody else",
                where=copy.service,
                next_step="the same command again",
            ) from error
    return state


def _ended(state: Mapping[str, Any]) -> str:
    if state.get("OOMKilled"):
        return "killed by the kernel: out of memory within its limit"
    return f"it ended with code {state['ExitCode']}"


def _log(copy: Copy) -> list[str]:
    with translated():
        raw = copy.client.api.logs(copy.id, tail=200, stdout=True, stderr=True)
    text = hidden(raw.decode(errors="replace"), copy.attrs)
    return [line for line in text.splitlines() if line.strip()]


def _evidence(copy: Copy) -> str:
    """The lines of its log that say most, in one."""
    lines = _log(copy)
    telling = [line for line in lines if _TELLING.search(line)][-_SHORT:] or lines[-_SHORT:]
    return "".join(f"; {line.strip()[:300]}" for line in telling)


def _failure(copy: Copy, why: str) -> StackError:
    lines = _log(copy)[-_LOG_LINES:]
    return StackError(
        f"{copy.service} {why}",
        where=copy.service,
        detail="\n".join(["log:", *(f"  {line}" for line in lines)] if lines else ["log: (empty)"]),
        next_step=f"`parity logs {copy.service}` shows how the service itself is; "
        "save again when it is well",
    )


def hidden(text: str, attrs: Attrs, command: Command | None = None) -> str:
    """A text without the values of the container's secrets."""
    values = [v for name, v in reading.environment(attrs).items() if _SECRET.search(name)]
    values += [v for n, v in (command.environment if command else {}).items() if _SECRET.search(n)]
    values += filter(None, [reading.option(reading.command(attrs), "--requirepass")])
    for value in sorted(filter(lambda v: len(v) >= _HARMLESS, values), key=len, reverse=True):
        text = text.replace(value, "***")
    return text


def _service(attrs: Attrs) -> str:
    mine = attrs["Config"].get("Labels") or {}
    return str(
        mine.get(ours.SERVICE) or mine.get("com.docker.compose.service") or attrs["Name"]
    ).lstrip("/")
