"""A small process that takes down what a test run has left when it ends in whatever way.

It holds the reading end of a pipe; the writing end dies with the test run, even of a kill -9.
"""

import functools
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parity.process import Apart

if TYPE_CHECKING:
    from parity.paths import ProjectPaths

_ATTEMPTS = 3
_PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Ward:
    """What is to go: a whole stack in its slot, or forks of a stack."""

    root: str
    stack: str
    project: str
    slot: int = 0
    forks: tuple[str, ...] = ()


class Watcher:
    """This process's watcher."""

    def __init__(self) -> None:
        package = str(Path(__file__).parents[2])
        paths = [package, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        argv = [sys.executable, "-m", "parity.actions.watcher"]
        self._apart = Apart(argv, env=env, cwd=Path("/"))

    def watch(self, ward: Ward) -> None:
        """Take this down when the process is gone."""
        self._say("watch", ward)

    def forget(self, ward: Ward) -> None:
        """It is down already, or is to stay."""
        self._say("forget", ward)

    def end(self) -> None:
        """The process ends; what is still watched goes now."""
        self._apart.let_go()

    def _say(self, verb: str, ward: Ward) -> None:
        try:
            self._apart.say(json.dumps([verb, asdict(ward)]))
        except OSError:
            # Somebody has killed it. The next run in this slot takes over what is left.
            return


@functools.cache
def watcher() -> Watcher:
    """The one watcher of this process, started when it is first needed."""
    import atexit

    made = Watcher()
    atexit.register(made.end)
    return made


def left(lines: Iterable[str]) -> list[Ward]:
    """What is still watched when the input ends."""
    wards: dict[Ward, None] = {}
    for line in lines:
        verb, body = json.loads(line)
        ward = Ward(**{**body, "forks": tuple(body["forks"])})
        if verb == "watch":
            wards[ward] = None
        else:
            wards.pop(ward, None)
    return list(wards)


def take_down(ward: Ward) -> None:
    """Remove one. A stack whose slot another run has taken is that run's now."""
    from parity.actions.down import down
    from parity.actions.session import Session
    from parity.actions.slots import nobodys
    from parity.model.progress import silent
    from parity.model.project import Project
    from parity.model.stack import Identity
    from parity.paths import ProjectPaths

    paths = ProjectPaths(Path(ward.root))
    if not paths.root.is_dir():
        return
    if ward.forks:
        _end_forks(paths, ward)
        return
    session = Session(paths, Project(), Identity(ward.stack, ward.project, ward.root))
    with nobodys(paths.state, ward.slot) as free:
        if free:
            down(session, silent, volumes=True)


def _end_forks(paths: "ProjectPaths", ward: Ward) -> None:
    """Also what is there of one that was never finished: by its labels."""
    from parity.actions.fork import end
    from parity.actions.session import open_session
    from parity.config.load import load
    from parity.engine.client import connect
    from parity.model.state import Fork

    session = open_session(paths, load(paths), name=ward.stack)
    client = connect()
    for name in ward.forks:
        end(client, session, Fork(name, f"{ward.stack}-{name}", ward.stack, ""))


def main() -> None:
    """Read until the owner is gone, then take down."""
    import time

    from parity.errors import ParityError

    for ward in left(sys.stdin):
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                take_down(ward)
                break
            except ParityError:
                # Nobody is there to be told. An engine that restarts is back in a moment.
                time.sleep(_PAUSE_SECONDS * attempt)


if __name__ == "__main__":
    main()
