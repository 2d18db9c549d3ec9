"""Documented incidents as pairs of stacks on the engine: brought up, tried, and taken down again."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import docker

from parity import compose_cli
from scripts.lib import base_image, build, images, inputs
from scripts.lib.errors import USAGE, SetupError
from scripts.lib.paths import ROOT
from scripts.lib.progress import Progress

FOLDER: Final = ROOT / "stacks" / "incidents"
SHARED: Final = FOLDER / "images.toml"
SIDES: Final = ("dev", "prod")
PATIENCE: Final = 30.0
"""Seconds for a stack to be ready, and for a command to say what it is known to say."""
_PAUSE: Final = 0.2
_PROJECT: Final = "com.docker.compose.project"
_SERVICE: Final = "com.docker.compose.service"


@dataclass(frozen=True)
class Incident:
    """incident.toml: what is run where, and what it says on the side where it works and on the other."""

    id: str
    folder: Path
    subject: str
    title: str
    service: str
    """Where the command runs; without a command, whose own start is looked at."""
    fails: str
    """The side that fails."""
    right: str
    """Text of the side where it works."""
    wrong: str
    """Text of the side where it does not."""
    culprit: tuple[str, ...]
    command: tuple[str, ...] = ()
    input: str = ""
    before: tuple[Mapping[str, Any], ...] = field(default=())

    def project(self, side: str) -> str:
        """The Compose project of a side."""
        return f"incident-{self.id}-{side}"

    def works(self) -> str:
        """The side that does not fail."""
        return next(side for side in SIDES if side != self.fails)


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    text: str


def known() -> list[str]:
    """The incidents that have a folder."""
    return sorted(path.parent.name for path in FOLDER.glob("*/incident.toml"))


def load(name: str) -> Incident:
    """An incident by its id."""
    file = FOLDER / name / "incident.toml"
    try:
        row = tomllib.loads(file.read_text(encoding="utf-8"))
        return Incident(
            row["id"],
            file.parent,
            row["subject"],
            row["title"],
            row["service"],
            row["fails"],
            row["right"],
            row["wrong"],
            tuple(row["culprit"]),
            tuple(row.get("command", ())),
            row.get("input", ""),
            tuple(row.get("before", ())),
        )
    except FileNotFoundError:
        raise SetupError(
            f"there is no incident {name}.", next_step="scripts/reproduce --list", exit_code=USAGE
        ) from None
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise SetupError(
            f"{file}: {error}.", next_step="mend incident.toml.", exit_code=USAGE
        ) from error


def ensure_images(
    client: docker.DockerClient, wanted: Sequence[Incident], progress: Progress
) -> None:
    """Build what the incidents run, where it is absent or its inputs have changed."""
    base_id = base_image.find(client)
    if base_id is None:
        raise SetupError(
            f"{base_image.BASE} is not on this engine.",
            next_step="scripts/demo --only base",
            exit_code=USAGE,
        )
    for image in (*images.load(SHARED), *own_images(wanted)):
        reference = f"{image.name}:{image.tag}"
        files = inputs.context_files(image.context, image.dockerfile)
        want = inputs.digest(image.context, files, base_id)
        if _inputs(client, reference) == want:
            continue
        with progress.step("image", f"building {reference}") as step:
            build.build(
                client,
                step,
                context=build.archive(image.context, files),
                dockerfile=image.context / image.dockerfile,
                inside=image.dockerfile,
                tag=reference,
                base=base_image.BASE,
                labels={images.LABEL_INPUTS: want},
            )


def own_images(wanted: Sequence[Incident]) -> Iterator[images.Image]:
    """Those of single incidents: SIDE.Dockerfile in its folder."""
    for incident in wanted:
        for file in sorted(incident.folder.glob("*.Dockerfile")):
            side = file.name.partition(".")[0]
            name = f"{side}.incidents.test/{incident.id}"
            yield images.Image(name, "1", incident.folder, file.name)


def _inputs(client: docker.DockerClient, reference: str) -> str:
    try:
        return str(client.images.get(reference).labels.get(images.LABEL_INPUTS))
    except docker.errors.ImageNotFound:
        return ""


@contextmanager
def running(client: docker.DockerClient, incident: Incident) -> Iterator[None]:
    """Both sides up and ready; both gone afterwards, whatever happens."""
    with _alone(incident):
        yield from _running(client, incident)


def _running(client: docker.DockerClient, incident: Incident) -> Iterator[None]:
    try:
        with ThreadPoolExecutor(len(SIDES)) as pool:
            list(pool.map(lambda side: _bring_up(client, incident, side), SIDES))
        yield
    finally:
        with ThreadPoolExecutor(len(SIDES)) as pool:
            list(pool.map(lambda side: take_down(incident, side), SIDES))


@contextmanager
def _alone(incident: Incident) -> Iterator[None]:
    """Its stacks have fixed names: another run of it on this machine comes first, or waits."""
    with (Path(tempfile.gettempdir()) / f"{incident.project('lock')}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _bring_up(client: docker.DockerClient, incident: Incident, side: str) -> None:
    take_down(incident, side)
    earlier = incident.folder / f"{side}.first.yaml"
    for file in (earlier, incident.folder / f"{side}.yaml"):
        if file.is_file():
            _start(incident, side, file)
            _await_ready(client, incident, side)
    for step in incident.before:
        if step.get("side", side) == side:
            said = execute(incident, side, step["service"], step["command"], step.get("input", ""))
            if said.code:
                raise _failed(incident, side, f"{' '.join(step['command'])}: {said.text}")


def _start(incident: Incident, side: str, file: Path) -> None:
    try:
        _compose(incident, side, "up", "-d", "--no-build", "--quiet-pull", file=file)
    except SetupError:
        # That it does not even start is what some incidents are about; the engine keeps the reason.
        if incident.command or side != incident.fails:
            raise


def take_down(incident: Incident, side: str) -> None:
    """Remove a side with its volumes and networks; nothing where it is not there."""
    _compose(incident, side, "down", "-v", "-t", "0", "--remove-orphans")


def _compose(incident: Incident, side: str, *words: str, file: Path | None = None) -> None:
    chosen = file or incident.folder / f"{side}.yaml"
    said = _run(
        ["-f", str(chosen), "-p", incident.project(side), *words], env=_client(incident, side)
    )
    if said.code:
        raise _failed(incident, side, said.text)


def _client(incident: Incident, side: str) -> dict[str, str]:
    """Where a side's `docker` has a configuration of its own."""
    folder = incident.folder / f"{side}.docker"
    return {"DOCKER_CONFIG": str(folder)} if folder.is_dir() else {}


def _run(words: Sequence[str], *, env: Mapping[str, str] | None = None, stdin: str = "") -> Said:
    try:
        done = subprocess.run(
            [compose_cli.executable(), *words],
            env={**os.environ, "COMPOSE_ANSI": "never", **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=4 * PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Said(124, f"no end after {4 * PATIENCE:.0f} s")
    return Said(done.returncode, (done.stdout + done.stderr).strip())


def _failed(incident: Incident, side: str, why: str) -> SetupError:
    return SetupError(
        f"{incident.id}, {side}: it does not come up.",
        detail=why[-2000:],
        next_step=f"mend {incident.folder.name}/{side}.yaml.",
        exit_code=1,
    )


def _await_ready(client: docker.DockerClient, incident: Incident, side: str) -> None:
    """Until every container is healthy, runs without a check, or has ended."""
    end = time.monotonic() + PATIENCE
    while any(not _settled(record) for record in _records(client, incident, side)):
        if time.monotonic() > end:
            raise _failed(incident, side, f"it is not ready after {PATIENCE:.0f} s")
        time.sleep(_PAUSE)


def _records(client: docker.DockerClient, incident: Incident, side: str) -> list[dict[str, Any]]:
    label = f"{_PROJECT}={incident.project(side)}"
    found = client.api.containers(all=True, filters={"label": label})
    return [client.api.inspect_container(one["Id"]) for one in found]


def _settled(record: Mapping[str, Any]) -> bool:
    state = record["State"]
    if state["Status"] == "running":
        return "Health" not in state or state["Health"]["Status"] == "healthy"
    return bool(state["Status"] in ("created", "exited", "restarting", "dead"))


def execute(
    incident: Incident, side: str, service: str, command: Sequence[str], file: str = ""
) -> Said:
    """Run a command in a service's container, with a file of the incident's folder as its input."""
    text = (incident.folder / file).read_text(encoding="utf-8") if file else ""
    words = ["-f", str(incident.folder / f"{side}.yaml"), "-p", incident.project(side)]
    return _run([*words, "exec", "-T", service, *command], stdin=text)


def started(client: docker.DockerClient, incident: Incident, side: str) -> Said:
    """What a service's containers wrote since their start, and the worst exit code."""
    code, texts = 0, []
    for record in _records(client, incident, side):
        if record["Config"]["Labels"].get(_SERVICE) == incident.service:
            code = max(code, abs(record["State"]["ExitCode"]))
            texts.append(client.api.logs(record["Id"]).decode(errors="replace"))
            texts.append(record["State"].get("Error") or "")
    return Said(code, "\n".join(texts).strip())


def attempt(client: docker.DockerClient, incident: Incident, side: str) -> tuple[bool, Said]:
    """Whether a side does what is documented of it, and what it said last."""
    end = time.monotonic() + PATIENCE
    while True:
        if incident.command:
            said = execute(incident, side, incident.service, incident.command, incident.input)
        else:
            said = started(client, incident, side)
        if as_documented(incident, side, said) or time.monotonic() > end:
            return as_documented(incident, side, said), said
        time.sleep(_PAUSE)


def as_documented(incident: Incident, side: str, said: Said) -> bool:
    """The right answer and no error on one side; an error or another answer on the other."""
    if side != incident.fails:
        return said.code == 0 and _has(said, incident.right)
    failed = said.code != 0 or not _has(said, incident.right)
    return failed and _has(said, incident.wrong)


def _has(said: Said, pattern: str) -> bool:
    return re.search(pattern, said.text, re.MULTILINE) is not None
