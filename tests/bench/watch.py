"""Time from a save to its effect: `parity watch` beside `docker compose watch`, on the same container.

A definition's edit is nothing that Compose watches: there the reference is `docker compose up` by hand.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from timing import Row

from parity import compose_cli

MINI = Path(__file__).parents[1] / "engine" / "projects" / "mini"
RULES = "    develop:\n      watch:\n        - {path: ./src, target: /srv/src, action: sync}\n"
SECONDS = 60


def measure(runs: int) -> list[Row]:
    """One file synced, and one variable changed."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve() / "watched"
        shutil.copytree(MINI, root)
        text = (root / "compose.yaml").read_text().replace("replicas: 3", "replicas: 1")
        text = text.replace('    ports: ["8000:8000"]\n', f'    ports: ["8000:8000"]\n{RULES}')
        # Compose cannot give files to a user without a name, on engines before 23.
        text = text.replace("    init: true\n", "    init: true\n    user: root\n")
        (root / "compose.yaml").write_text(text)
        (root / "src").mkdir()
        (root / "src" / "a.txt").write_text("begin")
        try:
            return _measured(root, runs)
        finally:
            _parity(root, "down", "--volumes")


def _measured(root: Path, runs: int) -> list[Row]:
    _parity(root, "up")
    stack = json.loads(_parity(root, "ps", "--json"))
    address = next(row["address"] for row in stack["containers"] if row["service"] == "web")
    url = f"http://{address.split(', ')[0]}/src/a.txt"
    document = root / ".parity" / stack["stack"] / "compose.yaml"
    compose = [compose_cli.executable(), "--file", str(document), "--project-name", stack["stack"]]
    with _running([sys.executable, "-m", "parity", "watch", "--json"], root, '"ready"'):
        mine = [_synced(root, url, f"parity {number}") for number in range(runs + 1)]
        edited = [_edited(root, number) for number in range(runs)]
    with _running([*compose, "watch", "--no-up"], root, "atch enabled"):
        other = [_synced(root, url, f"compose {number}") for number in range(runs + 1)]
    by_hand = [_by_hand(document, compose, number) for number in range(runs)]
    return [
        Row("save to sync", _median(mine[1:]), _median(other[1:]), "docker compose watch"),
        Row(
            "save of a definition to its service",
            _median(edited),
            _median(by_hand),
            "docker compose up -d --wait, by hand after the save",
        ),
    ]


@contextlib.contextmanager
def _running(argv: list[str], root: Path, sign: str) -> Iterator[None]:
    """A watch that has said that it is ready."""
    log = root.with_name("log")
    with log.open("w") as out:
        process = subprocess.Popen(
            argv, cwd=root, env=compose_cli.environment(), stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _until(lambda: sign in log.read_text() or _ended(process, log))
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(SECONDS)


def _ended(process: subprocess.Popen[bytes], log: Path) -> bool:
    if process.poll() is not None:
        raise SystemExit(f"the watch has ended: {log.read_text()}")
    return False


def _synced(root: Path, url: str, text: str) -> float:
    time.sleep(1.0)  # the one before has come to rest
    started = time.perf_counter()
    (root / "src" / "a.txt").write_text(text)
    _until(lambda: _get(url) == text)
    return time.perf_counter() - started


def _edited(root: Path, number: int) -> float:
    """Until the service runs with it and is ready, as the watch says."""
    time.sleep(1.0)
    log, file = root.with_name("log"), root / "compose.yaml"
    told = log.read_text().count('"effect": "up"')
    started = time.perf_counter()
    text = file.read_text()
    file.write_text(text.replace("init: true", f"init: true\n    labels: {{n: '{number}'}}"))
    _until(lambda: log.read_text().count('"effect": "up"') > told)
    taken = time.perf_counter() - started
    file.write_text(text)
    _until(lambda: log.read_text().count('"effect": "up"') > told + 1)
    return taken


def _by_hand(document: Path, compose: list[str], number: int) -> float:
    text = document.read_text()
    started = time.perf_counter()
    document.write_text(text.replace("COLOUR: blue", f"COLOUR: blue{number}"))
    subprocess.run(
        [*compose, "up", "--detach", "--wait"],
        env=compose_cli.environment(),
        capture_output=True,
        check=False,  # a job that has ended well counts as a failure on some versions
    )
    taken = time.perf_counter() - started
    document.write_text(text)
    return taken


def _get(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def _until(condition) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"nothing happened within {SECONDS} s")
        time.sleep(0.01)


def _parity(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "parity", *arguments],
        cwd=root,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]
