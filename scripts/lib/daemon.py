"""Installing and starting a Docker Engine where none runs: root on Debian or Ubuntu."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from scripts.lib import shell
from scripts.lib.errors import SetupError
from scripts.lib.paths import cache_dir
from scripts.lib.progress import Step

PID_FILE = Path("/var/run/docker.pid")
CGROUPS = Path("/sys/fs/cgroup")
START_SECONDS = 30
POLL_SECONDS = 0.05


def install_and_start(step: Step, *, answers: Callable[[], bool]) -> None:
    """Bring an engine up; does nothing where that is not ours to do (the caller reports)."""
    if not shell.can_install():
        return
    if not (shutil.which("dockerd") and shutil.which("iptables")):
        packages = ["docker.io", "iptables"]
        if shell.apt_knows("docker-cli"):
            packages.append("docker-cli")
        shell.apt_install(packages, step)
    step.say("starting the Docker Engine")
    if answers():
        return
    step.note("no Docker Engine runs: starting one (it keeps running)")
    _require_cgroups()
    if Path("/run/systemd/system").is_dir():
        shell.run(
            ["systemctl", "enable", "--now", "docker"],
            next_step="journalctl -u docker -n 50",
            step=step,
        )
        _wait(answers, lambda: True, lambda: "see: journalctl -u docker -n 50")
        return
    _start_detached(answers)


def pid_file_is_stale(pid_file: Path, proc: Path = Path("/proc")) -> bool:
    """Whether the daemon that wrote the file is gone: no process, another program, or a zombie."""
    try:
        pid = int(pid_file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return False
    except ValueError:
        return True
    try:
        status = (proc / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return True
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    name, state = fields.get("Name", "").strip(), fields.get("State", "").strip()
    return name != "dockerd" or state.startswith("Z")


def start_time(pid: int, proc: Path = Path("/proc")) -> str:
    """When the process started, in clock ticks since boot; with the pid it names one process."""
    stat = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    # The second field, the name, may hold spaces; what follows its bracket may not.
    return stat.rsplit(")", 1)[1].split()[19]


def _require_cgroups() -> None:
    if (CGROUPS / "cgroup.controllers").exists() or (CGROUPS / "devices").exists():
        return
    raise SetupError(
        f"no control groups are mounted at {CGROUPS}: a Docker Engine cannot start here.",
        next_step="use a machine or VM with cgroups, or point DOCKER_HOST at an engine elsewhere.",
    )


def _start_detached(answers: Callable[[], bool]) -> None:
    if pid_file_is_stale(PID_FILE):
        PID_FILE.unlink(missing_ok=True)
    log = cache_dir() / "dockerd.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["dockerd"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    (cache_dir() / "engine.json").write_text(
        json.dumps({"pid": process.pid, "started": start_time(process.pid)}), encoding="utf-8"
    )
    _wait(answers, lambda: process.poll() is None, lambda: _tail(log))


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def _wait(
    answers: Callable[[], bool], alive: Callable[[], bool], evidence: Callable[[], str]
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and alive():
        if answers():
            return
        time.sleep(POLL_SECONDS)
    raise SetupError(
        "the Docker Engine was started, but it does not answer.",
        detail=evidence(),
        next_step="the log above names the cause; when `docker info` works, run this again.",
    )
