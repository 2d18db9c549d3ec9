"""`parity demo`."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from parity.cli import output
from parity.cli.state import Globals

if TYPE_CHECKING:
    from pathlib import Path

    from parity.actions.demo import Demo, Move, Played

_TICK = 0.5
_WIDTH = 100


def demo(
    context: typer.Context,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stack up at the end.")] = False,
    clean: Annotated[
        bool, typer.Option("--clean", help="Only remove what an earlier demo left.")
    ] = False,
) -> None:
    """Play the story in two minutes: up, a drifted setting, a test from a known state, a reset."""
    from pathlib import Path

    from parity.actions.demo import begin
    from parity.actions.demo import demo as prepared

    options = context.find_object(Globals)
    with prepared(options.directory if options else Path()) as found:
        if clean:
            gone = found.clean()
            output.talk("\n".join(gone.lines) if gone else "no demo has left anything")
            return
        begin(found)
        try:
            played = _play(found)
        except BaseException:
            output.talk("removing the demo's stack")
            found.clean()
            raise
        if keep:
            output.talk(f"it stays up: cd {_short(found.folder)}; `parity demo --clean` removes it")
        else:
            played += _end(found, len(played) + 1)
        output.data(f"{len(played)} commands in {sum(each.seconds for each in played):.0f} s")


def _play(found: "Demo") -> "list[Played]":
    kind = "the reference stack of this checkout" if found.checkout else "a small stack"
    output.data(f"The project is {kind}, copied to {_short(found.folder)}")
    if not found.with_tests:
        output.talk("there is no pytest beside parity, so no tests are run: `pip install pytest`")
    output.data("")
    played = []
    for number, move in enumerate(found.moves, 1):
        _announce(number, move)
        with _ticking():
            played.append(found.play(move))
        _tell(played[-1])
    return played


def _end(found: "Demo", number: int) -> "list[Played]":
    _announce(number, found.end)
    with _ticking():
        gone = found.clean()
    if gone:
        _tell(gone)
    return [gone] if gone else []


def _short(folder: "Path") -> str:
    from pathlib import Path

    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def _announce(number: int, move: "Move") -> None:
    output.data(output.paint("36", f"# {number}. {move.why}", to=sys.stdout))
    prompt = output.paint("32;1", "$", to=sys.stdout)
    output.data(f"{prompt} {output.paint('1', move.typed, to=sys.stdout)}")
    sys.stdout.flush()


def _tell(played: "Played") -> None:
    for number, line in enumerate(played.lines):
        text = output.visible(line)[:_WIDTH]
        stops = number == 0 and played.move.code != 0
        output.data(output.paint("31;1", text, to=sys.stdout) if stops else text)
    output.data(output.paint("2", f"# {played.seconds:.1f} s", to=sys.stdout))
    output.data("")
    sys.stdout.flush()


@contextmanager
def _ticking() -> Iterator[None]:
    """Show on a terminal that something goes on, and for how long."""
    if not sys.stderr.isatty():
        yield
        return
    over = threading.Event()
    started = time.monotonic()

    def tick() -> None:
        while not over.wait(_TICK):
            output.rewrite(f"… {time.monotonic() - started:.0f} s")
        output.rewrite("")

    clock = threading.Thread(target=tick, daemon=True)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()
