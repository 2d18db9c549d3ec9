"""`parity demo`: the story of parity, played with its own command line on a stack that is gone afterwards."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

import parity
from parity import process
from parity.actions.demo_files import LINES, STATE, find_shop, lay_out
from parity.errors import StackError, UnreachableError, UsageError
from parity.paths import CONFIG_NAME, demonstration, exclusive

_SECONDS = 300
_PSQL = ("exec", "db", "psql", "-U", "shop", "-d", "shop", "-Atc")
_COUNT = "SELECT count(*) FROM order_lines"
_REPLACED = ("PARITY_STACK", "PARITY_ENVIRONMENT", "PARITY_ANSI", "FORCE_COLOR", "DB_PASSWORD")


@dataclass(frozen=True)
class Move:
    """One command of the story. `shown`: patterns of what is worth showing of what it prints."""

    why: str
    words: tuple[str, ...]
    shown: tuple[str, ...] = ("(?s).*",)
    code: int = 0

    @property
    def typed(self) -> str:
        """As a user would type it."""
        return shlex.join(["parity", *self.words])


@dataclass(frozen=True)
class Played:
    """What a command said of itself, and how long it took."""

    move: Move
    lines: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Demo:
    """A project in a folder of its own. `checkout` has the reference stack, if there is one."""

    folder: Path
    checkout: Path | None
    held: int | None = None
    """The lock's descriptor: a command that outlives a killed demo keeps it until it ends."""

    @property
    def moves(self) -> tuple[Move, ...]:
        """The story, as far as this machine can play it."""
        data = () if self.checkout else (_DATA,)
        tests = (_TEST,) if self.with_tests else ()
        return (_UP, *data, _CHECK, _SAVE, *tests, _ACCIDENT, _RESET, _PROOF)

    @property
    def with_tests(self) -> bool:
        """Whether there is a pytest to run tests with."""
        return find_spec("pytest") is not None

    @property
    def end(self) -> Move:
        """What `clean` does, as a part of the story."""
        return _DOWN

    def play(self, move: Move) -> Played:
        """Run one command; an error where it ends otherwise than the story says."""
        started = monotonic()
        done = self._parity(*move.words)
        said = f"{done.stderr}\n{done.stdout}"
        if done.returncode != move.code:
            kind = UnreachableError if done.returncode == UnreachableError.exit_code else StackError
            raise kind(
                f"`{move.typed}` ended with exit code {done.returncode}",
                where=str(self.folder),
                detail="\n".join(said.strip().splitlines()[-12:]),
                next_step=self._advice(),
            )
        found = [match[0] for text in move.shown if (match := re.search(text, said))]
        lines = "\n".join(found).strip("\n").splitlines()
        return Played(move, tuple(line.rstrip() for line in lines), monotonic() - started)

    def clean(self) -> Played | None:
        """Remove the stack, its data, its state and the folder; None where nothing is left of one."""
        if not (self.folder / CONFIG_NAME).is_file():
            shutil.rmtree(self.folder, ignore_errors=True)
            return None
        try:
            played = self.play(_DOWN)
        except StackError:
            # What a command was killed at may hold a volume. Unasked, `gc` takes no stacks away.
            self._parity("gc")
            played = self.play(_DOWN)
        self._parity("drop", "--force", STATE)
        shutil.rmtree(self.folder, ignore_errors=True)
        return played

    def _parity(self, *words: str) -> process.Completed:
        env = {name: value for name, value in os.environ.items() if name not in _REPLACED}
        env |= {"NO_COLOR": "1", "COLUMNS": "100", "PYTHONDONTWRITEBYTECODE": "1"}
        argv = [sys.executable, "-m", "parity", *words]
        holding = () if self.held is None else (self.held,)
        return process.run(argv, env=env, cwd=self.folder, timeout=_SECONDS, holding=holding)

    def _advice(self) -> str:
        if self.checkout:
            return "`scripts/demo --only engine,base,registry,images` makes what the shop runs; then again"
        return "`parity doctor` says what is missing; then again"


@contextmanager
def demo(start: Path) -> Iterator[Demo]:
    """The demo's place, one at a time; a demo that was killed before is not gone yet."""
    folder = demonstration()
    with exclusive(folder.with_suffix(".lock"), wait=False) as held:
        if held is None:
            raise UsageError(
                "another `parity demo` is running, or a command of one",
                next_step="wait for its end",
            )
        yield Demo(folder, find_shop(start, Path(parity.__file__).parent), held)


def begin(found: Demo) -> None:
    """Remove what is left of an earlier demo, and lay out the project."""
    try:
        found.clean()
    except (StackError, UnreachableError) as error:
        raise StackError(
            f"an earlier demo cannot be removed: {error.message}",
            where=str(found.folder),
            detail=error.detail,
            next_step="`parity doctor` says whether the engine answers; then again",
        ) from error
    lay_out(found.folder, found.checkout)


_UP = Move(
    "Production's stack, on this machine: its images by digest, its settings, its limits.",
    ("up",),
    (
        r"(?m)^.* services? changed.*$",
        r"(?m)^proxy +\S+ +https://\S+|^db +127\S+",
        r"(?m)^\d+ overrides.*$",
    ),
)
_DATA = Move(
    "Some orders.",
    (*_PSQL, f"CREATE TABLE order_lines AS SELECT generate_series(1, {LINES}) AS id"),
)
_CHECK = Move(
    "A laptop changes one setting of the cache in laptop.yaml. This is what stops the push.",
    ("check",),
    (r"(?m)^dev and prod differ.*$", r"(?ms)^services\.cache\..*?(?=\n\n)"),
    code=1,
)
_SAVE = Move(
    "The data as it is now, every volume at one instant.",
    ("save", STATE),
    (rf"(?m)^{STATE}: .*$",),
)
_TEST = Move(
    "Two tests: the first deletes all orders, the second must have them. Each begins from `demo`.",
    ("test", "--", "-q", "tests"),
    (r"(?m)^\d+ passed.*$", r"(?m)^\d+ tests on forks.*$"),
)
_ACCIDENT = Move("An accident in the stack itself.", (*_PSQL, "DELETE FROM order_lines"))
_RESET = Move(
    "And back.",
    ("reset",),
    (r"(?m)^\S+ stands on .*$",),
)
_PROOF = Move("All of it is there again.", (*_PSQL, _COUNT), (rf"(?m)^{LINES}$",))
_DOWN = Move(
    "Nothing is left of it: the state goes too.",
    ("down", "--volumes"),
    (r"(?m)^\S+: .*(?:removed|nothing was there).*$",),
)
