"""docs/images/up.svg: what parity prints on a small production, as a picture of a terminal.

Everything in it is real output of this run; only the window around it is drawn.
"""

from __future__ import annotations

import argparse
import io
import os
import pty
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from scripts.lib import demo, registry
from scripts.lib.errors import SetupError
from scripts.lib.paths import ROOT, venv_dir
from scripts.lib.progress import Progress

PRODUCTION = ROOT / "tests" / "engine" / "projects" / "mini"
PICTURE = ROOT / "docs" / "images" / "up.svg"
STACK = "mini"
COLUMNS = 100
SHOWN = (
    "parity up",
    f"parity --ansi never config --overrides | grep -A 8 ^web | cut -c-{COLUMNS}",
    f"parity --progress quiet egress --prove | cut -c-{COLUMNS}",
)

# Colours that hold on a light page and on a dark one: the window brings its own background. No font
# is fetched; each run of text says how long it is, so columns stay columns in any font.
_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>parity up, the overrides of one service, and the proof that nothing leaves the stack</title>
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
    return said.decode().replace("\r\n", "\n").rstrip("\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # how Linux says that the other end is closed


def svg(outputs: Sequence[tuple[str, str]]) -> str:
    """Command lines and their outputs in one window."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for number, (command, said) in enumerate(outputs):
        if number:
            console.print()
        console.print(Text("$ ", "bold green") + Text(command, "bold"), soft_wrap=True)
        console.print(Text.from_ansi(said), overflow="fold")
    return console.export_svg(title="parity", theme=MONOKAI, code_format=_FRAME, unique_id="parity")


def take() -> None:
    """Bring the small production up, write the picture, take it down with its data."""
    os.environ.setdefault("REGISTRY", f"127.0.0.1:{registry.port()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / STACK
        shutil.copytree(PRODUCTION, folder, ignore=shutil.ignore_patterns(".parity", "*.lock"))
        try:
            text = svg([(command, typed(command, folder)) for command in SHOWN])
        finally:
            typed("parity down --volumes", folder)
    if name in text or str(ROOT) in text:
        raise SetupError(
            "a path of this machine is in the picture.", next_step="show less", exit_code=1
        )
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}\n")


def main() -> int:
    """Run by scripts/picture."""
    argparse.ArgumentParser(
        prog="scripts/picture",
        description="Run `parity up`, `parity config --overrides` and `parity egress --prove` on "
        f"{PRODUCTION.relative_to(ROOT)} and write docs/images/up.svg from what they print.",
        epilog="Needs what scripts/demo prepares; prepares it where it is missing.",
    ).parse_args()
    progress = Progress(plain=False)

    def work() -> None:
        demo.prepare(progress, demo.PREPARATION)
        take()

    return demo.guarded("scripts/picture", work)


if __name__ == "__main__":
    sys.exit(main())
