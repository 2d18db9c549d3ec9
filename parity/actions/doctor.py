"""`parity doctor`: is everything there that `parity up` needs, and does it fit production?"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from parity import compose_cli
from parity.actions.resolve import read
from parity.actions.session import Session
from parity.engine import observe
from parity.engine.address import find
from parity.engine.client import connect
from parity.engine.images import gateway_tag, processor
from parity.errors import ParityError
from parity.model.environment import Environment
from parity.model.project import Project
from parity.process import run
from parity.stack import lockfile
from parity.stack.plan import replicas
from parity.state import keeper
from parity.state.agent import POOL
from parity.state.choose import Wish, backend_of, known
from parity.state.store import open_store

_LEAST_DISK = 5 * 1024**3
_MOST_SKEW = 5.0


@dataclass(frozen=True)
class Check:
    """One precondition. `verdict`: ok, warning, failed, unknown."""

    name: str
    verdict: str
    found: str
    next_step: str = ""


def doctor(session: Session | None) -> tuple[Check, ...]:
    """All checks that can be made; those about production need a session."""
    checks = [*_tried("engine", _engine), *_tried("compose", _compose)]
    if any(check.name == "engine" and check.verdict == "failed" for check in checks):
        return tuple(checks)
    checks += [*_tried("disk", _disk), *_tried("clock", _clock)]
    project = session.project if session is not None else Project()
    checks += _tried("states", lambda: _states(project))
    if session is not None:
        checks += _tried("definition", lambda: _definition(session))
    return tuple(checks)


def _tried(name: str, look: Callable[[], Iterator[Check]]) -> list[Check]:
    try:
        return list(look())
    except ParityError as error:
        return [Check(name, "failed", error.message, error.next_step)]


def _engine() -> Iterator[Check]:
    address = find()
    found = observe.version()
    yield Check("engine", "ok", f"{found['Version']} at {address.url} ({address.source})")
    if int(str(found["Version"]).partition(".")[0]) < 25:  # noqa: PLR2004
        yield Check(
            "engine age",
            "warning",
            "before 25: health checks' start_interval is left out",
            "a newer engine is nearer to most productions",
        )


def _compose() -> Iterator[Check]:
    binary = compose_cli.executable()
    done = run([binary, "version", "--short"], timeout=20)
    yield Check(
        "compose",
        "ok" if done.ok else "failed",
        f"{done.stdout.strip() or done.stderr.strip()} ({binary})",
    )


def _disk() -> Iterator[Check]:
    if not find().is_local:
        yield Check("disk", "unknown", "the engine is on another machine")
        return
    root = str(observe.get("/info")["DockerRootDir"])
    try:
        free = shutil.disk_usage(root).free
    except OSError as error:
        yield Check("disk", "unknown", f"{root}: {error.strerror}")
        return
    text = f"{free / 1024**3:.1f} GiB free in {root}"
    if free < _LEAST_DISK:
        yield Check(
            "disk", "warning", text, "`docker image prune` and `docker builder prune` free some"
        )
    else:
        yield Check("disk", "ok", text)


def _clock() -> Iterator[Check]:
    before = time.time()
    system = observe.get("/info").get("SystemTime", "")
    middle = (before + time.time()) / 2
    try:
        engine = datetime.fromisoformat(_trimmed(system)).timestamp()
    except ValueError:
        engine = parsedate_to_datetime(system).timestamp() if system else middle
    skew = engine - middle
    text = f"the engine's clock is {abs(skew):.1f} s {'ahead' if skew > 0 else 'behind'}"
    if abs(skew) > _MOST_SKEW:
        yield Check(
            "clock",
            "warning",
            text,
            "restart the engine's virtual machine, or mend its time service",
        )
    else:
        yield Check("clock", "ok", f"{text} ({datetime.fromtimestamp(middle, UTC):%H:%M:%S} UTC)")


def _states(project: Project) -> Iterator[Check]:
    """How start states are copied on this engine, and why not in a better way."""
    image, table = gateway_tag(project.local.gateway_base), project.state
    found = known(image, Wish(table.backend, table.pool))
    if found is None:
        yield Check("states", "unknown", "not tried yet on this engine", "`parity save` finds out")
        return
    text = f"{found.backend} in {found.volume}: {backend_of(found.backend).meaning}"
    best = found.backend in ("reflink", table.backend)
    why = "; ".join(f"no {way}: {reason}" for way, reason in found.why.items())
    yield Check("states", "ok" if best else "warning", text, "" if best else why)
    yield from _room(image, found.volume)


def _room(image: str, volume: str) -> Iterator[Check]:
    """Only where the store is open: to look is no reason to start it."""
    client = connect()
    if not keeper.runs(keeper.find(client, image, volume)):
        yield Check("states' room", "unknown", f"{volume} is not open", "`parity states` opens it")
        return
    room = open_store(client, image, volume).run("survey")
    text = f"{room['free'] / 1024**3:.1f} of {room['total'] / 1024**3:.1f} GiB free in {volume}"
    if volume == POOL:
        text += ", which grows as long as the engine's disk has room"
    yield Check("states' room", "ok", text)


def _trimmed(text: str) -> str:
    """An RFC 3339 time with the engine's nanoseconds cut to what Python reads."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text)


def _definition(session: Session) -> Iterator[Check]:
    environment = read(session).result()
    yield Check("definition", "ok", f"{environment.name}: {len(environment.services)} services")
    info = observe.get("/info")
    yield from _memory(environment, info)
    yield from _processors(environment, info)
    yield from _architecture(session, info)


def _memory(environment: Environment, info: dict[str, Any]) -> Iterator[Check]:
    asked = sum(
        _limit(service, "memory") * replicas(service) for service in environment.services.values()
    )
    has = int(info["MemTotal"])
    text = f"production's limits add up to {asked / 1024**3:.1f} GiB, the engine has {has / 1024**3:.1f}"
    if asked > has:
        yield Check(
            "memory", "warning", text, "give the engine more, or lower `local.max-replicas`"
        )
    else:
        yield Check("memory", "ok", text)


def _processors(environment: Environment, info: dict[str, Any]) -> Iterator[Check]:
    asked = max((_limit(service, "cpus") for service in environment.services.values()), default=0.0)
    has = int(info["NCPU"])
    text = f"the largest service may use {asked:g} processors, the engine has {has}"
    if asked > has:
        yield Check(
            "processors",
            "warning",
            text,
            "the engine refuses a service that asks for more than it has",
        )
    else:
        yield Check("processors", "ok", text)


def _architecture(session: Session, info: dict[str, Any]) -> Iterator[Check]:
    mine = processor(str(info["Architecture"]))
    known = lockfile.read(session.paths.lock).environments.get(session.environment_name)
    if known is None:
        yield Check(
            "architecture", "unknown", f"{mine}; production's is not locked yet", "`parity lock`"
        )
        return
    wrong = [
        image
        for image, pin in known.images.items()
        if pin.platforms and not any(p.split("/")[1] == mine for p in pin.platforms if "/" in p)
    ]
    if wrong:
        yield Check(
            "architecture",
            "failed",
            f"not published for {mine}: {', '.join(wrong)}",
            "have production publish them for it, or install emulation (binfmt)",
        )
    else:
        yield Check("architecture", "ok", f"{mine}, as all {len(known.images)} locked images")


def _limit(service: dict[str, Any], name: str) -> float:
    limits = ((service.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    plain = service.get("mem_limit" if name == "memory" else "cpus")
    return float(limits.get(name) or plain or 0)
