"""Whatever moment a command on start states is killed at, the next one heals: nothing left, nothing damaged.

PARITY_KILLS says how many kills (12 else), PARITY_SEED with which numbers they are drawn.
"""

import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.test_state_ship import registry  # noqa: F401 - a fixture
from tests.engine.twins import Twins, damages, kill, orphans

pytestmark = pytest.mark.engine

KILLS = int(os.environ.get("PARITY_KILLS", "12"))
SEED = int(os.environ.get("PARITY_SEED", "50"))
ARTIFACTS = Path(__file__).parents[1] / "artifacts"
TESTS = """
def test_word(parity_fork):
    for one in ("one", "two"):
        said = parity_fork[one].exec(["redis-cli", "get", "word"]).output
        assert said.decode().strip() == "base"
"""

FORK = ("fork", "k", "--from", "base")
BACK = ("reset", "base")
COLUMNS = ("kills", "ended before", "healed", "not healed", "leaked", "damaged")


@dataclass(frozen=True)
class Round:
    """What is killed, what comes next, and what may be there afterwards."""

    killed: tuple[str, ...]
    healers: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    """What both stores may hold when the next command is through."""
    alone: bool = False
    """What it left goes without any other command."""
    last: tuple[str, ...] = ()
    """What shows at last that the command did what it had to."""
    made: str = ""
    """A state that may be there at the end."""


Prepare = Callable[["World", str], Round]


class World:
    """A stack on the state `base`, and one kill after the other."""

    def __init__(self, twins: Twins, address: str) -> None:
        self.twins, self.client = twins, twins.client
        self.chance = random.Random(SEED)
        self.table: dict[str, Counter[str]] = {}
        self.told: list[str] = []
        self.lasts: dict[str, float] = {}
        root = twins.project.root
        (root / "tests").mkdir()
        (root / "tests" / "test_word.py").write_text(TESTS)
        self.file = root / "base.parity"
        self.repository = f"{address}/{twins.name}"
        twins.write("base")
        twins.parity("save", "base")
        twins.parity("state", "export", str(self.file), "base")
        twins.parity("state", "push", f"{self.repository}/whole:base", "base")
        twins.parity(*BACK)
        self.there = twins.objects()

    def one(self, number: int, name: str) -> None:
        """Kill a command, have the next one heal, and count what is wrong then."""
        counts = self.table.setdefault(name, Counter())
        before = len(self.told)
        try:
            for kind, what in self._round(counts, name, f"word-{number}"):
                counts[kind] += 1
                self.told.append(f"{number} {name}: {kind}: {what}")
        except (AssertionError, pytest.fail.Exception) as error:
            counts["not healed"] += 1
            self.told.append(f"{number} {name}: {error}")
        if len(self.told) == before:
            counts["healed"] += 1
        else:
            self._anew()

    def _round(self, counts: Counter[str], name: str, word: str) -> Iterator[tuple[str, str]]:
        if name not in self.lasts:
            self._measure(name)
        self.twins.write(word)
        drawn = COMMANDS[name](self, word)
        process = self.twins.begin(*drawn.killed)
        counts["kills"] += 1
        counts["ended before"] += self._ended(process, name)
        kill(process, group=self.chance.random() < 0.5)  # noqa: PLR2004 - one in two
        healer = self.chance.choice(drawn.healers)
        for kind, what in self._wrong(drawn, healer):
            yield kind, f"then {' '.join(healer) or 'nothing'}: {what}"

    def _ended(self, process: subprocess.Popen[str], name: str) -> bool:
        """Wait for the moment; whether the command was through before. The machine has fast and slow days."""
        start = time.monotonic()
        try:
            process.wait(self.chance.uniform(0, self.lasts[name]))
        except subprocess.TimeoutExpired:
            return False
        self.lasts[name] = (self.lasts[name] + time.monotonic() - start) / 2
        return True

    def _measure(self, name: str) -> None:
        self.twins.write("whole")
        drawn = COMMANDS[name](self, "whole")
        self.lasts[name] = self.twins.seconds(*drawn.killed)
        if drawn.last:
            self.twins.parity(*drawn.last)
        self._clear(drawn)

    def _wrong(self, drawn: Round, healer: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        halves = {w for w in self.twins.word() if w and not w.startswith("?")}
        if len(halves) > 1 or not halves <= {*drawn.words, "base"}:
            yield "damaged", f"half restored, and it answers: {halves}"
        if healer:
            done = self.twins.parity(*healer, check=False)
            # What the killed command was through with cannot be done once more.
            again = (
                " already" in done.stderr
                or "there is no" in done.stderr
                or "no fork" in done.stderr
            )
            if done.returncode != 0 and not again:
                yield "not healed", done.stderr
        if drawn.alone:
            self._wait()
        else:
            done = self.twins.parity("gc", check=False)
            if done.returncode != 0:
                yield "not healed", done.stderr
        words = ("base",) if healer == BACK else drawn.words
        found = self.twins.word()
        if found not in [(one, one) for one in words]:
            yield "damaged", f"{found} instead of {words}"
        yield from self._forks()
        if drawn.last:
            done = self.twins.parity(*drawn.last, check=False)
            if done.returncode != 0:
                yield "not healed", done.stderr
        for state in self.twins.states():
            for damage in damages(self.client, state):
                yield "damaged", damage
        self._clear(drawn)
        yield from self._left()

    def _clear(self, drawn: Round) -> None:
        """Take away what a whole run leaves."""
        for state in self.twins.states(drawn.made) if drawn.made else ():
            self.twins.parity("drop", "--force", state["id"])
        if self._fork_containers():
            self.twins.parity("down", "--fork", "k")

    def _fork_containers(self) -> list:
        label = {"label": f"dev.parity.origin={self.twins.stack}"}
        return self.client.api.containers(all=True, filters=label)

    def _forks(self) -> Iterator[tuple[str, str]]:
        if not self._fork_containers():
            return
        for fork in self.twins.project.json("forks")["forks"]:
            found = self.twins.word(fork["stack"])
            if found != ("base", "base"):
                yield "damaged", f"the fork {fork['name']} holds {found}"
            self.twins.parity("down", "--fork", fork["name"])

    def _left(self) -> Iterator[tuple[str, str]]:
        found = self.twins.objects()
        if found != self.there:
            yield "leaked", f"{sorted(found - self.there)} more, {sorted(self.there - found)} less"
        if left := orphans(self.client, self.twins.begun):
            yield "leaked", f"{sorted(left)}"
        names = sorted(state["name"] for state in self.twins.states())
        if names != ["base"]:
            yield "leaked", f"states {names}"
        if files := [*self.twins.project.root.rglob("*parity-tmp*")]:
            yield "leaked", f"{files}"

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while self.twins.objects() != self.there and time.monotonic() < end:
            time.sleep(0.2)

    def _anew(self) -> None:
        """After a failure the others are to be seen as well."""
        forks = self.twins.project.json("forks")["forks"]
        for fork in forks:
            self.twins.parity("down", "--fork", fork["name"], check=False)
        self.twins.parity("gc", check=False)
        self.twins.parity("up", check=False)
        self.twins.parity(*BACK, check=False)
        for state in self.twins.states():
            if state["name"] != "base":
                self.twins.parity("drop", "--force", state["id"], check=False)
        self.there = self.twins.objects()

    def report(self) -> str:
        """The table, and what was wrong."""
        rows = [("command", *COLUMNS)]
        rows += [(name, *(str(c[one]) for one in COLUMNS)) for name, c in self.table.items()]
        total = sum(self.table.values(), Counter())
        rows.append(("all", *(str(total[one]) for one in COLUMNS)))
        wide = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(row, wide, strict=True)) for row in rows
        ]
        return "\n".join([*lines, "", *self.told])


def save(world: World, word: str) -> Round:
    again = ("save", "half", "--replace")
    return Round(("save", "half"), (("up",), again, BACK), (word,), made="half")


def reset(world: World, word: str) -> Round:
    healers = (("up",), BACK, ("save", "extra", "--replace"), FORK)
    return Round(BACK, healers, (word, "base"), made="extra")


def fork(world: World, word: str) -> Round:
    healers = (FORK, ("up", "--fork", "k"), ("gc",), ("down", "--fork", "k"))
    return Round(FORK, healers, (word,))


def down_fork(world: World, word: str) -> Round:
    world.twins.parity(*FORK)
    return Round(("down", "--fork", "k"), (("down", "--fork", "k"), FORK, ("gc",)), (word,))


def drop(world: World, word: str) -> Round:
    world.twins.parity("state", "import", str(world.file), "--name", "spare")
    command = ("drop", "spare")
    return Round(command, (command, ("gc",)), (word,), made="spare")


def push(world: World, word: str) -> Round:
    place = f"{world.repository}/{word}:base"
    command = ("state", "push", place, "base")
    come = ("state", "pull", place, "--name", "came")
    return Round(command, (command,), (word,), last=come, made="came")


def pull(world: World, word: str) -> Round:
    command = ("state", "pull", f"{world.repository}/whole:base", "--name", "pulled")
    healers = ((*command, "--replace"), command, ("gc",))
    return Round(command, healers, (word,), made="pulled")


def export(world: World, word: str) -> Round:
    file = world.twins.project.root / f"{word}.parity"
    command = ("state", "export", str(file), "base")
    come = ("state", "import", str(file), "--name", "came")
    return Round(command, (command,), (word,), last=come, made="came")


def import_(world: World, word: str) -> Round:
    command = ("state", "import", str(world.file), "--name", "imported")
    healers = ((*command, "--replace"), command, ("gc",))
    return Round(command, healers, (word,), made="imported")


def gc(world: World, word: str) -> Round:
    process = world.twins.begin(*FORK)
    time.sleep(world.chance.uniform(0, world.lasts.get("fork", 2.0)))
    kill(process, group=True)
    return Round(("gc",), (("gc",),), (word,))


def run(world: World, word: str) -> Round:
    command = ("run", "--fork", "--state", "base", "--", "true")
    return Round(command, ((), ("gc",)), (word,), alone=True)


def test(world: World, word: str) -> Round:
    return Round(("test", "--state", "base"), ((), ("gc",)), (word,), alone=True)


test.__test__ = False
COMMANDS: dict[str, Prepare] = {
    "save": save,
    "reset": reset,
    "fork": fork,
    "down --fork": down_fork,
    "drop": drop,
    "state push": push,
    "state pull": pull,
    "state export": export,
    "state import": import_,
    "gc": gc,
    "run --fork": run,
    "test": test,
}


@pytest.fixture
def world(project, client, registry):  # noqa: F811 - pytest's way
    twins = Twins.make(project("twins"), client)
    yield World(twins, registry)
    twins.end()


@pytest.mark.skipif(
    "PARITY_KILLS" not in os.environ,
    reason="takes minutes and a quiet machine: PARITY_KILLS=200 scripts/test tests/engine/test_state_kill.py",
)
def test_kills_at_random_moments_leave_nothing_and_damage_nothing(world):
    names = list(COMMANDS)
    for number in range(KILLS):
        world.one(number, names[number % len(names)])
        if os.environ.get("PARITY_KILLS"):
            ARTIFACTS.mkdir(exist_ok=True)
            (ARTIFACTS / f"kills-{SEED}.txt").write_text(world.report() + "\n")
    print(f"\n{world.report()}")
    assert world.told == []
    world.twins.parity("verify")
