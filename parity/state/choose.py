"""Which way of copying this engine allows, found out by doing it once and then remembered."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from parity import paths
from parity.engine.address import find
from parity.engine.client import translated
from parity.errors import EngineError, ParityError
from parity.model.progress import Progress, Step
from parity.state import keeper, trial
from parity.state.agent import POOL
from parity.state.backends.contract import Backend
from parity.state.backends.direct import Direct
from parity.state.backends.overlay import Overlay
from parity.state.store import PLAIN, Store, open_store

if TYPE_CHECKING:
    from docker import DockerClient

_DAYS = 7 * 24 * 3600.0
"""Seconds for which a way that is not the best is believed to be the only one."""


@dataclass(frozen=True)
class Wish:
    """What parity.toml asks for. `volume` restricts it to one store: that of a state there is."""

    backend: str = "auto"
    pool: bool = True
    volume: str = ""


@dataclass(frozen=True)
class Choice:
    """What was found on an engine. `why` says of each better way why it is not this one."""

    engine: str
    backend: str
    volume: str
    keeper: str
    found: float
    """Seconds since the epoch."""
    why: Mapping[str, str] = field(default_factory=dict)


def choose(
    client: "DockerClient",
    image: str,
    wish: str,
    progress: Progress,
    *,
    pool: bool = True,
    volume: str = "",
) -> tuple[Store, Backend]:
    """The store and the backend: the one that is wished for, else the best there is.

    `volume` asks for the store with that name, for a state that lies in it. EngineError says why a
    wish cannot be granted.
    """
    wished = Wish(wish, pool, volume)
    old = known(image, wished)
    if old is not None:
        with suppress(ParityError):
            same = _is_keeper(client, image, old)
            if same or _engine(client) == old.engine:
                store = open_store(client, image, old.volume)
                if not same:
                    _keep(image, wished, replace(old, keeper=store.keeper))
                return store, backend_of(old.backend)
    return _find_out(client, image, wished, progress)


def known(image: str, wish: Wish) -> Choice | None:
    """What was found earlier; None if nothing was, or if a better way may have come up since."""
    try:
        found = Choice(**json.loads(_file(image, wish).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    better = found.backend == "reflink" or not found.why
    return found if better or time.time() - found.found < _DAYS else None


def backend_of(name: str) -> Backend:
    """The backend of a name."""
    return Overlay() if name == "overlay" else Direct(reflink=name == "reflink")


def _find_out(
    client: "DockerClient", image: str, wish: Wish, progress: Progress
) -> tuple[Store, Backend]:
    progress(Step("store", "trying which ways of copying this engine has (once)"))
    why: dict[str, str] = {}
    for way, (name, volume, check) in _ways(wish).items():
        if way == "pool" and not (wish.pool or wish.volume):
            why[way] = "`pool = false` in [state] of parity.toml"
            continue
        try:
            store = open_store(client, image, volume)
            reason = check(store) or trial.fails(store, backend_of(name))
        except ParityError as error:
            reason = error.message
        if not reason:
            _keep(image, wish, _choice(client, store, name, why))
            progress(Step("store", f"{name}: {backend_of(name).meaning}", "done"))
            return store, backend_of(name)
        why[way] = reason
    raise EngineError(
        f"start states cannot be kept as wished (`backend = {wish.backend}`) on this engine",
        detail="\n".join(f"{way}: {reason}" for way, reason in why.items()),
        next_step='`backend = "auto"` in [state] of parity.toml takes the best there is',
    )


def _ways(wish: Wish) -> dict[str, tuple[str, str, Callable[[Store], str]]]:
    """Backend, volume and a first check of each way that is allowed, the best first."""
    ways: dict[str, tuple[str, str, Callable[[Store], str]]] = {
        "reflink": ("reflink", PLAIN, _shares),
        "pool": ("reflink", POOL, _shares),
        "overlay": ("overlay", PLAIN, _no_overlay),
        "copy": ("copy", PLAIN, lambda _: ""),
    }
    return {
        way: row
        for way, row in ways.items()
        if wish.backend in ("auto", row[0]) and wish.volume in ("", row[1])
    }


def _shares(store: Store) -> str:
    found = store.run("probe")
    if found["reflink"]:
        return ""
    return f"files of its disk ({found['filesystem']}) cannot share blocks"


def _no_overlay(store: Store) -> str:
    found = store.run("probe")["filesystem"]
    return "its disk is an overlay itself" if found == "overlay" else ""


def _is_keeper(client: "DockerClient", image: str, old: Choice) -> bool:
    """The keeper's id says that it is the same engine."""
    found = keeper.find(client, image, old.volume)
    return found is not None and found["Id"] == old.keeper


def _choice(client: "DockerClient", store: Store, name: str, why: Mapping[str, str]) -> Choice:
    return Choice(_engine(client), name, store.volume, store.keeper, time.time(), dict(why))


def _engine(client: "DockerClient") -> str:
    """Engines of one machine have one id, so where the data is belongs to it."""
    with translated():
        info = client.info()
    return f"{info['ID']} {info['DockerRootDir']}"


def _keep(image: str, wish: Wish, choice: Choice) -> None:
    # Without a cache folder it is found out every time.
    with suppress(ParityError):
        paths.keep(_file(image, wish), json.dumps(asdict(choice)) + "\n")


def _file(image: str, wish: Wish) -> Path:
    said = json.dumps([find().url, image, asdict(wish)])
    return paths.engine_file(hashlib.sha256(said.encode()).hexdigest()[:16])
