"""Judge readiness: production's own health check, asked at once and often; else its protocol.

The engine runs a check for the first time after a whole interval. parity runs the same command, in
the same container, right away and again every 100 ms at first, so a service counts as ready when it is.
"""

import re
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.errors import StackError
from parity.stack.probes import Probe

if TYPE_CHECKING:
    from docker import DockerClient

_SOONEST, _LATEST = 0.1, 1.0
_SHARE_OF_WAIT, _SHARE_OF_WORK = 0.08, 0.25
_DEFAULT_SECONDS = 120.0
_KINDS: Mapping[int, str] = {
    5432: "postgres",
    6379: "redis",
    5672: "amqp",
    80: "http",
    8080: "http",
}
_LOG_LINES = 12
_LOG_TAIL = 60
_LISTEN = 0.03
_UNHEARD = 0.5
"""Seconds until a program is asked that has not said anything."""
_PROBE_SLICE = 2.0
_MOST_RESTARTS = 3
_STEADY, _STEADY_AGAIN = 0.5, 2.0


@dataclass(frozen=True)
class Wait:
    """How to wait for one container. `host` is a name the gateway can resolve."""

    container: str
    service: str
    is_job: bool
    job_awaited: bool
    host: str
    port: int | None
    own_program: bool
    """Whether the image's own program runs, so that a port the image exposes is sure to be its."""
    gateway: str
    timeout: float | None
    probe: Probe | None = None
    """Production's own probe, where an orchestrator would ask one."""
    tolerant: bool = False
    """Whether an orchestrator would start it again and again, so that ending is no failure yet."""
    finishes: bool = False
    """Whether it is a job that is retried until it succeeds; it is waited for."""
    check: Sequence[str] = ()
    """Command that takes the place of the container's own check: a fork's containers have none."""
    says: str = ""
    """Pattern of what a program writes to its log when it answers: until then it is hardly asked."""


def wait(client: "DockerClient", how: Wait, stop: Callable[[], bool]) -> str:
    """Block until the container is ready and say how that was seen; raises StackError."""
    with translated():
        attrs = client.api.inspect_container(how.container)
    check = (list(how.probe.command) or None) if how.probe else (how.check or command(attrs))
    how = how if how.port or not how.own_program else replace(how, port=_exposed(attrs))
    started = time.monotonic()
    patience = max(_patience(attrs), how.probe.patience if how.probe else 0.0)
    limit = started + (how.timeout or patience)
    last = ""
    steady, log = _Steady(), _Log(how.says, started)
    while not stop():
        asked = time.monotonic()
        state = _state(client, how)
        steady.look(state)
        late = time.monotonic() > limit
        quiet = state["Status"] == "running" and not late and not log.worth_asking(client, how)
        answer, last = ("", last) if quiet else _look(client, how, state, check, steady)
        if not answer and late and how.finishes and steady.runs:
            answer = "running"
        if answer:
            return answer
        why = _hopeless(how, state, late=late)
        if not why and late:
            why = f"not ready after {limit - started:.0f} s"
        if why:
            raise _failure(client, how, why, check, last)
        time.sleep(_LISTEN if quiet else _pause(asked - started, time.monotonic() - asked))
    raise StackError(
        f"{how.service}: given up, another service failed first",
        next_step="mend that one; `parity up` again continues",
    )


def _look(
    client: "DockerClient",
    how: Wait,
    state: Mapping[str, Any],
    check: Sequence[str] | None,
    steady: "_Steady",
) -> tuple[str, str]:
    """How a container was seen to be ready, if it is, and what its check said."""
    if state["Status"] not in ("exited", "dead"):
        return _judge(client, how, state, check, steady)
    if how.finishes and state["ExitCode"] != 0:
        # An orchestrator waits longer between its attempts than the engine does, so that the
        # engine has used them up before what the job needs is there.
        with translated():
            client.api.start(how.container)
        return "", ""
    return _ended(client, how, state, check), ""


def _pause(waited: float, cost: float) -> float:
    """Seconds until the next question: soon at first, then a share of what was waited already.

    Asking takes processor time from the very service that is starting, so it never takes more than
    a quarter of one.
    """
    return min(_LATEST, max(_SOONEST, waited * _SHARE_OF_WAIT, cost * (1 / _SHARE_OF_WORK - 1)))


class _Log:
    """Listens for the word that a program answers now: to read takes far less of the machine than to ask.

    Programs that write it elsewhere, and engines that do not give logs, are asked anyway, ever more rarely.
    """

    def __init__(self, pattern: str, started: float) -> None:
        self._pattern = re.compile(pattern.encode()) if pattern else None
        self._started = started
        self._next = started + _UNHEARD

    def worth_asking(self, client: "DockerClient", how: Wait) -> bool:
        """Whether it has said so, or has been silent for long."""
        if self._pattern is None:
            return True
        if self._heard(client, how.container, self._pattern):
            self._pattern = None
            return True
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + (now - self._started) / 2
        return True

    def _heard(self, client: "DockerClient", container: str, pattern: re.Pattern[bytes]) -> bool:
        from docker.errors import APIError

        with translated():
            try:
                said = client.api.logs(container, tail=_LOG_TAIL, stdout=True, stderr=True)
            except APIError:
                return True  # a driver that keeps none, or it ended: who asks will see
        return pattern.search(said) is not None


class _Steady:
    """Whether a container keeps running; what ends right after its start must not count as ready."""

    def __init__(self) -> None:
        self.runs = False
        self._seen: object = None
        self._since = 0.0

    def look(self, state: Mapping[str, Any]) -> None:
        seen, now = (state["Status"], state["Restarts"]), time.monotonic()
        if seen != self._seen:
            self._seen, self._since = seen, now
        enough = _STEADY_AGAIN if state["Restarts"] else _STEADY
        self.runs = state["Status"] == "running" and now - self._since >= enough


def _state(client: "DockerClient", how: Wait) -> dict[str, Any]:
    from docker.errors import NotFound

    with translated():
        try:
            attrs = client.api.inspect_container(how.container)
        except NotFound as error:
            raise StackError(
                f"{how.service}: its container was removed while it was waited for",
                next_step="another command works on this stack; `parity up` again",
            ) from error
    return {**attrs["State"], "Restarts": attrs.get("RestartCount", 0)}


def command(attrs: Mapping[str, Any]) -> list[str] | None:
    """A container's health check as it is run in it; None where it has none."""
    test = (attrs["Config"].get("Healthcheck") or {}).get("Test") or []
    if not test or test[0] == "NONE":
        return None
    if test[0] == "CMD-SHELL":
        return [*(attrs["Config"].get("Shell") or ["/bin/sh", "-c"]), test[1]]
    return list(test[1:])


def _exposed(attrs: Mapping[str, Any]) -> int | None:
    ports = [port.partition("/") for port in attrs["Config"].get("ExposedPorts") or {}]
    return min((int(number) for number, _, protocol in ports if protocol == "tcp"), default=None)


def _patience(attrs: Mapping[str, Any]) -> float:
    check = attrs["Config"].get("Healthcheck") or {}
    nanoseconds = check.get("StartPeriod", 0) + (check.get("Interval") or 30e9) * (
        check.get("Retries") or 3
    )
    return max(_DEFAULT_SECONDS, float(nanoseconds) / 1e9)


def _judge(
    client: "DockerClient",
    how: Wait,
    state: Mapping[str, Any],
    check: Sequence[str] | None,
    steady: "_Steady",
) -> tuple[str, str]:
    """How a running container was seen to be ready, if it is, and what its check said."""
    if how.is_job and (how.job_awaited or how.finishes):
        return "", ""  # ready when it has ended
    if check is None and how.port is None and how.probe is None:
        return ("running" if steady.runs else ""), ""
    steadily = how.tolerant or state["Restarts"] <= _MOST_RESTARTS
    if state["Status"] == "running" and steadily:
        return _answer(client, how, state, check)
    return "", ""


def _hopeless(how: Wait, state: Mapping[str, Any], *, late: bool) -> str:
    """Why there is nothing more to wait for; empty where there is."""
    if (how.is_job and how.job_awaited) or (how.tolerant and not late):
        return ""
    if state["Restarts"] > _MOST_RESTARTS:
        return _with_memory(f"keeps ending (restarted {state['Restarts']} times)", state)
    if (state.get("Health") or {}).get("Status") == "unhealthy":
        return "is unhealthy by production's own check"
    return ""


def _answer(
    client: "DockerClient", how: Wait, state: Mapping[str, Any], check: Sequence[str] | None
) -> tuple[str, str]:
    """How a running container was seen to be ready, if it is, and what its check said."""
    if how.probe is None and (state.get("Health") or {}).get("Status") == "healthy":
        return "healthy", ""
    passed, said = _ask(client, how, check)
    if not passed:
        return "", said
    if how.probe:
        return "ready by production's probe", said
    return "healthy" if check else f"answers on port {how.port}", said


def _ask(client: "DockerClient", how: Wait, check: Sequence[str] | None) -> tuple[bool, str]:
    target, command = how.container, check
    if how.probe and how.probe.asked:
        target = how.gateway
        command = [
            "python3", "-B", "-m", "gateway", "ask", how.probe.asked,
            "--host", _address(client, how.container), "--timeout", str(how.probe.timeout),
        ]  # fmt: skip
    elif command is None:
        target = how.gateway
        kind = _KINDS.get(how.port or 0, "tcp")
        command = [
            "python3", "-B", "-m", "gateway", "wait", "--kind", kind, "--host", how.host,
            "--port", str(how.port), "--timeout", str(_PROBE_SLICE),
        ]  # fmt: skip
    from docker.errors import APIError

    with translated():
        try:
            made = client.api.exec_create(target, list(command))
            output = client.api.exec_start(made["Id"])
            code = client.api.exec_inspect(made["Id"])["ExitCode"]
        except APIError as error:
            # The container ended between two questions; the next look at its state tells.
            return False, str(error.explanation or error)
    return code == 0, output.decode(errors="replace").strip()


def _address(client: "DockerClient", container: str) -> str:
    """A container's own address: a Service's or a name's would lead to another one, too."""
    with translated():
        attrs = client.api.inspect_container(container)
        mode = str(attrs["HostConfig"].get("NetworkMode") or "")
        if mode.startswith("container:"):
            attrs = client.api.inspect_container(mode.removeprefix("container:"))
    networks = attrs["NetworkSettings"]["Networks"].values()
    return next((n["IPAddress"] for n in networks if n.get("IPAddress")), "0.0.0.0")  # noqa: S104


def _ended(
    client: "DockerClient", how: Wait, state: Mapping[str, Any], check: Sequence[str] | None
) -> str:
    if state["ExitCode"] == 0 and how.is_job:
        return "completed"
    code = state["ExitCode"]
    raise _failure(client, how, _with_memory(f"exited with code {code}", state), check, "")


def _with_memory(why: str, state: Mapping[str, Any]) -> str:
    if not state.get("OOMKilled"):
        return why
    return f"{why}, killed by the kernel: out of memory within its limit"


def _failure(
    client: "DockerClient", how: Wait, why: str, check: Sequence[str] | None, last: str
) -> StackError:
    with translated():
        logs = client.api.logs(how.container, tail=_LOG_LINES, stdout=True, stderr=True)
    parts = []
    if how.probe:
        parts.append(f"check:  {how.probe.shown}")
    elif check:
        parts.append(f"check:  {shlex.join(check)}")
    elif how.port:
        parts.append(f"check:  connects to port {how.port}")
    if last:
        parts.append(f"answer: {last[-500:]}")
    lines = logs.decode(errors="replace").splitlines()
    parts += ["log:", *(f"  {line}" for line in lines)] if lines else ["log: (empty)"]
    return StackError(
        f"{how.service} {why}",
        where=how.service,
        detail="\n".join(parts),
        next_step=f"`parity logs {how.service}` shows all of it; mend it and `parity up` again continues",
    )
