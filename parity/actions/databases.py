"""Ask the database servers of a running environment, each over the connection that an application has."""

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

from parity.actions.database_scene import Scene, records
from parity.engine.askers.contract import Asked, UnreachableError
from parity.engine.bridge import Bridge, Limits
from parity.errors import ParityError
from parity.model.environment import Environment
from parity.model.facts import Facts
from parity.model.progress import Progress, Step
from parity.probes.database import registry
from parity.probes.database.contract import Answers, Login, Question, Rows, ServerProbe
from parity.probes.database.texts import clean

if TYPE_CHECKING:
    from docker import DockerClient

SECONDS: Final = 20.0
"""For one server, with all that is tried."""
_TRIES = 4
_WORKERS = 4
_INSIDE = ("rabbitmq",)
"""Asked through their own tools, in their own container."""
_SLOW: Final = 30.0
"""For such a server: its tools alone take seconds to start."""


def read(
    environment: Environment,
    containers: Mapping[str, tuple[str, ...]],
    client: "DockerClient",
    image: str,
    progress: Progress,
) -> Mapping[str, Facts]:
    """The facts of each service that runs a server which parity has questions for.

    `containers` are the ids of those that run, by their service; `image` is the gateway's, which helpers
    are made of. EngineError where the engine does not answer; whatever a server does is told in `unread`.
    """
    from parity.engine.execute import in_parallel

    scene = Scene(client, records(client, containers))
    servers = sorted(scene.databases.keys() & environment.services.keys())
    if servers:
        progress(Step(environment.name, f"asking {', '.join(servers)}"))
    known = scene.logins if servers else {}
    told = in_parallel(
        lambda one: _facts(scene, image, one, known.get(one, [])), servers, workers=_WORKERS
    )
    return dict(zip(servers, told, strict=True))


def _facts(scene: Scene, image: str, server: str, applications: Sequence[Login]) -> Facts:
    """What a server says over the first connection that works, with what did not."""
    inside = scene.databases[server].engine.name in _INSIDE
    end = time.monotonic() + (_SLOW if inside else SECONDS)
    own = scene.own(server)
    failed: dict[str, str] = {}
    for login in [*applications[:_TRIES], *([own] if own else [])]:
        try:
            found = _over(scene, image, server, login, end - time.monotonic())
        except (UnreachableError, ParityError) as error:
            failed.setdefault(clean(login.whose), clean(error, 200))
            continue
        missed = {f"connection {whose}": why for whose, why in failed.items()}
        return Facts(found.values, {**missed, **found.unread})
    reasons = "; ".join(f"{whose}: {why}" for whose, why in failed.items())
    return Facts({}, {"connection": reasons or "no connection to it is known"})


def _over(scene: Scene, image: str, server: str, login: Login, left: float) -> Facts:
    """What it says over one connection; UnreachableError where there is none."""
    engine = scene.databases[server].engine.name
    probe = registry.probe_of(engine)
    if probe is None or left <= 0:
        raise UnreachableError("no time was left to try it")
    if engine in _INSIDE:
        from parity.engine.askers import inside

        with inside.asking(scene.client, str(scene.records[server]["Id"]), left) as asked:
            answers = registry.interview(probe, login, asked.known, asked.ask)
    else:
        answers = _through(scene, image, probe, login, left)
    found = registry.read(probe, login, answers)
    if not found.values:
        reasons = dict.fromkeys(found.unread.values())
        raise UnreachableError("; ".join(reasons) or "it answered nothing")
    return found


def _through(scene: Scene, image: str, probe: ServerProbe, login: Login, left: float) -> Answers:
    """The answers that come through a tunnel, dialled in the network of whoever has the connection."""
    from parity.engine.tunnel import door, helper
    from parity.stack import labels
    from parity.state import leases

    marks = {labels.ROLE: labels.HELPER, labels.LEASE: leases.mine().to_json()}
    place = scene.network(login.service)
    with (
        helper(scene.client, image, place, marks) as helping,
        door(scene.client, helping, login.host, login.port, Limits(seconds=left)) as bridge,
    ):
        return talk(probe, login, bridge)


def talk(probe: ServerProbe, login: Login, bridge: Bridge) -> Answers:
    """The answers from behind a bridge. What is wrong with that explains what is wrong with the client."""
    try:
        with _session(login, bridge.host, bridge.port) as asked:

            def ask(question: Question) -> Rows | str:
                answer = asked.ask(question)
                return (bridge.reason or answer) if isinstance(answer, str) else answer

            return registry.interview(probe, login, asked.known, ask)
    except UnreachableError as error:
        raise UnreachableError(bridge.reason or str(error)) from None
    except ImportError as error:
        needed = f"it needs the package {error.name or error}: `pip install 'parity[database]'`"
        raise UnreachableError(needed) from None


def _session(login: Login, host: str, port: int) -> AbstractContextManager[Asked]:
    if login.engine == "redis":
        from parity.engine.askers import redis

        return redis.asking(login, host, port)
    from parity.engine.askers import sql

    return sql.asking(login, host, port)
