"""How a watch is shown: JSON Lines, lines, or a view that one leaves open."""

import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parity.cli import output, watch_lines
from parity.model.progress import Step

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

    from parity.model.progress import Progress
    from parity.watch.told import Tell, Told

_ENTRIES = 8
_FINDINGS = 5


@contextmanager
def shown(*, machine: bool) -> "Iterator[tuple[Tell, Progress | None]]":
    """Where a watch tells, and where progress goes if the view shows it."""
    if machine or not _redraws():
        yield (_as_json if machine else _as_lines), None
        return
    screen = Screen(Board())
    screen.show()
    try:
        yield screen.tell, screen.board.step
    finally:
        screen.hide()


def _redraws() -> bool:
    return (
        sys.stdout.isatty()
        and os.environ.get("TERM", "") not in ("", "dumb")
        and os.environ.get("PARITY_ANSI") != "never"
    )


class Screen:
    """The view in its place on the terminal, which is pytest's while tests run."""

    def __init__(self, board: "Board") -> None:
        from rich.console import Console

        self.board = board
        self._console = Console(no_color=not output.colours(sys.stdout), highlight=False)
        self._live: Live | None = None

    def show(self) -> None:
        """Begin at the cursor: a view that was hidden does not know what has been printed since."""
        from rich.live import Live

        self._live = Live(
            get_renderable=self.board.render, console=self._console, refresh_per_second=4
        )
        self._live.start(refresh=True)

    def hide(self, *, without_trace: bool = False) -> None:
        """End it, and leave its last picture or none."""
        if self._live is not None:
            self._live.transient = without_trace
            self._live.stop()
            self._live = None

    def tell(self, told: "Told") -> None:
        """One thing that happened."""
        self.board.tell(told)
        if told.kind == "testing":
            self.hide(without_trace=True)
        elif self._live is None:
            self.show()
        else:
            self._live.refresh()


def _as_json(told: "Told") -> None:
    from datetime import UTC, datetime

    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    row = {"schema": 1, "at": at, **told.as_json()}
    output.data(json.dumps(row, default=str, ensure_ascii=False))
    sys.stdout.flush()


def _as_lines(told: "Told") -> None:
    clock = time.strftime("%H:%M:%S")
    for line in watch_lines.lines(told):
        output.data(f"{clock} {line}")
    sys.stdout.flush()


@dataclass
class Entry:
    """A change, and what followed from it."""

    clock: str
    what: str
    effects: list[str] = field(default_factory=list)


class Board:
    """What the view shows, by what has been told so far."""

    def __init__(self) -> None:
        self.title = "starting"
        self.branch = ""
        self.urls: list[str] = []
        self.services: list[dict[str, Any]] = []
        self.entries: deque[Entry] = deque(maxlen=_ENTRIES)
        self.findings: list[str] = []
        self.total = 0
        self.problem: list[str] = []
        self.working = ""

    def step(self, step: Step) -> None:
        """Progress of what is being done just now."""
        self.working = f"{step.subject}: {step.text}"

    def tell(self, told: "Told") -> None:
        """Take in one thing that happened."""
        data: Any = told.data
        self.services = data.get("services", self.services)
        self.urls = data.get("urls") or self.urls
        self.branch = data.get("branch") or self.branch
        match told.kind:
            case "ready":
                self.title, self.total = told.text, data["findings"]
                self._note(f"watching: {watch_lines.ready(data)}")
            case "change":
                self._note(told.text)
                self.working = "…"
            case "findings":
                self.findings = [*watch_lines.findings(data), *self.findings][:_FINDINGS]
                self.total = data["total"]
                self._effect(f"findings: {told.text}")
            case "broken" | "waiting" | "failed":
                self.problem = watch_lines.problem(told)
                self.working = ""
            case "services" | "testing":
                return
            case "tests":
                self._effect(f"tests: {told.text}{watch_lines.took(told)}")
            case _:
                self.problem = []
                self._effect(f"{told.text}{watch_lines.took(told)}")

    def _note(self, text: str) -> None:
        self.entries.append(Entry(time.strftime("%H:%M:%S"), text))
        self.working = ""

    def _effect(self, text: str) -> None:
        if not self.entries:
            self._note("")
        self.entries[-1].effects.append(text)
        self.working = ""

    def render(self) -> "Group":
        """The whole view."""
        from rich.console import Group
        from rich.text import Text

        head = Text(self.title, style="bold", no_wrap=True, overflow="ellipsis")
        for part in filter(None, [self.branch, *self.urls]):
            head.append(f"  {_clean(part)}", style="cyan not bold")
        parts: list[Any] = [head, self._services(), self._log()]
        if self.total:
            count = output.counted(self.total, "finding")
            parts.append(Text(f"{count}: `parity check`", style="dim"))
        parts += [_text(row, "yellow") for row in self.findings]
        parts += [_text(row, "red") for row in self.problem]
        last = self.working or "Ctrl-C ends the watch; the stack stays"
        parts.append(_text(last, "dim"))
        return Group(*parts)

    def _services(self) -> Any:
        from rich.table import Table

        table = Table(box=None, pad_edge=False, show_header=False)
        for row in self.services:
            state = _clean(row["state"])
            table.add_row(
                _clean(row["name"] if row["service"] == "" else row["service"]),
                _text(state, _colour(state)),
                _text(_clean(row["address"]), "dim"),
            )
        return table

    def _log(self) -> Any:
        from rich.table import Table

        table = Table(box=None, pad_edge=False, show_header=False)
        for entry in self.entries:
            what = "\n".join(map(_clean, [entry.what, *(f"  {one}" for one in entry.effects)]))
            table.add_row(_text(entry.clock, "dim"), _text(what, ""))
        return table


def _colour(state: str) -> str:
    if state.startswith("running") and "unhealthy" not in state:
        return "green"
    return "dim" if state == "exited (0)" or state.startswith("done") else "red"


def _text(text: str, style: str) -> Any:
    from rich.text import Text

    lines = [_clean(line) for line in text.split("\n")]
    return Text("\n".join(lines), style=style, overflow="fold")


def _clean(text: str) -> str:
    return output.visible(str(text))
