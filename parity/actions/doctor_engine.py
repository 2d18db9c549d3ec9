"""What `parity doctor` looks at of the Docker Engine and Docker Compose."""

import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from parity import compose_cli
from parity.actions.doctor_check import Check, judged
from parity.engine import observe
from parity.engine.address import find
from parity.engine.images import gateway_tag
from parity.errors import ParityError
from parity.model.project import Project
from parity.process import run

_LEAST_API = (1, 41)
"""Engine 20.10, the oldest that parity is tested on."""
_LEAST_COMPOSE = (2, 33, 1)
"""The first that takes the gateway's `gw_priority`; 2.20 is enough to read and compare definitions."""
_LEAST_DISK = 5 * 1024**3
_MOST_SKEW = 5.0
_ENFORCED = {
    "MemoryLimit": "memory limits",
    "CpuCfsQuota": "processor limits",
    "PidsLimit": "limits on processes",
}


def engine() -> Iterator[Check]:
    """Whether one answers, runs Linux containers, and is new enough."""
    address = find()
    found = observe.version()
    text = f"{found.get('Version', '?')} at {address.url} ({address.source})"
    if str(found.get("Os", "linux")) != "linux":
        yield Check(
            "engine",
            "failed",
            f"{text} runs {found['Os']} containers",
            "switch it to Linux containers (Docker Desktop: its menu in the task bar)",
        )
        return
    if _numbers(str(found.get("ApiVersion", ""))) < _LEAST_API and found.get("ApiVersion"):
        yield Check(
            "engine",
            "failed",
            f"{text} speaks API {found['ApiVersion']}; parity needs 1.41",
            "update Docker Engine to 20.10 or newer",
        )
        return
    yield Check("engine", "ok", text)
    if _numbers(str(found.get("Version", ""))) < (25,):
        yield Check(
            "engine age",
            "warning",
            "before 25: health checks' start_interval is left out",
            "a newer engine is nearer to most productions",
        )


def compose() -> Iterator[Check]:
    """Whether Docker Compose is there, runs, and reads today's definitions."""
    binary = compose_cli.executable()
    remedy = f"install the docker compose plugin anew, or remove {binary} and `pip install 'parity[compose]'`"
    try:
        done = run([binary, "version", "--short"], timeout=20)
    except ParityError as error:
        yield Check("compose", "failed", error.message, remedy)
        return
    if not done.ok:
        why = done.stderr.strip() or f"exit code {done.returncode}"
        yield Check("compose", "failed", f"{binary} does not run: {why}", remedy)
        return
    text = f"{done.stdout.strip()} ({binary})"
    old = _numbers(done.stdout) < _LEAST_COMPOSE
    yield judged(
        "compose",
        text + (": `parity up` needs 2.33.1" if old else ""),
        "failed" if old else "",
        f"update the docker compose plugin, or remove {binary} and `pip install 'parity[compose]'`",
    )


def limits() -> Iterator[Check]:
    """Whether the engine's kernel holds services to production's limits."""
    info = observe.get("/info")
    missing = [text for key, text in _ENFORCED.items() if info.get(key) is False]
    yield judged(
        "limits",
        f"the engine does not enforce {' and '.join(missing)}" if missing else "enforced",
        "warning" if missing else "",
        "boot the engine's kernel with `cgroup_enable=memory swapaccount=1`; a rootless engine needs "
        "cgroup v2 with those controllers delegated",
    )


def disk() -> Iterator[Check]:
    """Room for images and data."""
    if not find().is_local:
        yield Check("disk", "unknown", "the engine is on another machine")
        return
    root = str(observe.get("/info").get("DockerRootDir", ""))
    try:
        free = shutil.disk_usage(root).free
    except OSError as error:
        yield Check("disk", "unknown", f"{root}: {error.strerror}")
        return
    yield judged(
        "disk",
        f"{free / 1024**3:.1f} GiB free in {root}",
        "warning" if free < _LEAST_DISK else "",
        "`docker image prune` and `docker builder prune` free some",
    )


def clock() -> Iterator[Check]:
    """Whether the engine's clock is this machine's: a virtual machine's stands still while a laptop sleeps."""
    before = time.time()
    system = observe.get("/info").get("SystemTime", "")
    middle = (before + time.time()) / 2
    try:
        its = datetime.fromisoformat(_trimmed(system)).timestamp()
    except ValueError:
        its = parsedate_to_datetime(system).timestamp() if system else middle
    skew = its - middle
    text = f"the engine's clock is {abs(skew):.1f} s {'ahead' if skew > 0 else 'behind'}"
    wrong = abs(skew) > _MOST_SKEW
    yield judged(
        "clock",
        text if wrong else f"{text} ({datetime.fromtimestamp(middle, UTC):%H:%M:%S} UTC)",
        "warning" if wrong else "",
        "restart the engine's virtual machine, or mend its time service",
    )


def gateway(project: Project) -> Iterator[Check]:
    """Whether the gateway's image is built, or can be."""
    base = project.local.gateway_base
    known = {tag for row in observe.get("/images/json") or [] for tag in row.get("RepoTags") or []}
    if gateway_tag(base) in known:
        yield Check("gateway", "ok", "its image is built")
    elif base in known or base.removeprefix("docker.io/library/") in known:
        yield Check("gateway", "ok", f"the first `parity up` builds its image on {base}")
    else:
        yield Check(
            "gateway",
            "unknown",
            f"the first `parity up` pulls {base} for its image",
            f"`docker pull {base}` tries; `local.gateway-base` in parity.toml names another",
        )


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"v?(\d+(?:\.\d+)*)", version.strip())
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _trimmed(text: str) -> str:
    """An RFC 3339 time with the engine's nanoseconds cut to what Python reads."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text)
