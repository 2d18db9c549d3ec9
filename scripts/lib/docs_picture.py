"""docs/images: what parity prints on a small production and on two environments, as pictures of a terminal.

Everything in it is real output of this run; only the window around it is drawn.
"""

from __future__ import annotations

import argparse
import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from scripts.lib import demo, registry
from scripts.lib.errors import SetupError
from scripts.lib.paths import ROOT, venv_dir
from scripts.lib.progress import Progress

PRODUCTION = ROOT / "tests" / "engine" / "projects" / "mini"
COMPARED = ROOT / "docs" / "examples" / "hello"
IMAGES = ROOT / "docs" / "images"
STACK = "mini"
COLUMNS = 100


@dataclass(frozen=True)
class Picture:
    """What is typed, and what the picture shows to those who cannot see it."""

    name: str
    title: str
    shown: tuple[str, ...]

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return IMAGES / self.name


UP = Picture(
    "up.svg",
    "parity up, the overrides of one service, and the proof that nothing leaves the stack",
    (
        "parity up",
        f"parity --ansi never config --overrides | grep -A 8 ^web | cut -c-{COLUMNS}",
        f"parity --progress quiet egress --prove | cut -c-{COLUMNS}",
    ),
)
DIFF = Picture(
    "diff.svg",
    "parity diff on a laptop's Compose file and production's manifests",
    ("parity --ansi always diff dev prod | head -n 38",),
)

DEMO = Picture("demo.svg", "parity demo: up, a drifted setting, tests, a reset", ("parity demo",))

# Colours that hold on a light page and on a dark one: the window brings its own background. No font
# is fetched; each run of text says how long it is, so columns stay columns in any font.
_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>TITLE</title>
<style>
.{unique_id}-matrix {{
  font-family: FONT;
  font-size: {char_height}px;
  line-height: {line_height}px;
  white-space: pre;
}}
.{unique_id}-title {{
  font-family: FONT;
  font-size: 18px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
""".replace("FONT", _FONT)


def typed(command: str, folder: Path) -> str:
    """Run a command line as at a terminal; returns what appeared on it, colours included."""
    leader, follower = pty.openpty()
    env = {
        **os.environ,
        "PATH": f"{venv_dir() / 'bin'}:{os.environ['PATH']}",
        "PARITY_STACK": STACK,
        "TERM": "xterm-256color",
        "COLUMNS": str(COLUMNS),
    }
    env.pop("NO_COLOR", None)
    process = subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    said = b""
    while piece := _read(leader):
        said += piece
    os.close(leader)
    if process.wait():
        raise SetupError(
            f"`{command}` ended with exit code {process.returncode}.",
            detail=said.decode(errors="replace"),
            next_step="mend what it says, then run this again.",
            exit_code=1,
        )
    return seen(said.decode())


def seen(said: str) -> str:
    """What stays on the screen: lines that are written over and erased do not."""
    return re.sub(r"[^\n]*\r\x1b\[K", "", said.replace("\r\n", "\n")).rstrip("\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # how Linux says that the other end is closed


def svg(outputs: Sequence[tuple[str, str]], title: str = "parity") -> str:
    """Command lines and their outputs in one window."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for number, (command, said) in enumerate(outputs):
        if number:
            console.print()
        console.print(Text("$ ", "bold green") + Text(command, "bold"), soft_wrap=True)
        console.print(Text.from_ansi(said), overflow="fold")
    frame = _FRAME.replace("TITLE", title)
    return console.export_svg(title="parity", theme=MONOKAI, code_format=frame, unique_id="parity")


def take_up() -> None:
    """Bring the small production up, write the picture, take it down with its data."""
    os.environ.setdefault("REGISTRY", f"127.0.0.1:{registry.port()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / STACK
        shutil.copytree(PRODUCTION, folder, ignore=shutil.ignore_patterns(".parity", "*.lock"))
        try:
            keep(UP, folder)
        finally:
            typed("parity down --volumes", folder)


def take_diff() -> None:
    """Compare the two environments of the small example; needs no engine."""
    with tempfile.TemporaryDirectory() as name:
        folder = shutil.copytree(COMPARED, Path(name) / COMPARED.name)
        keep(DIFF, folder)


def take_demo() -> None:
    """Play the demo in this checkout; it removes what it makes."""
    keep(DEMO, ROOT)


def keep(picture: Picture, folder: Path) -> None:
    """Type what it shows and write it."""
    outputs = [(command, typed(command, folder)) for command in picture.shown]
    text = svg(outputs, picture.title)
    if any(str(place) in text for place in (folder.parent, ROOT, Path.home())):
        raise SetupError(
            "a path of this machine is in the picture.", next_step="show less", exit_code=1
        )
    picture.file.parent.mkdir(parents=True, exist_ok=True)
    picture.file.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{picture.file.relative_to(ROOT)}\n")


TAKEN = MappingProxyType({"up": take_up, "diff": take_diff, "demo": take_demo})


def main(arguments: Sequence[str]) -> int:
    """Run by scripts/picture."""
    options = argparse.ArgumentParser(
        prog="scripts/picture",
        description="Run `parity up`, `parity config --overrides` and `parity egress --prove` on "
        f"{PRODUCTION.relative_to(ROOT)} and `parity diff` on {COMPARED.relative_to(ROOT)} and `parity demo`, and "
        "write docs/images from what they print.",
        epilog="Needs what scripts/demo prepares; prepares it where it is missing.",
    )
    options.add_argument("--only", choices=TAKEN, help="one picture; diff needs no engine")
    only = options.parse_args(arguments).only
    progress = Progress(plain=False)

    def work() -> None:
        if only != "diff":
            demo.prepare(progress, demo.PREPARATION)
        for name, take in TAKEN.items():
            if only in (None, name):
                take()

    return demo.guarded("scripts/picture", work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
