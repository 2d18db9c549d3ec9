"""What `parity doctor` looks at of production: can its definition be read and run here?"""

import shutil
from collections.abc import Iterator
from typing import Any

from parity.actions.doctor_check import Check, judged
from parity.actions.resolve import read
from parity.actions.session import Session
from parity.engine import observe
from parity.engine.client import connect
from parity.engine.images import processor
from parity.engine.registry import resolve
from parity.model.environment import Environment
from parity.model.lock import EnvironmentLock
from parity.model.project import EnvironmentTable
from parity.sources.k8s.gather import KUSTOMIZATIONS
from parity.stack import lockfile
from parity.stack.allocations import is_free
from parity.stack.plan import replicas

_SECONDS = 30


def kubectl(session: Session) -> Iterator[Check]:
    """Whether kubectl is there, where an environment needs it."""
    asking = [
        name for name, table in session.project.environments.items() if _needs(session, table)
    ]
    if not asking:
        return
    missing = shutil.which("kubectl") is None
    first = "failed" if session.environment_name in asking else "warning"
    yield judged(
        "kubectl",
        f"{', '.join(asking)} cannot be read: kubectl is not installed" if missing else "installed",
        first if missing else "",
        "install kubectl; or render the definition elsewhere and name its output in `files`",
    )


def definition(session: Session) -> Iterator[Check]:
    """Whether production can be read, and what it asks of this engine."""
    environment = read(session).result()
    yield Check("definition", "ok", f"{environment.name}: {len(environment.services)} services")
    info = observe.get("/info")
    yield _memory(environment, info)
    yield _processors(environment, info)
    yield _ports(session, environment)


def architecture(session: Session) -> Iterator[Check]:
    """Whether production's images are published for this engine's processor."""
    mine = processor(str(observe.get("/info").get("Architecture", "")))
    known = _locked(session)
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
    yield judged(
        "architecture",
        f"not published for {mine}: {', '.join(wrong)}"
        if wrong
        else f"{mine}, as are the locked images ({len(known.images)})",
        "failed" if wrong else "",
        "have production publish them for it, or install emulation (binfmt)",
    )


def registry(session: Session) -> Iterator[Check]:
    """Whether each registry gives this user the locked images that the engine does not have."""
    known = _locked(session)
    if known is None:
        return
    rows = observe.get("/images/json") or []
    here = {name.partition("@")[2] for row in rows for name in row.get("RepoDigests") or []}
    missing = [i for i, pin in known.images.items() if pin.digest not in here and not pin.local]
    if not missing:
        yield Check("registry", "ok", f"all locked images ({len(known.images)}) are on the engine")
        return
    one_each = {_host(image): image for image in missing}
    client = connect(timeout=_SECONDS)
    for image in one_each.values():
        resolve(client, image, lambda _: None, fallback=False)
    yield Check("registry", "ok", f"{', '.join(one_each)}: locked images to pull: {len(missing)}")


def _needs(session: Session, table: EnvironmentTable) -> bool:
    if table.source != "kubernetes":
        return False
    places = [session.paths.root / file for file in table.files]
    folders = [place for place in places if place.is_dir()]
    nearest = [*folders, *(below for folder in folders for below in folder.iterdir())]
    return (
        not places
        or any(place.name in KUSTOMIZATIONS for place in places)
        or any((folder / name).is_file() for folder in nearest for name in KUSTOMIZATIONS)
    )


def _memory(environment: Environment, info: dict[str, Any]) -> Check:
    asked = sum(
        _limit(service, "memory") * replicas(service) for service in environment.services.values()
    )
    has = int(info.get("MemTotal", 0))
    return judged(
        "memory",
        f"production's limits add up to {asked / 1024**3:.1f} GiB, the engine has {has / 1024**3:.1f}",
        "warning" if asked > has else "",
        "give the engine more, or lower `local.max-replicas`",
    )


def _processors(environment: Environment, info: dict[str, Any]) -> Check:
    asked = max((_limit(service, "cpus") for service in environment.services.values()), default=0.0)
    has = int(info.get("NCPU", 0))
    return judged(
        "processors",
        f"the largest service may use {asked:g} processors, the engine has {has}",
        "warning" if asked > has else "",
        "give the engine more; it refuses a service that asks for more than it has",
    )


def _ports(session: Session, environment: Environment) -> Check:
    """Published ports that another program has; the stack's own are not another's."""
    mine = {
        port.partition("->")[0].rpartition(":")[2]
        for container in observe.of_stack(session.identity.name)
        for port in container.ports
    }
    every = set(_published(environment))
    wanted = sorted(every - set(_pairs(mine)))
    bind = session.project.local.bind_address
    taken = [port for port, kind in wanted if not is_free(bind, kind, port)]
    return judged(
        "ports",
        f"taken on this machine: {', '.join(map(str, taken))}; parity publishes others instead"
        if taken
        else f"to publish: {len(every)}; no other program has one",
        "warning" if taken else "",
        f"`ss -ltnp 'sport = :{taken[0] if taken else 0}'` names the program that has it",
    )


def _pairs(ports: set[str]) -> Iterator[tuple[int, str]]:
    for port in ports:
        if port.isdigit():
            yield int(port), "tcp"
            yield int(port), "udp"


def _published(environment: Environment) -> Iterator[tuple[int, str]]:
    for service in environment.services.values():
        for port in service.get("ports") or []:
            number = str(port.get("published", "")) if isinstance(port, dict) else ""
            if number.isdigit() and 0 < int(number) < 2**16:
                yield int(number), str(port.get("protocol", "tcp"))


def _locked(session: Session) -> EnvironmentLock | None:
    return lockfile.read(session.paths.lock).environments.get(session.environment_name)


def _host(image: str) -> str:
    first, slash, _ = image.partition("/")
    return first if slash and (set(".:") & set(first) or first == "localhost") else "docker.io"


def _limit(service: dict[str, Any], name: str) -> float:
    limits = ((service.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    plain = service.get("mem_limit" if name == "memory" else "cpus")
    return float(limits.get(name) or plain or 0)
